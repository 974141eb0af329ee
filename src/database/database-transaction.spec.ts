import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../test/harness/databases.js';
import { DatabaseTransaction, queriesOf } from './database-transaction.js';

describe.each(stores)('a transaction for handlers of tasks on %s', (_, open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
    await opened.database.queries.execute(
      sql`create table notes (id int, words text[], detail jsonb, text text)`,
    );
  });
  afterAll(() => opened.drop());

  const within = <Value>(work: (transaction: DatabaseTransaction) => Promise<Value>): Promise<Value> =>
    opened.database.queries.transaction((queries) => work(new DatabaseTransaction(queries)));

  test('writes values of every kind and returns rows', async () => {
    const rows = await within(async (transaction) => {
      const values = [1, ['a', "b'c"], { deep: [null, 1.5] }, 'it’s $1'];
      await transaction.execute('insert into notes values ($1, $2, $3, $4)', values);
      return transaction.execute('select * from notes where id = any($1) order by id', [[1, 2]]);
    });
    expect(rows).toEqual([{ id: 1, words: ['a', "b'c"], detail: { deep: [null, 1.5] }, text: 'it’s $1' }]);
  });

  test('uses a value twice, and leaves $1 in literals and names as it is', async () => {
    const rows = await within((transaction) =>
      transaction.execute(`select $1::int + $1::int as sum, '$1 and ''$2''' as text, 3 as "$1"`, [20]),
    );
    expect(rows).toEqual([{ sum: 40, text: "$1 and '$2'", $1: 3 }]);
  });

  test('refuses a statement that names a value which is not there', async () => {
    const statement = within((transaction) => transaction.execute('select $2::int', [1]));
    await expect(statement).rejects.toThrow('The statement names $2; it has 1 values.');
  });

  test('is undone when its function throws', async () => {
    const failed = within(async (transaction) => {
      await transaction.execute('insert into notes (id) values (9)');
      throw new Error('after the write');
    });
    await expect(failed).rejects.toThrow('after the write');
    expect(await within((transaction) => transaction.execute('select id from notes where id = 9'))).toEqual(
      [],
    );
  });

  test('gives features the queries of the same transaction, and no others', async () => {
    const seen = await within(async (transaction) => {
      await transaction.execute('insert into notes (id) values (7)');
      return queriesOf(transaction).execute(sql`select id from notes where id = 7`);
    });
    expect(seen.rows).toEqual([{ id: 7 }]);
    expect(() => queriesOf({ execute: () => Promise.resolve([]) })).toThrow(TypeError);
  });
});
