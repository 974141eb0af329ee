import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPostgres, stores, type TestDatabase } from '../../test/harness/databases.js';
import { taskRow } from '../queue/domain/task.fixture.js';
import { copyDatabase, TargetNotEmptyError } from './copy-database.js';
import { idempotencyKeys, logins, settings, tasks, taskShards, users } from './schema.js';

const [, openEmbedded] = stores[0]!;
const withServer = process.env.TEST_DATABASE_URL === undefined ? describe.skip : describe;

withServer('copying the embedded database to PostgreSQL (set TEST_DATABASE_URL to run this)', () => {
  let from: TestDatabase;
  let to: TestDatabase;
  beforeAll(async () => {
    from = await openEmbedded();
    to = await openPostgres();
  });
  afterAll(async () => {
    await from.drop();
    await to.drop();
  });

  test('brings every row over as it is, and new rows come after them', async () => {
    const user = { userId: 'u1', username: 'Ana', passwordHash: '$x', role: 'user' as const };
    await from.database.queries.insert(users).values(user);
    await from.database.queries.insert(logins).values({
      loginId: 'l1',
      userId: 'u1',
      tokenHash: 'h',
      expiresAt: new Date('2030-01-02T03:04:05.678Z'),
    });
    const rows = Array.from({ length: 1201 }, (_, i) => {
      const { sequence: _sequence, ...row } = taskRow({
        taskId: `t${i}`,
        progress: 0.1 + 0.2,
        payload: { '😀': 'ä' },
      });
      return row;
    });
    await from.database.queries.insert(tasks).values(rows);
    await from.database.queries.insert(taskShards).values({ taskId: 't1', index: 0 });
    await from.database.queries.insert(settings).values({ key: 'queue_paused', value: true });
    const body = { b: 1, a: [1e-7, 12345678901234] };
    await from.database.queries
      .insert(idempotencyKeys)
      .values({ userId: 'u1', key: 'k', requestHash: 'r', status: 202, body });

    expect(await copyDatabase(from.database, to.database)).toMatchObject({
      users: 1,
      logins: 1,
      tasks: 1201,
    });

    for (const table of [users, logins, tasks, taskShards, settings, idempotencyKeys]) {
      const read = (at: TestDatabase) => at.database.queries.select().from(table).orderBy();
      const text = (list: unknown[]) => list.map((row) => JSON.stringify(row)).sort();
      expect(text(await read(to))).toEqual(text(await read(from)));
    }
    const { sequence: _, ...row } = taskRow({ taskId: 'new' });
    const [stored] = await to.database.queries.insert(tasks).values(row).returning();
    expect(stored!.sequence).toBe(1202);
  });

  test('refuses a target that holds something, and changes nothing there', async () => {
    await expect(copyDatabase(from.database, to.database)).rejects.toThrow(TargetNotEmptyError);
    expect(await to.database.queries.select().from(users)).toHaveLength(1);
  });
});
