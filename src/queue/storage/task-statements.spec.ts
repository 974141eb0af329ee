import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { TaskStatus } from '@app/contracts';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { tasks } from '../../database/schema.js';
import { TaskEvents } from '../domain/task-events.js';
import {
  IllegalTransitionError,
  ruleOf,
  taskTransitions,
  type TransitionName,
} from '../domain/task-transitions.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task, unmeasured, type Transition } from '../domain/task.js';
import { newTask, storedRow } from './new-task.fixture.js';
import { TaskStore } from './task-store.js';

type Move = Exclude<TransitionName, 'submit' | 'submitRunning' | 'register'>;

const error = { code: 'TASK_FAILED', message: 'It failed.' };
const moves: Record<Move, (task: Task) => Transition> = {
  claim: (task) => task.claim('a'),
  cancelQueued: (task) => task.cancelQueued(),
  failQueued: (task) => task.failQueued('TASK_TOO_LARGE', 'It is too large.'),
  complete: (task) => task.complete({ cpuSeconds: 2.5, peakRamMb: 300 }),
  fail: (task) => task.fail(error, unmeasured),
  cancel: (task) => task.cancel(unmeasured),
  requeue: (task) => task.requeue({ delayMs: 90_000, floorRamMb: 900 }),
  endByAdmin: (task) => task.endByAdmin('Its process could not be reached.'),
  requeueLost: (task) => task.requeueLost(),
  failLost: (task) => task.failLost('NODE_LOST', 'The node was lost.'),
  cancelLost: (task) => task.cancelLost(),
  retry: (task) => task.retry('trace'),
};
const names = Object.keys(moves) as Move[];
const statuses: readonly TaskStatus[] = ['queued', 'running', 'completed', 'failed', 'cancelled'];
const pairs = statuses.flatMap((status) => names.map((name) => [status, name] as const));
const isLegal = ([status, name]: readonly [TaskStatus, Move]) => ruleOf(name).from.includes(status);

const longAgo = new Date('2024-01-15T10:30:00.000Z');
const farAhead = new Date('2124-01-15T10:30:00.000Z');

