import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { taskStatuses } from '@app/contracts';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { taskAttempts, tasks } from '../../database/schema.js';
import type { TaskRow } from '../domain/task-row.js';
import type { Task } from '../domain/task.js';
import { storedRow } from './new-task.fixture.js';
import { matchesVersion, TaskReads } from './task-reads.js';

const longAgo = new Date('2024-01-15T10:30:00.000Z');
const farAhead = new Date('2124-01-15T10:30:00.000Z');

describe.each(stores)('the reads of tasks on %s', (_, open) => {
  let opened: TestDatabase;
  let reads: TaskReads;
  beforeAll(async () => {
    opened = await open();
    reads = new TaskReads(opened.database.queries);
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate tasks, task_events cascade`));

  const put = (taskId: string, fields: Partial<TaskRow> = {}) =>
    opened.database.queries.insert(tasks).values(storedRow({ taskId, ...fields }));
  const ids = (found: readonly Task[]) => found.map(({ id }) => id);

  test('find tasks by their ids, whatever has become of them', async () => {
    for (const status of taskStatuses) await put(status, { status });
    expect((await reads.find('failed'))!.row).toMatchObject({ taskId: 'failed', status: 'failed' });
    expect(await reads.find('absent')).toBeNull();
    const many = await reads.findMany(['queued', 'absent', 'completed', 'queued']);
    expect([...many.keys()].sort()).toEqual(['completed', 'queued']);
    expect(many.get('queued')!.id).toBe('queued');
    expect(await reads.findMany([])).toEqual(new Map());
  });

  test('tell what has not ended in the order of submission, of all users or of one', async () => {
    await put('z', { queuedAt: farAhead });
    await put('y', { userId: 'bob', status: 'running' });
    await put('x', { priority: 100 });
    for (const status of ['completed', 'failed', 'cancelled'] as const) await put(status, { status });
    expect(ids(await reads.unfinished(null))).toEqual(['z', 'y', 'x']);
    expect(ids(await reads.unfinished('alice'))).toEqual(['z', 'x']);
    expect(ids(await reads.unfinished('unknown-user'))).toEqual([]);
  });

  test('tell which running tasks have no valid lease', async () => {
    await put('expired', { status: 'running', leaseExpiresAt: longAgo });
    await put('held', { status: 'running', leaseExpiresAt: farAhead });
    await put('ended', { status: 'failed', leaseExpiresAt: longAgo });
    await put('waits', { leaseExpiresAt: longAgo });
    expect(ids(await reads.abandoned())).toEqual(['expired']);
  });

  test('tell what runs on a node, whatever its lease', async () => {
    const running = { status: 'running', nodeId: 'a' } as const;
    await put('second', { ...running, leaseExpiresAt: longAgo });
    await put('first', { ...running, leaseExpiresAt: farAhead });
    await put('there', { ...running, nodeId: 'b' });
    await put('ended', { status: 'completed', nodeId: 'a' });
    expect(ids(await reads.startedBefore('a'))).toEqual(['second', 'first']);
  });

  describe('whether a task is referred to', () => {
    test.each(taskStatuses)('depends on whether it is still to end: %s', async (status) => {
      const isReferenced = status === 'queued' || status === 'running';
      await put('a', { status });
      expect(await reads.isReferenced('a')).toBe(isReferenced);
      await opened.database.queries.execute(sql`truncate tasks cascade`);
      await put('b', { status, runAfter: 'a' });
      expect(await reads.isReferenced('a')).toBe(isReferenced);
    });

    test.each<[Record<string, unknown>, boolean]>([
      [{ model: 'a.1.model.json.gz' }, true],
      [{ deep: [{ file: 'a.0.json.gz' }] }, true],
      [{ model: 'ba.1.json.gz' }, false],
      [{ model: 'a_1.json.gz' }, false],
      [{ model: 'a' }, false],
      [{ title: 'of a.1' }, false],
      [{}, false],
    ])('depends on the files that another one names: %j', async (payload, expected) => {
      await put('b', { payload });
      expect(await reads.isReferenced('a')).toBe(expected);
    });

    test('takes no letter of an id for a pattern', async () => {
      await put('b', { payload: { model: 'axb.1.json.gz' } });
      expect(await reads.isReferenced('a_b')).toBe(false);
      expect(await reads.isReferenced('%')).toBe(false);
    });
  });

  test('tell the attempts of a task that have ended by their number', async () => {
    await put('a');
    await put('b');
    for (const [taskId, attempt] of [
      ['a', 10],
      ['a', 2],
      ['b', 1],
      ['a', 1],
    ] as const) {
      const row = { taskId, attempt, nodeId: 'n', startedAt: longAgo, endedAt: farAhead, end: 'requeue' };
      await opened.database.queries.insert(taskAttempts).values(row);
    }
    const found = await reads.attempts('a');
    expect(found.map(({ attempt }) => attempt)).toEqual([1, 2, 10]);
    expect(found[0]).toMatchObject({
      taskId: 'a',
      nodeId: 'n',
      startedAt: longAgo,
      endedAt: farAhead,
      error: null,
    });
    expect(await reads.attempts('absent')).toEqual([]);
  });

  test('know the first and the last event that are kept', async () => {
    expect([await reads.firstSequence(), await reads.lastSequence()]).toEqual([null, 0]);
    await storeEvents([7, 2 ** 40, 8]);
    expect([await reads.firstSequence(), await reads.lastSequence()]).toEqual([7, 2 ** 40]);
  });

  test('give events behind a number in order, at most so many, of all users or of one', async () => {
    await storeEvents([1, 2, 3, 4, 5]);
    const found = async (after: number, userId: string | null, limit: number) =>
      (await reads.eventsAfter({ after, userId, limit })).map(({ sequence }) => sequence);
    expect(await found(0, null, 10)).toEqual([1, 2, 3, 4, 5]);
    expect(await found(2, null, 2)).toEqual([3, 4]);
    expect(await found(1, 'odd', 10)).toEqual([3, 5]);
    expect(await found(0, 'odd', 1)).toEqual([1]);
    expect(await found(5, null, 10)).toEqual([]);
    expect(await reads.eventsAfter({ after: 4, userId: null, limit: 1 })).toEqual([
      { sequence: 5, at: longAgo, type: 'task_queued', userId: 'odd', data: { task_id: 't5' } },
    ]);
  });

  async function storeEvents(sequences: readonly number[]): Promise<void> {
    for (const n of sequences) {
      await opened.database.queries.execute(sql`
        insert into task_events (sequence, at, type, task_id, user_id, data)
          values (${n}, ${longAgo.toISOString()}, 'task_queued', ${`t${n}`}, ${n % 2 === 0 ? 'even' : 'odd'},
            ${JSON.stringify({ task_id: `t${n}` })}::jsonb)`);
    }
  }

  test.each<[string, Partial<TaskRow>, boolean]>([
    ['has another priority', { priority: 9 }, true],
    ['has another status', { status: 'running' }, false],
    ['is at another attempt', { attempt: 2 }, false],
  ])('know whether a task that %s is still as it was read', async (_name, change, expected) => {
    await put('a');
    await put('b');
    const read = (await reads.find('a'))!;
    const { queries } = opened.database;
    await queries.update(tasks).set(change).where(eq(tasks.taskId, 'a'));
    const found = await queries.select({ id: tasks.taskId }).from(tasks).where(matchesVersion(read));
    expect(found).toEqual(expected ? [{ id: 'a' }] : []);
  });
});
