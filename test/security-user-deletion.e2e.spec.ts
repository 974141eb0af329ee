import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, Server, smallBacktest } from './harness/server.js';
import { waitFor } from '../tools/test-kit/index.js';

const training = {
  symbol: 'ETH_USDT',
  timeframe: '1d',
  start_date: '2022-01-01',
  end_date: '2025-01-01',
  model: 'logistic',
  horizon: 5,
};

const days = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString());
const csv = ['time,open,high,low,close,volume', ...days.map((day) => `${day},10,12,9,11,100`)].join('\n');

/** Of two users, one is deleted while a task of theirs runs and another waits. */
describe('a deleted user', () => {
  let server: Server;
  let admin: Client;
  let ana: Client;
  let ben: Client;
  let done: { backtest: string; model: string; prediction: string; import: string };
  let bensBacktest: string;
  let running: string;
  let waiting: string;
  let filesBefore: string[];
  const userFolder = () => join(server.dataDir, 'market-data', 'users', ana.userId!);
  /** Results, models among them, and what uploads have left. */
  const files = () =>
    ['results', 'imports'].flatMap((folder) => {
      const path = join(server.dataDir, folder);
      if (!existsSync(path)) return [];
      return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
    });

  async function completed(client: Client, id: string): Promise<string> {
    expect(await client.ended(id)).toMatchObject({ status: 'completed', error: null });
    return id;
  }

  beforeAll(async () => {
    server = await Server.start({
      HEADROOM_PLUGINS: join(import.meta.dirname, 'plugins', 'misbehaviour.mjs'),
    });
    [admin, ana, ben] = await Promise.all([server.admin(), server.user('ana'), server.user('ben')]);
    bensBacktest = await completed(ben, await ben.backtest({ initial_capital: 20_000 }));
    const backtest = await completed(ana, await ana.backtest());
    const model = (await ana.post('/api/predictions/train', training)).body.model_id as string;
    await completed(ana, model);
    const order = { symbol: 'ETH_USDT', timeframe: '1d', model_id: model };
    const prediction = (await ana.post('/api/predictions/run', order)).body.prediction_id as string;
    await completed(ana, prediction);
    const headers = { 'Content-Type': 'text/csv' };
    const upload = await ana.post('/api/market-data/import?symbol=ANAS_USDT&timeframe=1d', csv, headers);
    await completed(ana, upload.body.import_id as string);
    const schedule = { exchange: 'kraken', symbol: 'NEWS_USDT', timeframe: '1d', every_minutes: 10_000 };
    expect((await ana.post('/api/market-data/schedules', schedule)).status).toBe(201);
    done = { backtest, model, prediction, import: upload.body.import_id as string };

    const sleep = await ana.post('/api/misbehaviour', { how: 'sleep', seconds: 300 });
    running = sleep.body.task_id as string;
    await waitFor(async () =>
      (await ana.get(`/api/tasks/${running}`)).body.status === 'running' ? 1 : null,
    );
    expect((await admin.post('/api/system/queue/pause')).status).toBe(200);
    waiting = await ana.backtest({ cache: false });
    filesBefore = files();
    expect(filesBefore.filter((name) => name.includes(backtest))).not.toEqual([]);
    expect(filesBefore.filter((name) => name.includes(model))).not.toEqual([]);
    expect(existsSync(userFolder())).toBe(true);
  });
  afterAll(() => server.remove());

  test('is gone with one call, and their stream and login end', async () => {
    const stream = await ana.events();
    expect((await admin.call('DELETE', `/api/users/${ana.userId!}`)).status).toBe(204);
    await waitFor(() => stream.isEnded);
    expect((await ana.get('/api/auth/me')).status).toBe(401);
    await expect(server.signIn('ana', 'ana-has-a-long-password')).rejects.toThrow('INVALID_CREDENTIALS');
    expect((await admin.get(`/api/users/${ana.userId!}`)).status).toBe(404);
  });

  test('leaves no task behind that waits or runs', async () => {
    const cancelled = { status: 'cancelled', error: { code: 'CANCELLED' }, user_id: ana.userId };
    expect(await admin.ended(running)).toMatchObject(cancelled);
    expect(await admin.ended(waiting)).toMatchObject(cancelled);
    // A download of the schedule may have begun just before, and is stopped within two seconds.
    await waitFor(async () => {
      const { body } = await admin.get('/api/system/queue');
      return body.queued_count === 0 && body.running_count === 0;
    });
  });

  test('leaves no result behind, and no file', async () => {
    for (const path of [
      `/api/backtests/${done.backtest}`,
      `/api/backtests/${waiting}`,
      `/api/predictions/${done.prediction}`,
      `/api/predictions/models/${done.model}`,
    ])
      expect([path, (await admin.get(path)).status]).toEqual([path, 404]);
    // A task that was stopped may take a moment to clear its own away.
    const ids = [...Object.values(done), running, waiting];
    const left = () => files().filter((name) => ids.some((id) => name.includes(id)));
    await waitFor(() => left().length === 0).catch(() => undefined);
    expect(left()).toEqual([]);
    expect(existsSync(userFolder())).toBe(false);
    // What is another's stays.
    const bens = filesBefore.filter((name) => name.includes(bensBacktest));
    expect(bens).not.toEqual([]);
    expect(files()).toEqual(expect.arrayContaining(bens));
    expect((await ben.get(`/api/backtests/${bensBacktest}`)).body.equity_curve.length).toBeGreaterThan(100);
  });

  test('stays in the history of tasks and in the audit log, for admins', async () => {
    const { body } = await admin.get(`/api/tasks?user_id=${ana.userId!}`);
    const ids = body.items.map(({ task_id }: { task_id: string }) => task_id);
    expect(ids).toEqual(expect.arrayContaining([...Object.values(done), running, waiting]));
    expect((await ben.get(`/api/tasks/${done.backtest}`)).status).toBe(404);
    const audit = (await admin.get('/api/audit?limit=200')).body.items;
    const deletions = audit.filter(({ action }: { action: string }) => action === 'user_deleted');
    expect(deletions).toMatchObject([{ actor: 'admin', target: 'ana', address: '127.0.0.1' }]);
  });

  test('frees the name, and whoever has it next gets nothing of theirs', async () => {
    await admin.post('/api/system/queue/resume');
    const next = await server.user('ana');
    expect(next.userId).not.toBe(ana.userId);
    for (const path of ['/api/tasks', '/api/backtests', '/api/predictions', '/api/predictions/models'])
      expect([path, (await next.get(path)).body.items]).toEqual([path, []]);
    expect((await next.get(`/api/tasks/${done.backtest}`)).status).toBe(404);
    await completed(next, await next.backtest({ initial_capital: smallBacktest.initial_capital + 1 }));
  });
});
