import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { locks } from '../../database/database.js';
import { tasks } from '../../database/schema.js';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task, unmeasured, type Transition } from '../domain/task.js';
import { newTask, storedRow } from './new-task.fixture.js';
import { TaskReads } from './task-reads.js';
import {
  applyBatch,
  taskIdsOf,
  type Change,
  type EventDraft,
  type TransactionHook,
  type Write,
} from './task-writes.js';

const nothingElse: TransactionHook = () => Promise.resolve();

const insert = (fields: Parameters<typeof newTask>[0], inTransaction = nothingElse): Write => {
  return { kind: 'insert', row: newTask(fields), position: null, inTransaction };
};
const step = (task: Task, transition: Transition, inTransaction?: TransactionHook): Write => {
  return { kind: 'step', task, transition, inTransaction };
};
const other = (change: Change<unknown> = { value: 'other', events: [] }): Write => {
  return { kind: 'other', change: () => Promise.resolve(change) };
};

const stored = new Task(taskRow({ taskId: 'a', runAfter: 'b' }));

test.each<[string, Write, string[]]>([
  ['of a new task is about that task', insert({ taskId: 'a' }), ['a']],
  ['of a new task is about the one it runs after, too', insert({ taskId: 'a', runAfter: 'b' }), ['a', 'b']],
  ['of a transition is about that task', step(stored, stored.cancelQueued()), ['a']],
  ['of anything else may be about all', other(), []],
])('a write %s', (_, write, ids) => {
  expect(taskIdsOf(write)).toEqual(ids);
});

