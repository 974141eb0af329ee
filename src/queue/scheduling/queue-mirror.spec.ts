import { describe, expect, test } from '@jest/globals';
import type { StoredTaskEvent } from '../domain/task-events.js';
import { schedulingFixture } from './scheduling.fixture.js';

const readyIds = ({ mirror }: ReturnType<typeof schedulingFixture>) =>
  mirror.snapshot().ready.map(({ id }) => id);
const heldIds = ({ mirror }: ReturnType<typeof schedulingFixture>) =>
  mirror.snapshot().held.map(({ id }) => id);

function remoteEvent(type: string, taskId: string): StoredTaskEvent {
  return { type, data: { task_id: taskId, success: true } } as unknown as StoredTaskEvent;
}

describe('the mirror of the queue', () => {
  test('holds a task until the one that it runs after has completed', async () => {
    const at = schedulingFixture();
    at.store.put({ taskId: 'first', status: 'running' });
    await at.mirror.trackWithDependency(at.store.put({ taskId: 'second', runAfter: 'first' }));
    expect(heldIds(at)).toEqual(['second']);
    await at.store.settle('first', 'completed');
    expect(heldIds(at)).toEqual([]);
    expect(readyIds(at)).toEqual(['second']);
  });

  test('drops a held task that fails with the one that it was to run after', async () => {
    const at = schedulingFixture();
    at.store.put({ taskId: 'first', status: 'running' });
    await at.mirror.trackWithDependency(at.store.put({ taskId: 'second', runAfter: 'first' }));
    await at.store.settle('first', 'failed');
    expect(at.mirror.size).toBe(0);
  });

  test('does not hold a task whose dependency completes while it is looked up', async () => {
    const at = schedulingFixture();
    at.store.put({ taskId: 'first', status: 'running' });
    const tracking = at.mirror.trackWithDependency(at.store.put({ taskId: 'second', runAfter: 'first' }));
    await at.store.settle('first', 'completed');
    await tracking;
    expect(readyIds(at)).toEqual(['second']);
  });

  test('does not hold a task that runs again, nor one whose dependency is gone', async () => {
    const at = schedulingFixture();
    at.store.put({ taskId: 'first', status: 'completed' });
    at.mirror.trackRequeued(at.store.put({ taskId: 'again', runAfter: 'first', attempt: 2 }));
    await at.mirror.trackWithDependency(at.store.put({ taskId: 'orphan', runAfter: 'purged' }));
    expect(readyIds(at)).toEqual(['again', 'orphan']);
  });

  test('shows the scheduler a requeued task as it was submitted', () => {
    const { mirror, store } = schedulingFixture();
    const queuedAt = new Date(Date.UTC(2023, 10, 14, 21));
    mirror.trackRequeued(store.put({ taskId: 'again', sequence: 7, attempt: 2, queuedAt }));
    expect(mirror.snapshot().ready[0]).toMatchObject({ queuedAtMs: queuedAt.getTime(), sequence: 7 });
  });

  test('counts per user and per type, held tasks too', async () => {
    const { mirror, store } = schedulingFixture();
    store.put({ taskId: 'first', status: 'running' });
    mirror.track(store.put({ taskId: 'a', userId: 'ann' }));
    await mirror.trackWithDependency(
      store.put({ taskId: 'b', userId: 'ann', taskType: 'prediction', runAfter: 'first' }),
    );
    mirror.track(store.put({ taskId: 'c', userId: 'ben' }));
    expect(mirror.countOf('ann')).toBe(2);
    expect(mirror.queuedByType()).toEqual(
      new Map([
        ['backtest', 2],
        ['prediction', 1],
      ]),
    );
  });

  test('takes over a change of a queued task, and no change of one that is queued no more', () => {
    const at = schedulingFixture();
    at.mirror.track(at.store.put({ taskId: 'a' }));
    at.mirror.onUpdated(at.store.put({ taskId: 'a', priority: 9 }));
    at.mirror.onUpdated(at.store.put({ taskId: 'b', priority: 9 }));
    expect(at.mirror.snapshot().ready).toMatchObject([{ id: 'a', priority: 9 }]);
    at.mirror.onRemoved('a');
    expect(at.mirror.size).toBe(0);
  });

  test('follows the events of other nodes in their order', async () => {
    const at = schedulingFixture();
    at.mirror.track(at.store.put({ taskId: 'claimed' }));
    at.store.put({ taskId: 'new' });
    at.store.put({ taskId: 'gone', status: 'running' });
    await at.mirror.onRemoteEvents([
      remoteEvent('task_running', 'claimed'),
      remoteEvent('task_queued', 'new'),
      remoteEvent('task_queued', 'gone'),
      remoteEvent('task_running', 'gone'),
      { type: 'task_description_update', data: { task_id: 'new' } } as StoredTaskEvent,
    ]);
    expect(readyIds(at)).toEqual(['new']);
  });

  test('keeps a task that another node has claimed and returned', async () => {
    const at = schedulingFixture();
    at.mirror.track(at.store.put({ taskId: 'a' }));
    at.store.put({ taskId: 'a', attempt: 2 });
    await at.mirror.onRemoteEvents([remoteEvent('task_running', 'a'), remoteEvent('task_queued', 'a')]);
    expect(at.mirror.get('a')?.row.attempt).toBe(2);
  });

  test('reads the queue: what is queued, held only where the dependency has not completed', async () => {
    const at = schedulingFixture();
    at.mirror.track(at.store.put({ taskId: 'stale' }));
    at.store.put({ taskId: 'stale', status: 'completed' });
    at.store.put({ taskId: 'running', status: 'running' });
    at.store.put({ taskId: 'held', runAfter: 'running' });
    at.store.put({ taskId: 'ready', runAfter: 'stale' });
    await at.mirror.reload();
    expect(heldIds(at)).toEqual(['held']);
    expect(readyIds(at)).toEqual(['ready']);
  });

  test('repeats on what was read all that happened while it was read', async () => {
    const at = schedulingFixture();
    at.store.put({ taskId: 'cancelled' });
    at.store.put({ taskId: 'first', status: 'running' });
    at.store.put({ taskId: 'second', runAfter: 'first' });
    const unfinished = at.store.unfinished.bind(at.store);
    at.store.unfinished = async () => {
      const read = await unfinished();
      at.mirror.onRemoved('cancelled');
      at.mirror.track(at.store.put({ taskId: 'new' }));
      return read;
    };
    const findMany = at.store.findMany.bind(at.store);
    at.store.findMany = async (ids) => {
      const read = await findMany(ids);
      await at.store.settle('first', 'completed');
      return read;
    };
    await at.mirror.reload();
    expect(readyIds(at).sort()).toEqual(['new', 'second']);
    expect(heldIds(at)).toEqual([]);
  });

  test('keeps what it has when the queue cannot be read', async () => {
    const at = schedulingFixture();
    at.mirror.track(at.store.put({ taskId: 'a' }));
    at.store.failure = new Error('away');
    await expect(at.mirror.reload()).rejects.toThrow('away');
    expect(readyIds(at)).toEqual(['a']);
  });
});

