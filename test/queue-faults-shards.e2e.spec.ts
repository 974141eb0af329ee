import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { smallBacktest } from './harness/server.js';
import { BrokenTasks, endMs } from './queue-faults.js';

/** Longer than the 5 s between two renewals of the leases, so that one is due whenever the server wakes up. */
const [stoppedMs, awakeMs] = [5300, 1700];
const loopMs = 42_000;
const sweep = {
  ...smallBacktest,
  start_date: '2022-01-01',
  end_date: '2025-12-31',
  space: { fast_period: { min: 5, max: 20, step: 5 }, slow_period: [30, 60] },
};

describe('sharded tasks of a server that stands still again and again', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open({ HEADROOM_CPU_CORES: '32', HEADROOM_RAM_GB: '64' });
  }, 180_000);
  afterEach(() => {
    process.kill(tasks.server.pid, 'SIGCONT');
  });
  afterAll(() => tasks.close());

  test('keep their results once they have completed', async () => {
    const sweeps: string[] = [];
    const sharded: string[] = [];
    const deadline = performance.now() + loopMs;
    while (performance.now() < deadline) {
      const { status, body } = await tasks.user.post('/api/backtests/optimize', {
        ...sweep,
        // A sweep that was asked for before is not computed again.
        initial_capital: 10_000 + sweeps.length,
      });
      expect([status, body]).toEqual([202, body]);
      sweeps.push(body.backtest_id as string);
      // Shards of these last until after the stop, so that many end when the server wakes up.
      for (const seconds of [1, 2, 3]) {
        sharded.push(await tasks.submit({ task_type: 'small_shards', how: '', count: 4, seconds }));
      }
      await delay(awakeMs);
      process.kill(tasks.server.pid, 'SIGSTOP');
      await delay(stoppedMs);
      process.kill(tasks.server.pid, 'SIGCONT');
    }
    const ends = await Promise.all([...sweeps, ...sharded].map((id) => tasks.endOrLast(id, 120_000)));
    const other = ends.filter(({ status }) => status !== 'completed');
    expect(other).toEqual([]);
    const answers = await Promise.all(sweeps.map((id) => tasks.user.get(`/api/backtests/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual(sweeps.map(() => 200));
    expect(sharded.map((id) => [id, tasks.resultsOf(id).length])).toEqual(sharded.map((id) => [id, 1]));
    expect(tasks.server.log).not.toMatch(/was lost meanwhile/);
    expect(await tasks.reservedCores(0)).toBe(0);
  }, 300_000);
});

describe('a sharded task whose server is stopped when its completion has been told', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterEach(() => {
    process.kill(tasks.server.pid, 'SIGCONT');
  });
  afterAll(() => tasks.close());

  test('keeps its result when the server goes on', async () => {
    const events = await tasks.user.events();
    const isTold = (taskId: string) =>
      events.ofTask(taskId).some(({ message }) => message.type === 'task_completed');
    const ids: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const taskId = await tasks.submit({ task_type: 'small_shards', how: '', count: 2, drafts: 2000 });
      ids.push(taskId);
      const deadline = performance.now() + endMs;
      // Asked often: the stop has to come while the server still removes the files of the shards.
      while (!isTold(taskId) && performance.now() < deadline) await delay(1);
      process.kill(tasks.server.pid, 'SIGSTOP');
      await delay(stoppedMs);
      process.kill(tasks.server.pid, 'SIGCONT');
      await delay(awakeMs);
    }
    events.close();
    const ends = await Promise.all(ids.map((id) => tasks.endOrLast(id)));
    expect(ends.map(({ status, attempt }) => [status, attempt])).toEqual(ids.map(() => ['completed', 1]));
    expect(ids.map((id) => tasks.resultsOf(id).length)).toEqual(ids.map(() => 1));
    expect(tasks.server.log).not.toMatch(/was lost meanwhile/);
  }, 300_000);
});

describe('ids and types', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks.close());

  test.each(['broken-tasks', 'broken-functions'])('a task id with a slash is refused (%s)', async (path) => {
    const order = { how: path === 'broken-tasks' ? 'sleep' : 'take no signal', task_id: `a/${path}` };
    const { status } = await tasks.user.post(`/api/${path}`, order);
    expect(status).toBeGreaterThanOrEqual(400);
    const { items } = (await tasks.user.get('/api/tasks')).body;
    expect(items.map(({ task_id }: { task_id: string }) => task_id)).not.toContain(order.task_id);
  });

  test('a task whose type is no longer registered fails as what it is, and can be retried', async () => {
    await tasks.admin.post('/api/system/queue/pause');
    const taskId = await tasks.submit({ how: 'sleep' });
    await tasks.server.signal('SIGTERM');
    const without = await tasks.withoutTypes();
    await without.admin.post('/api/system/queue/resume');
    const task = await without.endOrLast(taskId);
    const reserved = await without.reservedCores(0);
    await without.close();
    expect(task).toMatchObject({ status: 'failed', can_retry: true, error: { code: 'UNKNOWN_TASK' } });
    expect(task.error.message).toContain('broken');
    expect(reserved).toBe(0);
  }, 180_000);
});