describe.each(stores)('transitions on %s', (_, open) => {
  let opened: TestDatabase;
  let store: TaskStore;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    await opened.database.queries.execute(sql`truncate tasks, task_events cascade`);
    const config = readConfig({ HEADROOM_NODE_ID: 'a' });
    store = new TaskStore(opened.database, new TaskEvents(), config);
  });

  /** A task at its second attempt, running on node `a` with an expired lease when it runs. */
  async function stored(status: TaskStatus, fields: Partial<TaskRow> = {}): Promise<Task> {
    const hasStarted = status !== 'queued';
    const row = storedRow({
      status,
      attempt: 2,
      queuedAt: longAgo,
      notBefore: longAgo,
      ...(hasStarted && { startedAt: longAgo, nodeId: 'a' }),
      ...(status === 'running' && { leaseExpiresAt: longAgo }),
      ...(hasStarted && status !== 'running' && { completedAt: longAgo }),
      ...fields,
    });
    const [inserted] = await opened.database.queries.insert(tasks).values(row).returning();
    return new Task(inserted!);
  }

  async function now(): Promise<number> {
    const { rows } = await opened.database.queries.execute<{ ms: number }>(
      sql`select (extract(epoch from now()::timestamptz(3)) * 1000)::float8 as ms`,
    );
    return rows[0]!.ms;
  }

  async function expectUnchanged(task: Task): Promise<void> {
    expect((await store.find(task.id))!.row).toEqual(task.row);
    expect(await store.attempts(task.id)).toEqual([]);
    expect(await store.lastSequence()).toBe(0);
  }

  test.each(pairs.filter(isLegal))(
    'a task that is %s: "%s" changes it as the table says',
    async (status, name) => {
      const before = await stored(status);
      const { to, stamps, event, from } = ruleOf(name);
      const transition = moves[name](before);
      const startMs = await now();
      const after = await store.apply(before, transition);
      const endMs = await now();
      const { row } = (await store.find(before.id))!;
      expect(after!.row).toEqual(row);
      const stamped = Object.fromEntries(stamps.map((column) => [column, row[column]]));
      for (const time of Object.values(stamped)) {
        expect(time!.getTime()).toBeGreaterThanOrEqual(startMs);
        expect(time!.getTime()).toBeLessThanOrEqual(endMs);
      }
      expect(row).toEqual({
        ...before.row,
        ...transition.set,
        ...stamped,
        status: to,
        leaseExpiresAt: to === 'running' ? expect.any(Date) : null,
        notBefore: to === 'queued' || to === 'running' ? row.notBefore : before.row.notBefore,
      });
      if (to === 'running') {
        expect(row.leaseExpiresAt!.getTime()).toBeGreaterThan(endMs);
        expect(row.notBefore).toBeNull();
      }
      if (to === 'queued' && transition.delayMs === undefined) expect(row.notBefore).toBeNull();
      if (transition.delayMs !== undefined) {
        expect(row.notBefore!.getTime()).toBeGreaterThanOrEqual(startMs + transition.delayMs);
        expect(row.notBefore!.getTime()).toBeLessThanOrEqual(endMs + transition.delayMs);
      }
      expect(await store.eventsAfter({ after: 0, userId: null, limit: 10 })).toMatchObject([
        { type: event, data: { task_id: before.id, status: to } },
      ]);
      const ended = { attempt: 2, nodeId: 'a', startedAt: longAgo, end: name, error: row.error };
      expect(await store.attempts(before.id)).toMatchObject(from.includes('running') ? [ended] : []);
    },
  );

  test('a transition reads few rows of a queue that has grown since the last statistics', async () => {
    for (let i = 0; i < 6; i++) {
      const waiting = Array.from({ length: 500 }, () =>
        storedRow({ taskId: randomUUID(), status: 'queued' }),
      );
      await opened.database.queries.insert(tasks).values(waiting);
    }
    const claimed = [];
    for (let i = 0; i < 16; i++) claimed.push(await stored('queued', { taskId: randomUUID() }));
    const read: number[] = [];
    const claims = claimed.map((task) =>
      store.apply(task, task.claim('a'), async (queries) => {
        const { rows } = await queries.execute<{ read: number }>(sql`
          select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'tasks'`);
        read.push(rows[0]!.read);
      }),
    );
    expect(await Promise.all(claims)).not.toContain(null);
    expect(Math.max(...read)).toBeLessThan(100);
  });

  test.each(pairs.filter((pair) => !isLegal(pair)))(
    'a task that is %s: "%s" is illegal, and changes nothing when it is asked for with a stale task',
    async (status, name) => {
      const task = await stored(status);
      expect(() => moves[name](task)).toThrow(IllegalTransitionError);
      for (const from of ruleOf(name).from) {
        const stale = new Task({ ...task.row, status: from });
        expect(await store.apply(stale, moves[name](stale))).toBeNull();
      }
      await expectUnchanged(task);
    },
  );

  test.each(names)('"%s" changes nothing of another attempt', async (name) => {
    const task = await stored(ruleOf(name).from[0]!);
    const stale = new Task({ ...task.row, attempt: 1 });
    expect(await store.apply(stale, moves[name](stale))).toBeNull();
    await expectUnchanged(task);
  });

  test.each(names.filter((name) => taskTransitions[name].fence === 'node'))(
    '"%s" changes nothing of an attempt on another node',
    async (name) => {
      const task = await stored('running', { nodeId: 'b' });
      expect(await store.apply(task, moves[name](task))).toBeNull();
      await expectUnchanged(task);
    },
  );

  test.each(names.filter((name) => taskTransitions[name].fence === 'lost'))(
    '"%s" needs an expired lease or an attempt of this node, where there may be another one',
    async (name) => {
      const task = await stored('running', { nodeId: 'b', leaseExpiresAt: farAhead });
      if (!opened.database.isShared) {
        // An embedded store was left by an earlier process, whatever its node was called.
        expect(await store.apply(task, moves[name](task))).not.toBeNull();
        return;
      }
      expect(await store.apply(task, moves[name](task))).toBeNull();
      await expectUnchanged(task);
      await opened.database.queries.update(tasks).set({ nodeId: 'a' });
      expect(await store.apply(task, moves[name](task))).not.toBeNull();
    },
  );

  test.each(names.filter((name) => taskTransitions[name].fence === 'lost'))(
    '"%s" takes an attempt of another node whose lease has expired',
    async (name) => {
      const task = await stored('running', { nodeId: 'b' });
      expect(await store.apply(task, moves[name](task))).not.toBeNull();
    },
  );

  test.each(['queued', 'running'] as const)(
    'a new task that is %s changes no task of the same id',
    async (status) => {
      const task = await stored('completed');
      const insert = store.insert(newTask({ taskId: task.id, status }), null, () => Promise.resolve());
      await expect(insert).rejects.toThrow();
      await expectUnchanged(task);
    },
  );

  test('an attempt that goes back to the queue tells in its history what ended it', async () => {
    const task = await stored('running');
    await store.apply(task, task.requeue({ endedBy: error }));
    expect(await store.attempts(task.id)).toMatchObject([{ end: 'requeue', error }]);
    expect((await store.find(task.id))!.row.error).toBeNull();
  });
});
