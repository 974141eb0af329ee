import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { type Answer, type Client, Server } from './harness/server.js';
import { FakeExchange } from './market-data-exchange.js';
import { templateFolder, waitFor } from '../tools/test-kit/index.js';

const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);

/** Hours from 2024 as CSV; every close is the row. */
function csv(rows: number, from = 0): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const price = 100 + from + i;
    return `${new Date(startMs + (from + i) * hourMs).toISOString()},${price},${price + 1},${price - 1},${price},5`;
  });
  return `time,open,high,low,close,volume\n${lines.join('\n')}\n`;
}

describe('market data of one’s own', () => {
  let dataDir: string;
  let exchange: FakeExchange;
  let server: Server;
  let admin: Client;
  let alice: Client;
  let bob: Client;

  beforeAll(async () => {
    // The samples of the template are shared with other tests: these get a copy that they may change.
    dataDir = mkdtempSync(join(tmpdir(), 'headroom-import-'));
    cpSync(templateFolder(), dataDir, { recursive: true });
    mkdirSync(join(dataDir, 'imports', 'left-by-a-killed-server'), { recursive: true });
    writeFileSync(join(dataDir, 'imports', 'left-by-a-killed-server', 'upload'), 'x');
    const hours = Array.from({ length: 1500 }, (_, i) => startMs + i * hourMs);
    exchange = await new FakeExchange(hours, hourMs).start();
    server = await Server.start({
      HEADROOM_DATA_DIR: dataDir,
      HEADROOM_IMPORT_MAX_MB: '8',
      HEADROOM_EXCHANGE_URLS: `binance=${exchange.url}`,
    });
    admin = await server.admin();
    alice = await server.user('alice');
    bob = await server.user('bob');
  });
  afterAll(async () => {
    await server.remove();
    await exchange.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const upload = async (
    who: Client,
    query: string,
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${who.url}/api/market-data/import?${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${who.token!}`, 'Content-Type': 'text/csv', ...headers },
      body,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  };
  const imported = async (who: Client, answer: Answer): Promise<Answer['body']> => {
    expect([answer.status, answer.text]).toEqual([202, answer.text]);
    await who.ended(answer.body.import_id as string);
    return (await who.get(answer.headers.get('location')!)).body;
  };
  const datasetsOf = async (who: Client, symbol: string) =>
    (await who.get('/api/market-data/datasets')).body.items.filter(
      (item: { symbol: string }) => item.symbol === symbol,
    );
  const workFolders = () => readdirSync(join(dataDir, 'imports'));

  test('begins without what a killed server left behind', () => {
    expect(workFolders()).toEqual([]);
  });

  test('comes from a file, live, and is seen by its owner alone', async () => {
    const events = await alice.events();
    const answer = await upload(alice, 'symbol=MINE/USD&filename=mine.csv', csv(12_000));
    const info = await imported(alice, answer);
    expect(info).toMatchObject({
      status: 'completed',
      error: null,
      report: { rows: { read: 12_000, kept: 12_000, repaired: 0, refused: 0 }, source: 'mine.csv' },
    });
    await events.until(({ message }) => message.type === 'task_completed');
    const words = events
      .ofTask(answer.body.import_id as string)
      .map(({ message }) => message.data.description as string);
    expect(words).toContain('📥 Importing row 10000 …');
    expect(words.at(-1)).toBe('✅ Import complete! 12000 candles of MINE_USD 1h');
    events.close();

    expect(await datasetsOf(alice, 'MINE_USD')).toEqual([
      expect.objectContaining({
        owner: 'own',
        rows: 12_000,
        missing: 0,
        gaps: 0,
        synthetic: false,
        hidden: false,
      }),
    ]);
    expect(await datasetsOf(bob, 'MINE_USD')).toEqual([]);
    const found = await bob.get(`/api/market-data/imports/${answer.body.import_id}`);
    const none = await bob.get('/api/market-data/imports/00000000-0000-4000-8000-000000000000');
    expect([found.status, none.status]).toEqual([404, 404]);
    const path = '/api/market-data/datasets/MINE_USD/1h';
    for (const call of [() => bob.get(`${path}/verify`), () => bob.call('DELETE', path)]) {
      expect((await call()).status).toBe(404);
    }
    await waitFor(() => workFolders().length === 0);
  });

  test('is what a backtest then runs on, under any spelling of its name', async () => {
    const id = await alice.backtest({ symbol: 'MINE/USD', strategy: 'BuyAndHold' });
    await alice.ended(id);
    const { body } = await alice.get(`/api/backtests/${id}`);
    const [{ sha256 }] = await datasetsOf(alice, 'MINE_USD');
    expect(body.dataset).toMatchObject({ symbol: 'MINE_USD', synthetic: false, sha256 });
  });

  test('is merged by a second import, once for one Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'append' };
    const first = await upload(alice, 'symbol=mineusd', csv(20, 11_990), key);
    const again = await upload(alice, 'symbol=mineusd', csv(20, 11_990), key);
    const other = await upload(alice, 'symbol=mineusd', csv(21, 11_990), key);
    expect(again.body.import_id).toBe(first.body.import_id);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    const { report } = await imported(alice, first);
    expect(report.dataset).toMatchObject({ symbol: 'MINE_USD', rows: 12_010, added: 10, overlapping: 10 });
    await waitFor(() => workFolders().length === 0);
  });

  test('is not changed by a preview or by a file with a bad row; both say what they found', async () => {
    const preview = await imported(alice, await upload(alice, 'symbol=NEW&preview=true', csv(30)));
    expect(preview.report).toMatchObject({
      preview: true,
      dataset: null,
      detected: { layout: 'generic', timeframe: '1h' },
      first_rows: [{ close: 100 }, {}, {}, {}, {}],
    });
    const broken = await imported(alice, await upload(alice, 'symbol=NEW', `${csv(30)}x,1,1,1,1,1\n`));
    expect(broken).toMatchObject({
      status: 'failed',
      error: { code: 'ROWS_REFUSED' },
      report: { dataset: null, refused: [{ code: 'TIME_UNREADABLE', count: 1, first: [{ row: 32 }] }] },
    });
    expect(await datasetsOf(alice, 'NEW')).toEqual([]);
    await waitFor(() => workFolders().length === 0);
  });

  test('comes from Parquet, with timestamps as pandas writes them', async () => {
    const time = Array.from({ length: 50 }, (_, i) => new Date(startMs + i * hourMs));
    const price = time.map((_, i) => 10 + i);
    const columns = ['open', 'high', 'low', 'close', 'volume'].map((name) => ({
      name,
      data: price,
      type: 'DOUBLE' as const,
    }));
    const file = parquetWriteBuffer({
      columnData: [{ name: 'timestamp', data: time, type: 'TIMESTAMP' }, ...columns],
    });
    const answer = await upload(alice, 'symbol=PQ', new Uint8Array(file), {
      'Content-Type': 'application/vnd.apache.parquet',
    });
    const info = await imported(alice, answer);
    expect(info.report).toMatchObject({
      detected: { format: 'parquet', timeframe: '1h' },
      rows: { read: 50, kept: 50 },
      dataset: { start: '2024-01-01T00:00:00.000Z', rows: 50 },
    });
  });

  test('is refused before it is read when it is too large, of another type, or not the caller’s to share', async () => {
    const large = await upload(alice, 'symbol=BIG', 'x'.repeat(8 * 2 ** 20 + 1));
    expect(large).toMatchObject({ status: 413, body: { code: 'UPLOAD_TOO_LARGE' } });
    const image = await upload(alice, 'symbol=A', csv(2), { 'Content-Type': 'image/png' });
    expect(image).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
    expect(await upload(alice, 'symbol=A&shared=true', csv(2))).toMatchObject({ status: 403 });
    expect(await upload(alice, 'symbol=../../etc', csv(2))).toMatchObject({ status: 400 });
    expect(await upload(alice, 'symbol=A&colour=red', csv(2))).toMatchObject({ status: 400 });
    expect(await upload(alice, 'symbol=A', '')).toMatchObject({ status: 422 });
    expect(workFolders()).toEqual([]);
  });

  test('is verified, exported and deleted', async () => {
    const path = '/api/market-data/datasets/MINE_USD/1h';
    expect((await alice.get(`${path}/verify`)).body).toMatchObject({
      intact: true,
      rows: 12_010,
      gaps: { count: 0 },
    });
    const exported = await alice.get(`${path}/export`);
    expect(exported.headers.get('content-disposition')).toBe('attachment; filename="MINE_USD-1h.csv"');
    const lines = exported.text.trimEnd().split('\r\n');
    expect([lines.length, lines[0], lines[1]]).toEqual([
      12_011,
      'time,open,high,low,close,volume',
      '2024-01-01T00:00:00.000Z,100,101,99,100,5',
    ]);
    expect((await alice.call('DELETE', path)).status).toBe(204);
    expect((await alice.call('DELETE', path)).status).toBe(404);
    expect((await alice.call('DELETE', '/api/market-data/datasets/ETH_USDT/1h?shared=true')).status).toBe(
      403,
    );
    expect((await alice.call('DELETE', '/api/market-data/datasets/ETH_USDT/1h')).status).toBe(404);
    expect((await alice.get('/api/market-data/datasets/..%2f..%2fusers/1h/verify')).status).toBe(404);
  });

  test('comes from an exchange, shared by an admin in the place of samples', async () => {
    const request = {
      exchange: 'binance',
      symbol: 'BTC/USDT',
      timeframe: '1h',
      start: '2024-01-01',
      end: '2024-02-15',
      shared: true,
    };
    expect((await alice.post('/api/market-data/import', request)).status).toBe(403);
    const info = await imported(admin, await admin.post('/api/market-data/import', request));
    expect(info).toMatchObject({
      status: 'completed',
      report: {
        download: { exchange: 'binance', pages: 2 },
        dataset: { rows: 1080, replaced_synthetic: true },
      },
    });
    expect((await datasetsOf(bob, 'BTC_USDT')).map((item: { timeframe: string }) => item.timeframe)).toEqual([
      '1h',
    ]);
    const wrong = await imported(
      alice,
      await alice.post('/api/market-data/import', { ...request, symbol: 'NO_USDT', shared: false }),
    );
    expect(wrong).toMatchObject({ status: 'failed', error: { code: 'UNKNOWN_SYMBOL' } });
  });

  test('is kept fresh by a schedule until that is removed', async () => {
    const request = {
      exchange: 'binance',
      symbol: 'BTC_USDT',
      timeframe: '1h',
      start: '2024-01-01',
      every_minutes: 5,
    };
    const added = await bob.post('/api/market-data/schedules', request);
    expect(added).toMatchObject({ status: 201, body: { last_import_id: null, shared: false } });
    expect((await bob.post('/api/market-data/schedules', request)).body.code).toBe('SCHEDULE_EXISTS');
    expect((await alice.get('/api/market-data/schedules')).body.items).toEqual([]);
    const path = `/api/market-data/schedules/${added.body.schedule_id}`;
    expect((await alice.call('DELETE', path)).status).toBe(404);
    const importId = await waitFor(async () => {
      const { body } = await bob.get('/api/market-data/schedules');
      return body.items[0].last_import_id as string | null;
    });
    await bob.ended(importId);
    const { body } = await bob.get(`/api/market-data/imports/${importId}`);
    expect(body).toMatchObject({ status: 'completed', report: { dataset: { rows: 1500, shared: false } } });
    expect((await bob.call('DELETE', path)).status).toBe(204);
    expect((await bob.get('/api/market-data/schedules')).body.items).toEqual([]);
  });

  test('survives a kill of the server: the download is taken up, the files go', async () => {
    exchange.requests.length = 0;
    // The second page is never answered: the kill comes while it is waited for.
    exchange.holdFrom(2);
    const answer = await bob.post('/api/market-data/import', {
      exchange: 'binance',
      symbol: 'BTC_USDT',
      timeframe: '1h',
      start: '2024-01-01',
      end: '2024-03-03T12:00:00Z',
    });
    await waitFor(() => exchange.requests.length === 2);
    await server.signal('SIGKILL');
    exchange.holdFrom(null);
    expect(existsSync(join(dataDir, 'imports', answer.body.import_id as string, 'partial'))).toBe(true);
    await server.start();
    bob = await server.signIn('bob', 'bob-has-a-long-password');
    const info = await imported(bob, { ...answer, status: 202 });
    expect(info.report.download).toMatchObject({ resumed_rows: 1000, pages: 1 });
    expect(info.report.dataset).toMatchObject({ rows: 1500, missing: 0 });
    await waitFor(() => workFolders().length === 0);
  });

  test('goes with a cancelled import and with its owner', async () => {
    exchange.requests.length = 0;
    exchange.holdFrom(1);
    const answer = await bob.post('/api/market-data/import', {
      exchange: 'binance',
      symbol: 'BTC_USDT',
      timeframe: '1h',
      start: '2024-01-01',
    });
    await waitFor(() => exchange.requests.length === 1);
    await bob.post(`/api/tasks/${answer.body.import_id}/cancel`);
    expect(await bob.ended(answer.body.import_id as string)).toMatchObject({ status: 'cancelled' });
    await waitFor(() => workFolders().length === 0);
    const own = join(dataDir, 'market-data', 'users', bob.userId!);
    expect(existsSync(own)).toBe(true);
    admin = await server.admin();
    expect((await admin.call('DELETE', `/api/users/${bob.userId!}`)).status).toBe(204);
    expect(existsSync(own)).toBe(false);
  });
});
