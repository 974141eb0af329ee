import { describe, expect, test } from '@jest/globals';
import type { Task } from '../domain/task.js';
import { executorOnFakes } from './execution.fixture.js';
import { settle } from './fake-launcher.fixture.js';
import { connectionError } from './memory-rows.fixture.js';

const done = (summary: unknown = null) => ({ type: 'done', summary }) as const;

function sharded(count: number) {
  const completed: unknown[] = [];
  const fakes = executorOnFakes([
    {
      type: 'sweep',
      shards: () => count,
      completed: (_queries, _task, summary) => {
        completed.push(summary);
        return Promise.resolve();
      },
    },
  ]);
  const { executor, reserve, launcher, shards } = fakes;
  /** Admits all that waits, as a scheduling cycle with room would. */
  const admitAll = async (task: Task): Promise<void> => {
    for (const { item } of executor.waitingWork(0)) executor.startWaiting(item, reserve(task));
    await settle();
  };
  const processOf = (index: number | null) =>
    launcher.processes
      .filter((process) => !process.isGone && (process.order.shard?.index ?? null) === index)
      .at(-1)!;
  const start = async () => {
    const task = await fakes.start({ taskType: 'sweep' });
    // The fingerprint reads files.
    while (fakes.registry.find(task.id)?.state === 'starting') await settle();
    await settle();
    return task;
  };
  const stored = (task: Task) =>
    shards.shards.get(task.id)?.map(({ status, attempt }) => `${status} ${attempt}`);
  return { ...fakes, start, admitAll, processOf, stored, completed };
}

