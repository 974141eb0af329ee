import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import type { Database } from '../../database/database.js';
import { TaskEvents, type TaskEvent } from '../domain/task-events.js';
import { unmeasured, type Task, type Transition } from '../domain/task.js';
import { newTask } from './new-task.fixture.js';
import { TaskStore } from './task-store.js';

const noHook = () => Promise.resolve();
const behind = {
  position: 1,
  kind: 'behind' as const,
  reason: 'Behind',
  userReason: 'Behind',
  estimatedStartAtMs: null,
};

describe.each(stores)('the task store on %s', (_, open) => {
  let opened: TestDatabase;
  let database: Database;
  let store: TaskStore;
  let published: TaskEvent[];

  beforeAll(async () => {
    opened = await open();
    ({ database } = opened);
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    await database.queries.execute(sql`truncate tasks, task_events, settings cascade`);
    ({ store, published } = await storeOf('a'));
  });

  /** A store as one node has it, with what it publishes. */
  async function storeOf(nodeId: string) {
    const events = new TaskEvents();
    const received: TaskEvent[] = [];
    events.all$.subscribe((event) => received.push(event));
    const made = new TaskStore(database, events, readConfig({ HEADROOM_NODE_ID: nodeId }));
    await made.begin();
    return { store: made, published: received };
  }

  const queued = (taskId: string, userId = 'alice'): Promise<Task> =>
    store.insert(newTask({ taskId, userId }), behind, noHook);

  async function running(taskId: string, node = 'a'): Promise<Task> {
    return (await store.apply(...claim(await queued(taskId), node)))!;
  }

  const taskIds = (events: readonly TaskEvent[]) =>
    events.map((event) => ('data' in event ? event.data.task_id : null));

  test('stores a task and its event together, and publishes the event', async () => {
    const task = await queued('t1');
    expect(task.isQueued).toBe(true);
    expect(published).toMatchObject([{ type: 'task_queued', userId: 'alice', data: { queue_position: 1 } }]);
    expect(await store.eventsAfter({ after: 0, userId: null, limit: 10 })).toMatchObject([
      { type: 'task_queued', data: { task_id: 't1', queue_position: 1 } },
    ]);
  });

  test('stores nothing when the hook of a submission throws', async () => {
    await expect(
      store.insert(newTask({ taskId: 't1' }), null, () =>
        Promise.reject(new Error('the other table is full')),
      ),
    ).rejects.toThrow('the other table is full');
    expect(await store.find('t1')).toBeNull();
    expect(await store.lastSequence()).toBe(0);
    expect(published).toEqual([]);
  });

  test('answers with the row as it is stored, with the times of the database', async () => {
    const inserted = await store.insert(
      newTask({ taskId: 't1', status: 'running', nodeId: 'a' }),
      null,
      noHook,
    );
    expect((await store.find('t1'))!.row).toEqual(inserted.row);
    const { rows } = await database.queries.execute<{ ms: number }>(
      sql`select (extract(epoch from now()) * 1000)::float8 as ms`,
    );
    for (const time of [inserted.row.queuedAt, inserted.row.startedAt!]) {
      expect(rows[0]!.ms - time.getTime()).toBeGreaterThanOrEqual(0);
      expect(rows[0]!.ms - time.getTime()).toBeLessThan(60_000);
    }
    const [event] = await store.eventsAfter({ after: 0, userId: null, limit: 1 });
    expect(event!.at).toEqual(inserted.row.queuedAt);
    expect(published).toMatchObject([{ type: 'task_running', at: inserted.row.queuedAt }]);
  });

  test('lets one of two claims succeed', async () => {
    const task = await queued('t1');
    const claims = await Promise.all(['a', 'b'].map((node) => store.apply(task, task.claim(node))));
    expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1);
    expect(published.filter(({ type }) => type === 'task_running')).toHaveLength(1);
  });

  test('lets a late report of a lost attempt change nothing', async () => {
    const first = await running('t1');
    const second = (await store.apply(first, first.requeue()))!;
    const again = (await store.apply(...claim(second)))!;
    expect(again.row.attempt).toBe(2);

    expect(await store.apply(first, first.complete(unmeasured))).toBeNull();
    expect((await store.find('t1'))!.row).toMatchObject({ status: 'running', attempt: 2 });
    await store.describe([{ taskId: 't1', attempt: 1, description: 'late', progress: 0.9 }]);
    expect((await store.find('t1'))!.row.description).toBe('');
  });

  test('keeps every progress report in order and the last one at the task', async () => {
    const task = await running('t1');
    published.length = 0;
    await store.describe(reports('t1', ['at 0.1', 'at 0.2', 'at 0.3']));
    expect(descriptions(published)).toEqual(['at 0.1', 'at 0.2', 'at 0.3']);
    expect((await store.find(task.id))!.row).toMatchObject({ description: 'at 0.3', progress: 0.3 });
  });

  test('finds the running tasks whose lease has expired, and renews those that run here', async () => {
    await running('t1', 'a');
    await running('t2', 'gone');
    await database.queries.execute(sql`update tasks set lease_expires_at = now() - interval '1 second'`);
    const ours = await store.renewLeases([{ taskId: 't1', attempt: 1 }]);
    expect([...ours]).toEqual([['t1', { cancelRequested: false }]]);
    expect((await store.abandoned()).map(({ id }) => id)).toEqual(['t2']);
    expect((await store.startedBefore('a')).map(({ id }) => id)).toEqual(['t1']);
  });

  test('renews no lease of an attempt that was lost, and reports a requested cancellation', async () => {
    const task = await running('t1');
    await store.update(task, { cancelRequested: true });
    expect((await store.renewLeases([{ taskId: 't1', attempt: 1 }])).get('t1')).toEqual({
      cancelRequested: true,
    });
    const again = (await store.apply(task, task.requeue()))!;
    await store.apply(...claim(again));
    expect(await store.renewLeases([{ taskId: 't1', attempt: 1 }])).toEqual(new Map());
    expect(await store.update(task, { priority: 5 })).toBeNull();
  });

  test('writes that come together share a transaction, and one whose hook throws is rejected alone', async () => {
    const outcomes = await Promise.allSettled([
      queued('t1'),
      queued('t2'),
      store.insert(newTask({ taskId: 'bad' }), null, () => Promise.reject(new Error('refused'))),
      queued('t3'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await store.find('bad')).toBeNull();
    expect(taskIds(published)).toEqual(['t1', 't2', 't3']);
  });

  test('transitions of many kinds that come together are each made, or refused, by themselves', async () => {
    const [t1, t2, t3] = [await queued('t1'), await queued('t2'), await queued('t3')];
    const started = (await store.apply(...claim(t3)))!;
    published.length = 0;
    const error = { code: 'TASK_FAILED', message: 'a "quoted" reason' };
    const measured = { cpuSeconds: 0.1, peakRamMb: 7 };
    const outcomes = await Promise.allSettled([
      store.apply(t2, t2.cancelQueued()),
      store.apply(...claim(t1)),
      store.apply(started, started.complete(unmeasured), () => Promise.reject(new Error('full disk'))),
      store.apply(started, started.fail(error, measured)),
      store.apply(t3, t3.claim('late')),
      queued('t4'),
    ]);
    expect(
      outcomes.map((outcome) =>
        outcome.status === 'rejected' ? String(outcome.reason) : (outcome.value?.row ?? null),
      ),
    ).toMatchObject([
      { taskId: 't2', status: 'cancelled', leaseExpiresAt: null },
      { taskId: 't1', status: 'running', nodeId: 'a', error: null, payload: {} },
      'Error: full disk',
      { taskId: 't3', status: 'failed', error, ...measured, nodeId: 'a', progress: null },
      null,
      { taskId: 't4', status: 'queued' },
    ]);
    for (const id of ['t1', 't2', 't3', 't4']) {
      const [stored] = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' && outcome.value?.id === id ? [outcome.value] : [],
      );
      expect((await store.find(id))!.row).toEqual(stored!.row);
    }
    expect(taskIds(published)).toEqual(['t2', 't1', 't3', 't4']);
  });

  test('tells the attempts of a task oldest first, with what ended each', async () => {
    const first = await running('t1');
    const endedBy = { code: 'OUT_OF_MEMORY', message: 'The machine ran out of memory.' };
    const second = (await store.apply(...claim((await store.apply(first, first.requeue({ endedBy })))!)))!;
    await database.queries.execute(sql`update tasks set lease_expires_at = now() - interval '1 second'`);
    const lost = (await store.apply(second, second.requeueLost()))!;
    const third = (await store.apply(...claim(lost)))!;
    await store.apply(third, third.complete(unmeasured));
    expect(await store.attempts('t1')).toMatchObject([
      { attempt: 1, nodeId: 'a', startedAt: first.row.startedAt, end: 'requeue', error: endedBy },
      { attempt: 2, nodeId: 'a', startedAt: second.row.startedAt, end: 'requeueLost', error: null },
      { attempt: 3, nodeId: 'a', startedAt: third.row.startedAt, end: 'complete', error: null },
    ]);
  });

  test('fails what was to run after a task that ends without success, and what was to run after that', async () => {
    const first = await queued('t1');
    await store.insert(newTask({ taskId: 't2', runAfter: 't1' }), null, noHook);
    await store.insert(newTask({ taskId: 't3', runAfter: 't2' }), null, noHook);
    published.length = 0;
    await store.apply(first, first.cancelQueued());
    expect(
      published.map((event) =>
        event.type === 'task_completed' ? [event.data.task_id, event.data.status] : null,
      ),
    ).toEqual([
      ['t1', 'cancelled'],
      ['t2', 'failed'],
      ['t3', 'failed'],
    ]);
    const { error, completedAt } = (await store.find('t3'))!.row;
    expect(error).toEqual({
      code: 'DEPENDENCY_FAILED',
      message: 'It was to run after task t2, which did not complete.',
    });
    expect(completedAt).not.toBeNull();
  });

  test('a dependent that is submitted as its dependency ends is announced before it fails', async () => {
    const first = await queued('t1');
    published.length = 0;
    await Promise.all([
      store.insert(newTask({ taskId: 't2', runAfter: 't1' }), null, noHook),
      store.apply(first, first.cancelQueued()),
    ]);
    expect(published.map((event) => [event.type, ...taskIds([event])])).toEqual([
      ['task_queued', 't2'],
      ['task_completed', 't1'],
      ['task_completed', 't2'],
    ]);
  });

  test('gives a user the events of no other user', async () => {
    await queued('t1');
    await queued('t2', 'bob');
    expect(taskIds(await store.eventsAfter({ after: 0, userId: 'bob', limit: 10 }))).toEqual(['t2']);
  });

  test('lets the first of all callers decide a setting', async () => {
    expect(await store.settingOnce('event_epoch', 'first')).toBe('first');
    expect(await store.settingOnce('event_epoch', 'second')).toBe('first');
  });
});

function claim(task: Task, node = 'a'): [Task, Transition] {
  return [task, task.claim(node)];
}

function reports(taskId: string, texts: readonly string[]) {
  return texts.map((description, n) => ({ taskId, attempt: 1, description, progress: (n + 1) / 10 }));
}

function descriptions(events: readonly TaskEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'task_description_update' ? [event.data.description] : [],
  );
}
