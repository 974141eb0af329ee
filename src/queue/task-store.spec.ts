import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { Database } from '../database/database.js';
import { openPgliteEngine } from '../database/pglite-engine.js';
import { TaskEvents, type TaskEvent } from './task-events.js';
import { taskRow } from './task.fixture.js';
import { TaskStore } from './task-store.js';
import { Task, unmeasured } from './task.js';

const now = new Date('2024-01-15T10:31:00.000Z');
const nothingElse = () => Promise.resolve();

describe('the task store', () => {
  let database: Database;
  let store: TaskStore;
  let published: TaskEvent[];

  beforeAll(async () => {
    database = await Database.embedded(await openPgliteEngine('memory://'));
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.queries.execute(sql`truncate tasks, task_events, settings`);
    const events = new TaskEvents();
    published = [];
    events.all$.subscribe((event) => published.push(event));
    store = new TaskStore(database, events);
  });

  async function queued(taskId: string, userId = 'alice'): Promise<Task> {
    const { sequence: _, ...row } = taskRow({ taskId, userId });
    return store.insert(row, { position: 1, reason: 'Behind', estimatedStartAtMs: null }, nothingElse);
  }

  test('stores a task and its event together, and publishes the event', async () => {
    const task = await queued('t1');
    expect(task.isQueued).toBe(true);
    expect(published).toMatchObject([{ type: 'task_queued', userId: 'alice', data: { queue_position: 1 } }]);
    expect(await store.eventsAfter({ after: 0, userId: null, limit: 10 })).toMatchObject([
      { type: 'task_queued', data: { task_id: 't1', wait_reason: 'Behind' } },
    ]);
  });

  test('stores nothing at all when what belongs to it cannot be stored', async () => {
    const { sequence: _, ...row } = taskRow({ taskId: 't1' });
    await expect(
      store.insert(row, null, () => Promise.reject(new Error('the other table is full'))),
    ).rejects.toThrow('the other table is full');
    expect(await store.find('t1')).toBeNull();
    expect(await store.lastSequence()).toBe(0);
    expect(published).toEqual([]);
  });

  test('lets one of two claims succeed', async () => {
    const task = await queued('t1');
    const claims = await Promise.all(['a', 'b'].map((node) => store.apply(task, task.start(node, now))));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(published.filter(({ type }) => type === 'task_running')).toHaveLength(1);
  });

  test('lets a late report of a lost attempt change nothing', async () => {
    const first = (await store.apply(...claim(await queued('t1'))))!;
    const second = (await store.apply(first, first.requeue()))!;
    const running = (await store.apply(...claim(second)))!;
    expect(running.row.attempt).toBe(2);

    expect(await store.apply(first, first.complete(now, unmeasured))).toBeNull();
    expect((await store.find('t1'))!.row).toMatchObject({ status: 'running', attempt: 2 });
    await store.describe([{ taskId: 't1', attempt: 1, description: 'late', progress: 0.9 }]);
    expect((await store.find('t1'))!.row.description).toBe('');
  });

  test('keeps every word of progress in order and the last one at the task', async () => {
    const task = (await store.apply(...claim(await queued('t1'))))!;
    published.length = 0;
    await store.describe(
      [0.1, 0.2, 0.3].map((progress) => ({
        taskId: 't1',
        attempt: 1,
        description: `at ${progress}`,
        progress,
      })),
    );
    expect(
      published.map((event) => (event.type === 'task_description_update' ? event.data.progress : null)),
    ).toEqual([0.1, 0.2, 0.3]);
    expect((await store.find(task.id))!.row).toMatchObject({ description: 'at 0.3', progress: 0.3 });
  });

  test('finds the running tasks whose lease has run out, and renews those of a node', async () => {
    await store.apply(...claim(await queued('t1'), 'here'));
    await store.apply(...claim(await queued('t2'), 'gone'));
    await database.queries.execute(sql`update tasks set lease_expires_at = now() - interval '1 second'`);
    await store.renewLeases('here');
    expect((await store.abandoned()).map(({ id }) => id)).toEqual(['t2']);
  });

  test('gives a user the history of nobody else, page by page', async () => {
    for (const id of ['t1', 't2', 't3']) await queued(id);
    await queued('t4', 'bob');
    const filter = { status: undefined, task_type: undefined, userId: 'alice', below: null };
    const page = await store.history(filter, 2);
    expect(page.map(({ id }) => id)).toEqual(['t3', 't2']);
    const rest = await store.history({ ...filter, below: page[1]!.row.sequence }, 2);
    expect(rest.map(({ id }) => id)).toEqual(['t1']);
    expect(await store.eventsAfter({ after: 0, userId: 'bob', limit: 10 })).toHaveLength(1);
  });

  test('lets the first of all callers decide a setting', async () => {
    expect(await store.settingOnce('event_epoch', 'first')).toBe('first');
    expect(await store.settingOnce('event_epoch', 'second')).toBe('first');
  });
});

function claim(task: Task, node = 'a'): [Task, ReturnType<Task['start']>] {
  return [task, task.start(node, now)];
}