describe('a sharded task', () => {
  test('starts one shard with its own admission and offers the others', async () => {
    const { start, executor, launcher, reservations } = sharded(3);
    const task = await start();
    expect(launcher.processes.map(({ order }) => order.shard)).toEqual([{ index: 0, count: 3 }]);
    expect(executor.waitingWork(0).map(({ item }) => item)).toEqual([
      { kind: 'shard', taskId: task.id, index: 1 },
      { kind: 'shard', taskId: task.id, index: 2 },
    ]);
    expect(reservations.list()).toHaveLength(1);
  });

  test('reduces once all shards are stored, and completes with that summary', async () => {
    const { start, admitAll, processOf, stored, row, completed, launcher, executor, reservations } =
      sharded(2);
    const task = await start();
    await admitAll(task);
    await processOf(1).end(done());
    expect(executor.waitingWork(0)).toEqual([]);
    await processOf(0).end(done());
    expect(stored(task)).toEqual(['completed 1', 'completed 1']);
    expect(executor.waitingWork(0).map(({ item }) => item.kind)).toEqual(['reduce']);
    await admitAll(task);
    expect(launcher.last.order.shardResults.map((path) => path!.split('/').at(-1))).toEqual([
      '0.1.json.gz',
      '1.1.json.gz',
    ]);
    await processOf(null).end(done('the ranking'));
    expect(row(task).status).toBe('completed');
    expect(completed).toEqual(['the ranking']);
    expect(stored(task)).toBeUndefined();
    expect(reservations.list()).toEqual([]);
  });

  test('releases a shard’s reservation after its end is stored', async () => {
    const { start, store, processOf, reservations, clock, shards } = sharded(2);
    const task = await start();
    const complete = shards.complete.bind(shards);
    let isAway = true;
    shards.complete = (...args) => (isAway ? Promise.reject(connectionError()) : complete(...args));
    await processOf(0).end(done());
    expect(reservations.list()).toHaveLength(1);
    isAway = false;
    await clock.advance(1000);
    expect(reservations.list()).toEqual([]);
    expect([task.id, store.stored]).toEqual([task.id, []]);
  });

  test('lets a shard that memory was short for wait again, as often as the task may be attempted', async () => {
    const { start, admitAll, processOf, stored, row } = sharded(1);
    const task = await start();
    await processOf(0).end({ type: 'killed' });
    expect(stored(task)).toEqual(['queued 2']);
    await admitAll(task);
    await processOf(0).end({ type: 'killed' });
    expect([stored(task), row(task).status]).toEqual([['queued 3'], 'running']);
    await admitAll(task);
    await processOf(0).end({ type: 'killed' });
    expect(row(task).status).toBe('queued');
    expect(row(task).attempt).toBe(2);
  });

  test('fails with its first failing shard and stops the others', async () => {
    const { start, admitAll, processOf, row, reservations } = sharded(3);
    const task = await start();
    await admitAll(task);
    await processOf(1).end({ type: 'failed', error: { code: 'BAD', message: 'No candles.' } });
    expect([processOf(0).stops, processOf(2).stops]).toEqual([['abandoned'], ['abandoned']]);
    expect(row(task).status).toBe('running');
    await processOf(0).endStopped();
    await processOf(2).endStopped();
    expect(row(task)).toMatchObject({ status: 'failed', error: { code: 'BAD', message: 'No candles.' } });
    expect(reservations.list()).toEqual([]);
  });

  test('fails as its shard did even when a sibling cannot be stopped', async () => {
    const { start, admitAll, processOf, row, clock, watchdog } = sharded(2);
    const task = await start();
    await admitAll(task);
    await processOf(0).end({ type: 'failed', error: { code: 'BAD', message: 'No candles.' } });
    await clock.advance(5_001);
    watchdog.check();
    await settle();
    expect(row(task).error).toEqual({ code: 'BAD', message: 'No candles.' });
  });

  test('keeps the shards that are done when it is cancelled, and reduces them', async () => {
    const { start, admitAll, processOf, row, executor, completed, reservations } = sharded(3);
    const task = await start();
    await admitAll(task);
    await processOf(0).end(done());
    executor.stop(task.id, 'cancelled');
    await processOf(1).endStopped();
    await processOf(2).endStopped();
    const reduce = processOf(null);
    expect(reduce.order.shardResults.map((path) => path !== null)).toEqual([true, false, false]);
    await reduce.end(done('what was done'));
    expect(row(task)).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    expect(completed).toEqual(['what was done']);
    expect(reservations.list()).toEqual([]);
  });

  test('ends as cancelled when that reduce takes more than 30 s', async () => {
    const { start, processOf, row, executor, clock, completed } = sharded(2);
    const task = await start();
    await processOf(0).end(done());
    executor.stop(task.id, 'cancelled');
    await settle();
    await clock.advance(30_000);
    expect(processOf(null).stops).toEqual(['cancelled']);
    await processOf(null).endStopped();
    expect([row(task).status, completed]).toEqual(['cancelled', []]);
  });

  test('that is cancelled before any shard is done ends at once', async () => {
    const { start, processOf, row, executor } = sharded(2);
    const task = await start();
    executor.stop(task.id, 'cancelled');
    await processOf(0).endStopped();
    expect(row(task).status).toBe('cancelled');
  });

  test('goes on after a lost node with the shards that were stored', async () => {
    const { start, admitAll, processOf, stored, store, row, executor, reserve, registry } = sharded(3);
    const task = await start();
    executor.startWaiting({ kind: 'shard', taskId: task.id, index: 1 }, reserve(task));
    await settle();
    await processOf(0).end(done());
    // Another node took the task, and it came back: shard 1 ran then, shard 2 had not started.
    store.rows.set(task.id, { ...row(task), attempt: 2 });
    executor.stop(task.id, 'lost');
    await processOf(1).endStopped();
    while (registry.size > 0) await settle();
    const again = new (task.constructor as new (row: object) => Task)(row(task));
    executor.start(again, reserve(again));
    while (registry.find(task.id)?.state === 'starting') await settle();
    await admitAll(again);
    expect(stored(task)).toEqual(['completed 1', 'running 2', 'running 1']);
  });

  test('computes a stored shard again whose result cannot be read', async () => {
    const { start, processOf, stored, store, row, executor, reserve, registry, files } = sharded(2);
    const task = await start();
    await processOf(0).end(done());
    store.rows.set(task.id, { ...row(task), attempt: 2 });
    executor.stop(task.id, 'lost');
    while (registry.size > 0) await settle();
    files.unreadable.push(0);
    const again = new (task.constructor as new (row: object) => Task)(row(task));
    executor.start(again, reserve(again));
    while (registry.find(task.id)?.state === 'starting') await settle();
    await settle();
    expect(stored(task)).toEqual(['running 2', 'queued 1']);
  });

  test('is never taken for dead while a shard waits to be admitted', async () => {
    const { start, processOf, watchdog, row } = sharded(2);
    const task = await start();
    await processOf(0).end(done());
    watchdog.check();
    await settle();
    expect(row(task).status).toBe('running');
  });
});