describe('the mirror asks for a cycle', () => {
  test('when something outside a cycle has changed the queue, and not for what a cycle does itself', async () => {
    const { mirror, store } = schedulingFixture();
    let changes = 0;
    mirror.changes$.subscribe(() => (changes += 1));
    const changesAfter = async (act: () => unknown) => {
      changes = 0;
      await act();
      return changes;
    };
    const first = store.put({ taskId: 'first', status: 'running' });
    const a = store.put({ taskId: 'a' });
    expect(await changesAfter(() => mirror.track(a))).toBe(0);
    expect(await changesAfter(() => mirror.untrack('a'))).toBe(0);
    expect(await changesAfter(() => mirror.reload())).toBe(0);
    expect(await changesAfter(() => mirror.trackRequeued(a))).toBe(1);
    expect(await changesAfter(() => mirror.onRequeued(a))).toBe(1);
    expect(await changesAfter(() => mirror.onUpdated(a))).toBe(1);
    expect(await changesAfter(() => mirror.onRemoved('a'))).toBe(1);
    expect(await changesAfter(() => mirror.onRemoteEvents([]))).toBe(1);
    expect(await changesAfter(() => store.settle('a', 'completed'))).toBe(0);
    await mirror.trackWithDependency(store.put({ taskId: 'held', runAfter: first.id }));
    expect(await changesAfter(() => store.settle('first', 'completed'))).toBe(1);
  });
});