describe.each(stores)('writes that share a transaction on %s', (_, open) => {
  let opened: TestDatabase;
  let reads: TaskReads;
  beforeAll(async () => {
    opened = await open();
    reads = new TaskReads(opened.database.queries);
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate tasks cascade`));

  const apply = (...writes: Write[]) =>
    opened.database.transactionAlone(locks.events, (queries) =>
      applyBatch(queries, { nodeId: 'here', isAlone: true }, writes),
    );

  async function put(taskId: string, fields: Partial<TaskRow> = {}): Promise<Task> {
    const [row] = await opened.database.queries
      .insert(tasks)
      .values(storedRow({ taskId, nodeId: fields.status === 'running' ? 'here' : null, ...fields }))
      .returning();
    return new Task(row!);
  }

  const shown = (events: readonly EventDraft[]) =>
    events.map(({ type, taskId, userId }) => `${type} ${taskId} of ${userId}`);
  const statusOf = async (taskId: string) => (await reads.find(taskId))?.row.status ?? null;

  test('come to changes in the order given, whatever their kinds', async () => {
    const [first, second] = [await put('first'), await put('second', { status: 'running' })];
    const draft: EventDraft = { type: 'task_description_update', taskId: 'x', userId: 'y', data: {} };
    const order: string[] = [];
    const hook = (name: string): TransactionHook => {
      return async (queries, task) => {
        order.push(`${name} ${(await new TaskReads(queries).find(task.id))!.row.status}`);
      };
    };
    const changes = await apply(
      step(second, second.complete(unmeasured), hook('second')),
      insert({ taskId: 'new' }, hook('new')),
      other({ value: 5, events: [draft] }),
      step(first, first.claim('here'), hook('first')),
      insert({ taskId: 'started', status: 'running', nodeId: 'here' }, hook('started')),
    );
    expect(order).toEqual(['second completed', 'new queued', 'first running', 'started running']);
    expect(changes.map(({ value }) => (value instanceof Task ? value.id : value))).toEqual([
      'second',
      'new',
      5,
      'first',
      'started',
    ]);
    expect(shown(changes.flatMap(({ events }) => events))).toEqual([
      'task_completed second of alice',
      'task_queued new of alice',
      'task_description_update x of y',
      'task_running first of alice',
      'task_running started of alice',
    ]);
  });

  test('tell of a new task where it stands', async () => {
    const position = {
      position: 3,
      kind: 'cpu',
      reason: 'R',
      userReason: 'U',
      estimatedStartAtMs: null,
    } as const;
    const row = newTask({ taskId: 'new' });
    const [change] = await apply({ kind: 'insert', row, position, inTransaction: nothingElse });
    expect(change!.events[0]!.data).toMatchObject({
      queue_position: 3,
      wait_reason: 'R',
      user_wait_reason: 'U',
    });
  });

  test('leave out a transition that comes too late, with its hook, its events and its dependents', async () => {
    const running = await put('first', { status: 'running', attempt: 2 });
    await put('second', { runAfter: 'first' });
    const late = new Task({ ...running.row, attempt: 1 });
    const hook = () => Promise.reject(new Error('called'));
    const changes = await apply(step(late, late.cancel(unmeasured), hook), insert({ taskId: 'new' }));
    expect(changes[0]).toEqual({ value: null, events: [] });
    expect([await statusOf('first'), await statusOf('second'), await statusOf('new')]).toEqual([
      'running',
      'queued',
      'queued',
    ]);
    expect(await reads.attempts('first')).toEqual([]);
  });

  test('are all undone with the one whose hook throws', async () => {
    const running = await put('first', { status: 'running' });
    const failure = new Error('refused');
    const batch = apply(
      insert({ taskId: 'new' }),
      step(running, running.complete(unmeasured)),
      insert({ taskId: 'bad' }, () => Promise.reject(failure)),
    );
    await expect(batch).rejects.toBe(failure);
    expect([await statusOf('first'), await statusOf('new'), await statusOf('bad')]).toEqual([
      'running',
      null,
      null,
    ]);
    expect(await reads.attempts('first')).toEqual([]);
  });

  test.each<[string, Partial<TaskRow>, (task: Task) => Transition]>([
    ['is cancelled', {}, (task) => task.cancelQueued()],
    ['fails', { status: 'running' }, (task) => task.fail({ code: 'E', message: 'm' }, unmeasured)],
    ['is lost for good', { status: 'running' }, (task) => task.failLost('NODE_LOST', 'm')],
    ['is ended by an admin', { status: 'running' }, (task) => task.endByAdmin('m')],
  ])('fail all that waits behind a task which %s, the nearest first', async (_name, fields, end) => {
    const first = await put('first', fields);
    await put('far', { runAfter: 'near' });
    await put('near', { runAfter: 'first', userId: 'bob' });
    await put('beside', { runAfter: 'first' });
    await put('apart', { runAfter: 'elsewhere' });
    const [change] = await apply(step(first, end(first)));
    expect(shown(change!.events)).toEqual([
      'task_completed first of alice',
      'task_completed near of bob',
      'task_completed beside of alice',
      'task_completed far of alice',
    ]);
    expect((await reads.find('far'))!.row).toMatchObject({
      status: 'failed',
      error: { code: 'DEPENDENCY_FAILED', message: 'It was to run after task near, which did not complete.' },
    });
    expect(await statusOf('apart')).toBe('queued');
  });

  test.each<[string, Partial<TaskRow>, (task: Task) => Transition]>([
    ['completes', { status: 'running' }, (task) => task.complete(unmeasured)],
    ['goes back to the queue', { status: 'running' }, (task) => task.requeue()],
    ['starts', {}, (task) => task.claim('here')],
    ['is tried again', { status: 'failed' }, (task) => task.retry(null)],
  ])('fail nothing behind a task which %s', async (_name, fields, move) => {
    const first = await put('first', fields);
    await put('second', { runAfter: 'first' });
    const [change] = await apply(step(first, move(first)));
    expect(change!.events).toHaveLength(1);
    expect(await statusOf('second')).toBe('queued');
  });

  test('leave alone what was to run after a failed task and does not wait', async () => {
    const first = await put('first', { status: 'running' });
    for (const status of ['running', 'completed', 'failed', 'cancelled'] as const) {
      await put(status, { status, runAfter: 'first' });
      await put(`after ${status}`, { runAfter: status });
    }
    const [change] = await apply(step(first, first.cancel(unmeasured)));
    expect(shown(change!.events)).toEqual(['task_completed first of alice']);
    expect(await statusOf('running')).toBe('running');
    expect(await statusOf('after failed')).toBe('queued');
  });

  test('may be none', async () => {
    expect(await apply()).toEqual([]);
  });
});
