import { beforeEach, describe, expect, test } from '@jest/globals';
import { queuePageSize } from '@app/contracts';
import type { QueuePosition } from '../domain/queue-position.js';
import { TaskEvents } from '../domain/task-events.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { QueuePositions } from '../scheduling/queue-positions.js';
import { MemoryTaskStore, outage } from '../storage/memory-task-store.fixture.js';
import type { QueueStatusReader } from './queue-status.js';
import { TaskLookup } from './task-lookup.js';
import { admin, alice, bob } from './task-queue.fixture.js';
import { TaskViews } from './task-views.js';

const place: QueuePosition = {
  position: 2,
  kind: 'cpu',
  reason: 'Insufficient CPU: available 0.3',
  userReason: 'Waiting for CPU',
  estimatedStartAtMs: null,
};

describe('the lookup of tasks', () => {
  let events: TaskEvents;
  let store: MemoryTaskStore;
  let lookup: TaskLookup;
  let pages: unknown[];
  beforeEach(() => {
    events = new TaskEvents();
    store = new MemoryTaskStore(events);
    pages = [];
    const positions = { of: () => place } as unknown as QueuePositions;
    const status = { page: (...asked: unknown[]) => pages.push(asked) } as unknown as QueueStatusReader;
    lookup = new TaskLookup(store.asStore, new TaskViews(new TaskHandlers(), positions), status, events);
  });

  test('shows a task with its place, and to its owner no figures and no node', async () => {
    store.put({ taskId: 'a', nodeId: 'alpha' });
    expect(await lookup.view(admin, 'a')).toMatchObject({ wait_reason: place.reason, node_id: 'alpha' });
    const owners = await lookup.view(alice, 'a');
    expect(owners).toMatchObject({ queue_position: 2, wait_reason: place.userReason, node_id: null });
    expect(lookup.ownersView(await lookup.find(admin, 'a'))).toEqual(owners);
  });

  test('shows of many tasks those that the viewer may see, each once', async () => {
    store.put({ taskId: 'a', nodeId: 'alpha' });
    store.put({ taskId: 'b', userId: 'bob', nodeId: 'alpha' });
    const ids = ['b', 'a', 'absent', 'a'];
    expect([...(await lookup.findMany(alice, ids)).keys()]).toEqual(['a']);
    expect((await lookup.findMany(bob, ids)).get('b')).toMatchObject({ task_id: 'b', node_id: null });
    expect([...(await lookup.findMany(admin, ids)).keys()].sort()).toEqual(['a', 'b']);
    expect(await lookup.findMany(admin, [])).toEqual(new Map());
  });

  test('lists each unfinished task among many ids once, for every owner', async () => {
    store.put({ taskId: 'a', status: 'running' });
    store.put({ taskId: 'b', userId: 'bob' });
    for (const status of ['completed', 'failed', 'cancelled'] as const) store.put({ taskId: status, status });
    const ids = ['a', 'completed', 'failed', 'b', 'cancelled', 'absent', 'a'];
    expect((await lookup.unfinishedAmong(ids)).sort()).toEqual(['a', 'b']);
  });

  test('asks for the tasks of one user, or of all, and shows them to the server', async () => {
    const asked: unknown[] = [];
    const task = store.put({ taskId: 'a', taskType: 'kept', nodeId: 'alpha' });
    const other = store.put({ taskId: 'b', taskType: 'other' });
    const asStore = store.asStore;
    asStore.unfinished = (userId) => {
      asked.push(userId);
      return Promise.resolve([task, other]);
    };
    expect(await lookup.unfinished({ userId: 'alice', taskType: 'kept' })).toMatchObject([
      { task_id: 'a', node_id: 'alpha' },
    ]);
    expect(await lookup.unfinished({})).toHaveLength(2);
    expect(asked).toEqual(['alice', null]);
  });

  test('reads the first page of the queue, of the usual size, for its viewer', () => {
    void lookup.status(alice);
    expect(pages).toEqual([[alice, { limit: queuePageSize.default }]]);
  });

  test('tells every listener of each task that has ended, and of nothing else', async () => {
    const heard: [string, string, string | null][][] = [[], []];
    for (const list of heard) {
      lookup.endedTasks$.subscribe(({ task_id, status, node_id }) => list.push([task_id, status, node_id]));
    }
    const task = store.put({ taskId: 'a', nodeId: 'alpha' });
    const running = (await store.apply(task, task.claim('alpha')))!;
    events.publish({ type: 'queue_state', paused: true });
    events.publish({ type: 'queue_positions', positions: new Map() });
    expect(heard).toEqual([[], []]);
    await store.apply(running, running.endByAdmin('It hung.'));
    expect(heard).toEqual([[['a', 'failed', 'alpha']], [['a', 'failed', 'alpha']]]);
  });

  test('finds nothing missing while the database is away', async () => {
    store.failure = outage;
    await expect(lookup.view(alice, 'a')).rejects.toBe(outage);
    await expect(lookup.findMany(alice, ['a'])).rejects.toBe(outage);
    await expect(lookup.unfinishedAmong(['a'])).rejects.toBe(outage);
  });
});
