import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { jsonBytes } from '../../http/page-size.js';
import type { QueuePosition } from '../domain/queue-position.js';
import { TaskEvents } from '../domain/task-events.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { unmeasured, type Task } from '../domain/task.js';
import type { LocalExecutor } from '../execution/local-executor.js';
import type { PlacedTask, QueuePositions } from '../scheduling/queue-positions.js';
import type { SchedulerState } from '../scheduling/scheduler-state.js';
import { newTask } from '../storage/new-task.fixture.js';
import { QueueSnapshots } from '../storage/queue-reads.js';
import { TaskStore } from '../storage/task-store.js';
import { QueueStatusReader } from './queue-status.js';
import { TaskViews } from './task-views.js';

const alice = { userId: 'alice', isAdmin: false };
const admin = { userId: 'root', isAdmin: true };

function positionAt(position: number): QueuePosition {
  return {
    position,
    kind: 'cpu',
    reason: `Insufficient CPU: need 1.0 cores, available 0.${position} cores`,
    userReason: 'Waiting for CPU: this task needs 1.0 cores',
    estimatedStartAtMs: null,
  };
}

describe.each(stores)('the queue as viewers see it on %s', (_, open) => {
  let opened: TestDatabase;
  let store: TaskStore;
  let placed: { userId: string; task: PlacedTask }[];
  let overdue: string[];
  let reader: QueueStatusReader;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    const { database } = opened;
    await database.queries.execute(sql`truncate tasks, task_events, settings cascade`);
    store = new TaskStore(database, new TaskEvents(), readConfig({ HEADROOM_NODE_ID: 'here' }));
    await store.begin();
    placed = [];
    const positions = {
      of: (taskId: string) => placed.find(({ task }) => task.taskId === taskId)?.task.position ?? null,
      inOrder: (userId: string | null) =>
        placed.filter((one) => userId === null || one.userId === userId).map(({ task }) => task),
    } as unknown as QueuePositions;
    const state = { isPaused: false } as unknown as SchedulerState;
    const views = new TaskViews(new TaskHandlers(), positions);
    overdue = [];
    const executor = {
      get overdueFunctions() {
        return overdue;
      },
    } as unknown as LocalExecutor;
    reader = new QueueStatusReader(new QueueSnapshots(database), positions, views, state, executor);
  });

  const noHook = () => Promise.resolve();
  const insert = (taskId: string, fields: Partial<Parameters<typeof newTask>[0]> = {}): Promise<Task> =>
    store.insert(newTask({ taskId, userId: 'alice', ...fields }), null, noHook);

  async function running(taskId: string, fields: Partial<Parameters<typeof newTask>[0]> = {}): Promise<Task> {
    const task = await insert(taskId, fields);
    return (await store.apply(task, task.claim('here')))!;
  }

  /** Gives tasks the places 1, 2, 3 …, whenever they were submitted. */
  function place(taskIds: readonly string[], userId = 'alice'): void {
    for (const taskId of taskIds) {
      placed.push({ userId, task: { taskId, position: positionAt(placed.length + 1) } });
    }
  }

  /** All pages, and what each of them held. */
  async function pages(viewer: typeof alice, limit: number) {
    const read = [];
    for (let cursor: string | undefined; ;) {
      const page = await reader.page(viewer, { limit, cursor });
      read.push(page);
      if (page.next_cursor === null) return read;
      cursor = page.next_cursor;
    }
  }

  const ids = (tasks: readonly { task_id: string }[]) => tasks.map(({ task_id }) => task_id);

  test('lists queued tasks by their places and running ones by their submission', async () => {
    for (const id of ['a', 'b', 'c']) await insert(id);
    for (const id of ['x', 'y']) await running(id);
    place(['c', 'a', 'b']);
    const status = await reader.page(admin, { limit: 200 });
    expect(status).toMatchObject({ paused: false, queued_count: 3, running_count: 2, next_cursor: null });
    expect(ids(status.queued_tasks)).toEqual(['c', 'a', 'b']);
    expect(ids(status.running_tasks)).toEqual(['x', 'y']);
    expect(status.queued_tasks[0]).toMatchObject({ queue_position: 1, wait_kind: 'cpu' });
  });

  test('comes in pages that hold every task once, with true counts on each', async () => {
    const queued = Array.from({ length: 25 }, (_, n) => `q${n}`);
    await Promise.all(queued.map((id) => insert(id)));
    for (let n = 0; n < 7; n += 1) await running(`r${n}`);
    place(queued.slice(0, 20));
    const read = await pages(admin, 6);
    expect(read.flatMap(({ queued_tasks }) => ids(queued_tasks))).toHaveLength(25);
    expect(new Set(read.flatMap(({ queued_tasks }) => ids(queued_tasks)))).toEqual(new Set(queued));
    expect(read.flatMap(({ queued_tasks }) => ids(queued_tasks)).slice(0, 20)).toEqual(queued.slice(0, 20));
    expect(read.flatMap(({ running_tasks }) => ids(running_tasks))).toEqual(
      Array.from({ length: 7 }, (_, n) => `r${n}`),
    );
    for (const page of read) {
      expect(page).toMatchObject({ queued_count: 25, running_count: 7 });
      expect(page.queued_tasks.length).toBeLessThanOrEqual(6);
      expect(page.running_tasks.length).toBeLessThanOrEqual(6);
    }
  });

  test('goes on behind the last task of a page, although the places have moved', async () => {
    const queued = ['a', 'b', 'c', 'd', 'e'];
    for (const id of queued) await insert(id);
    place(queued);
    const first = await reader.page(admin, { limit: 3 });
    expect(ids(first.queued_tasks)).toEqual(['a', 'b', 'c']);
    const gone = (await store.find('a'))!;
    await store.apply(gone, gone.cancelQueued());
    placed = [];
    place(['b', 'c', 'd', 'e']);
    const second = await reader.page(admin, { limit: 3, cursor: first.next_cursor! });
    expect(ids(second.queued_tasks)).toEqual(['d', 'e']);
    expect(second).toMatchObject({ queued_count: 4, next_cursor: null });
  });

  test('leaves out what is queued no more, and has what has no place yet at the end', async () => {
    for (const id of ['a', 'b', 'new']) await insert(id);
    const started = await running('started');
    place(['b', 'started', 'a']);
    const status = await reader.page(admin, { limit: 200 });
    expect(ids(status.queued_tasks)).toEqual(['b', 'a', 'new']);
    expect(status.queued_tasks.at(-1)).toMatchObject({ queue_position: null, wait_reason: null });
    expect(ids(status.running_tasks)).toEqual([started.id]);
  });

  test('holds and counts for a user their own tasks, without figures of the machine', async () => {
    for (const id of ['a', 'b']) await insert(id);
    await insert('of-bob', { userId: 'bob' });
    await running('r');
    await running('r-of-bob', { userId: 'bob' });
    place(['a']);
    place(['of-bob'], 'bob');
    place(['b']);
    const status = await reader.page(alice, { limit: 200 });
    expect(status).toMatchObject({ queued_count: 2, running_count: 1 });
    expect(ids(status.queued_tasks)).toEqual(['a', 'b']);
    expect(status.queued_tasks[1]).toMatchObject({
      queue_position: 3,
      wait_reason: 'Waiting for CPU: this task needs 1.0 cores',
    });
    expect(status.running_tasks).toMatchObject([{ task_id: 'r', node_id: null }]);
    expect(JSON.stringify(status)).not.toMatch(/bob|available|here/);
  });

  test('names functions that outlive their tasks to admins only, and only where there are some', async () => {
    expect(await reader.page(admin, { limit: 10 })).not.toHaveProperty('overdue_functions');
    overdue = ['a'];
    expect(await reader.page(admin, { limit: 10 })).toMatchObject({ overdue_functions: ['a'] });
    expect(await reader.page(alice, { limit: 10 })).not.toHaveProperty('overdue_functions');
  });

  test('takes less than 2 MB a page, however long the texts, and still leads to every task', async () => {
    const description = '汉'.repeat(30_000);
    for (let n = 0; n < 25; n += 1) await insert(`q${n}`, { description });
    for (let n = 0; n < 15; n += 1) await running(`r${n}`, { description });
    place(Array.from({ length: 25 }, (_, n) => `q${n}`));
    const read = await pages(admin, 1000);
    expect(read.length).toBeGreaterThan(1);
    for (const page of read) expect(jsonBytes(page)).toBeLessThan(2_000_000);
    expect(read.flatMap(({ queued_tasks }) => queued_tasks)).toHaveLength(25);
    expect(read.flatMap(({ running_tasks }) => running_tasks)).toHaveLength(15);
  });

  test('refuses a cursor that no page gave', () => {
    expect(() => reader.page(admin, { limit: 10, cursor: 'nonsense' })).toThrow(HttpProblem);
  });

  test('begins a stream with at most 200 tasks of each kind and says when there are more', async () => {
    const queued = Array.from({ length: 201 }, (_, n) => `q${n}`);
    await Promise.all(queued.map((id) => insert(id)));
    place(queued);
    const ended = await running('ended');
    await store.apply(ended, ended.complete(unmeasured));
    const { sequence, data } = await reader.initialState(alice);
    expect(sequence).toBe(await store.lastSequence());
    expect(data).toMatchObject({ queued_count: 201, truncated: true, resumed: false });
    expect(data.queued_tasks).toHaveLength(200);
    expect(data.recent_tasks).toMatchObject([{ task_id: 'ended', node_id: null }]);
    const rest = await reader.page(alice, { limit: 200, cursor: data.next_cursor! });
    expect(ids(rest.queued_tasks)).toEqual(['q200']);

    const last = (await store.find('q200'))!;
    await store.apply(last, last.cancelQueued());
    placed.pop();
    expect((await reader.initialState(alice)).data).toMatchObject({ queued_count: 200, truncated: false });
  });

  test('sums up every task by its status, for admins by user, too', async () => {
    await insert('a');
    await running('b');
    await insert('of-bob', { userId: 'bob' });
    const ended = await running('c');
    await store.apply(ended, ended.complete(unmeasured));
    const own = { queued: 1, running: 1, completed: 1, failed: 0, cancelled: 0 };
    const bobs = { queued: 1, running: 0, completed: 0, failed: 0, cancelled: 0 };
    expect(await reader.summary(alice)).toEqual({ counts: own });
    expect(await reader.summary(admin)).toEqual({
      counts: { ...own, queued: 2 },
      by_user: [
        { user_id: 'alice', counts: own },
        { user_id: 'bob', counts: bobs },
      ],
    });
  });
});
