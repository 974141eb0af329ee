import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stores, type TestDatabase } from '../../test/harness/databases.js';
import { locks } from './database.js';
import type { SessionQueries } from './queries.js';
import { queryPrepared } from './prepared-statement.js';

describe.each(stores)('a prepared statement on %s', (_, open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());

  const inSession = <Value>(work: (queries: SessionQueries) => Promise<Value>) =>
    opened.database.transactionAlone(locks.events, work);
  const twice = (queries: SessionQueries, value: number) =>
    queryPrepared<{ twice: number }>(queries, 'select 2 * $1::int as twice', [value]);

  test('is kept by its session, and answers for the values of each time', async () => {
    const kept = await inSession(async (queries) => {
      expect(await twice(queries, 3)).toEqual([{ twice: 6 }]);
      expect(await twice(queries, 4)).toEqual([{ twice: 8 }]);
      return queryPrepared<{ statement: string }>(
        queries,
        `select statement from pg_prepared_statements where statement like '%twice'`,
        [],
      );
    });
    expect(kept).toEqual([{ statement: 'select 2 * $1::int as twice' }]);
  });

  test('works again after an error has undone its transaction', async () => {
    await expect(inSession((queries) => twice(queries, 2 ** 31 - 1))).rejects.toThrow('out of range');
    expect(await inSession((queries) => twice(queries, 5))).toEqual([{ twice: 10 }]);
  });

  test('is planned for the values of each time', async () => {
    const rows = await inSession((queries) =>
      queryPrepared(queries, `select current_setting('plan_cache_mode') as mode`, []),
    );
    expect(rows).toEqual([{ mode: 'force_custom_plan' }]);
  });
});
