import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { tasks, taskShards } from '../../database/schema.js';
import type { TaskRow } from '../domain/task-row.js';
import { storedRow } from './new-task.fixture.js';
import { leaseS, renewLeases } from './task-leases.js';

const longAgo = new Date('2024-01-15T10:30:00.000Z');

describe.each(stores)('the leases of attempts on %s', (name, open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate tasks cascade`));

  /** A task that runs on node `a` unless fields say otherwise; its lease has run out. */
  const put = (taskId: string, fields: Partial<TaskRow> = {}) =>
    opened.database.queries
      .insert(tasks)
      .values(storedRow({ taskId, status: 'running', nodeId: 'a', leaseExpiresAt: longAgo, ...fields }));
  const renew = (...attempts: { taskId: string; attempt: number }[]) =>
    renewLeases(opened.database.queries, 'a', attempts);
  const first = (taskId: string) => ({ taskId, attempt: 1 });

  /** The tasks, and the shards as `<task>/<index>`, whose lease is valid. */
  async function renewed(): Promise<string[]> {
    const { rows } = await opened.database.queries.execute<{ id: string }>(sql`
      select task_id as id from tasks where lease_expires_at > now()
      union all select task_id || '/' || index from task_shards where lease_expires_at > now()
      order by id`);
    return rows.map(({ id }) => id);
  }

  test('last from now on by the clock of the database', async () => {
    await put('t');
    const nowMs = async () => {
      const { rows } = await opened.database.queries.execute<{ ms: number }>(
        sql`select (extract(epoch from now()::timestamptz(3)) * 1000)::float8 as ms`,
      );
      return rows[0]!.ms;
    };
    const startMs = await nowMs();
    expect(await renew(first('t'))).toEqual(new Map([['t', { cancelRequested: false }]]));
    const endMs = await nowMs();
    const [row] = await opened.database.queries.select().from(tasks);
    expect(row!.leaseExpiresAt!.getTime()).toBeGreaterThanOrEqual(startMs + 1000 * leaseS);
    expect(row!.leaseExpiresAt!.getTime()).toBeLessThanOrEqual(endMs + 1000 * leaseS);
  });

  test.each<[string, Partial<TaskRow>]>([
    ['runs on another node', { nodeId: 'b' }],
    ['is at a later attempt', { attempt: 2 }],
    ['waits again', { status: 'queued', nodeId: null }],
    ['has ended', { status: 'completed' }],
  ])('are renewed of none that %s', async (_name, fields) => {
    await put('lost', fields);
    await put('kept');
    expect([...(await renew(first('lost'), first('kept'), first('absent'))).keys()]).toEqual(['kept']);
    expect(await renewed()).toEqual(['kept']);
  });

  test('are renewed of those that are named, and of nothing where none is', async () => {
    await put('named');
    await put('unnamed');
    expect(await renew()).toEqual(new Map());
    expect(await renewed()).toEqual([]);
    await renew(first('named'));
    expect(await renewed()).toEqual(['named']);
  });

  test('of two attempts at one task are renewed for the one that is current', async () => {
    await put('t', { attempt: 2, cancelRequested: true });
    expect(await renew(first('t'), { taskId: 't', attempt: 2 })).toEqual(
      new Map([['t', { cancelRequested: true }]]),
    );
  });

  test('are renewed of the shards that run here', async () => {
    for (const id of ['t', 'other']) await put(id);
    const shard = { taskId: 't', nodeId: 'a', leaseExpiresAt: longAgo };
    await opened.database.queries.insert(taskShards).values([
      { ...shard, index: 0, status: 'running' },
      { ...shard, index: 1, status: 'running', nodeId: 'b' },
      { ...shard, index: 2, status: 'queued' },
      { ...shard, index: 3, status: 'completed' },
      { ...shard, taskId: 'other', index: 0, status: 'running' },
    ]);
    await renew(first('t'));
    expect(await renewed()).toEqual(['t', 't/0']);
  });

  test('change nothing else of a task', async () => {
    await put('t', { cancelRequested: true, progress: 0.5 });
    const read = async () => {
      const [row] = await opened.database.queries.select().from(tasks).where(eq(tasks.taskId, 't'));
      return { ...row, leaseExpiresAt: null };
    };
    const before = await read();
    await renew(first('t'));
    expect(await read()).toEqual(before);
  });

  // The embedded store has a single session, so no other session can hold a lock.
  if (name !== 'PostgreSQL') return;
  test('of a row that another transaction has locked are passed over, and it is still held', async () => {
    await put('locked');
    await put('free');
    await opened.database.queries.transaction(async (transaction) => {
      await transaction.execute(sql`select 1 from tasks where task_id = 'locked' for update`);
      const held = await renew(first('locked'), first('free'));
      expect([...held.keys()].sort()).toEqual(['free', 'locked']);
    });
    expect(await renewed()).toEqual(['free']);
  });
});
