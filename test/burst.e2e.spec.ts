import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Client, Server } from './harness/server.js';
import { waitFor } from '../tools/test-kit/index.js';

const fifty = Array.from({ length: 50 }, (_, i) => i);
const symbols = ['BTC_USDT', 'ETH_USDT', 'SOL_USDT', 'XRP_USDT'];
const usableMillicores = 8000 - 1600;
const predictedMillicores = 800;

describe('fifty backtests at once', () => {
  let server: Server;
  afterEach(() => server.remove());

  const post = (user: Client) =>
    Promise.all(
      fifty.map((i) =>
        user.backtest({
          symbol: symbols[i % symbols.length]!,
          params: { fast_period: 5, slow_period: 20 + i },
        }),
      ),
    );

  test('are all accepted and all complete, and never more run than the formula admits', async () => {
    server = await Server.start();
    const user = await server.user('burster');
    const events = await user.events();
    const ids = await post(user);
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) {
      await events.until(
        ({ message }) => message.type === 'task_completed' && message.data.task_id === id,
        120_000,
      );
    }
    // What runs holds its prediction for three seconds, and at least half of it from then on.
    const startedAt = new Map<string, number>();
    let starts = 0;
    for (const { message } of events.events) {
      if (message.type === 'task_running') {
        const at = Date.parse(message.data.started_at);
        startedAt.set(message.data.task_id, at);
        starts += 1;
        const held = [...startedAt.values()].map((since) =>
          at - since < 3000 ? predictedMillicores : predictedMillicores / 2,
        );
        expect(held.reduce((sum, part) => sum + part)).toBeLessThanOrEqual(usableMillicores);
      }
      if (message.type === 'task_completed') {
        startedAt.delete(message.data.task_id);
        expect(message.data).toMatchObject({ success: true, attempt: 1 });
      }
    }
    expect(starts).toBe(50);
    const queued = events.events.find(({ message }) => message.type === 'task_queued')!.message.data;
    expect(queued).toMatchObject({
      status: 'queued',
      task_type: 'backtest',
      estimated_cpu_cores: 1,
      estimated_ram_gb: 0.5,
    });
    expect(queued.queue_position).toBeGreaterThan(0);
    expect(queued.wait_reason).toMatch(/Waiting for|Behind|Held|Needs/);
    events.close();
  });

  test('all complete, none twice, when the server is killed in their midst and started again', async () => {
    server = await Server.start();
    const user = await server.user('survivor');
    const ids = await post(user);
    await waitFor(async () => {
      const { body } = await user.get('/api/tasks?status=completed&limit=200');
      return body.items.length >= 5;
    });
    await server.signal('SIGKILL');
    await waitFor(() => orphans(server.dataDir) === 0);
    await server.start();

    const admin = await server.admin();
    for (const id of ids) expect(await admin.ended(id)).toMatchObject({ status: 'completed' });
    const events = await admin.events('unknown-0');
    await events.until(({ message }) => message.type === 'initial_state');
    events.close();
    const { epoch, first } = { epoch: events.events[0]!.id!.split('-')[0]!, first: 0 };
    const history = await admin.events(`${epoch}-${first}`);
    await history.until(({ message }) => message.type === 'heartbeat');
    const completions = history.events.filter(({ message }) => message.type === 'task_completed');
    expect(completions.map(({ message }) => message.data.task_id).sort()).toEqual([...ids].sort());
    history.close();
  });
});

/** Processes of tasks that still run on a data folder. */
function orphans(dataDir: string): number {
  const commands = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return commands
    .split('\n')
    .filter((line) => line.includes('task-process-entry.js') && line.includes(dataDir)).length;
}
