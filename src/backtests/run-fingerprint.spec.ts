import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backtestRunRequest } from '@app/contracts';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../test/harness/databases.js';
import { backtests } from '../database/schema.js';
import { isSameRun, type RepeatableRun } from './run-fingerprint.js';

const requestOf = (more: object = {}) =>
  backtestRunRequest.parse({
    strategy: 'SmaCross',
    symbol: 'BTC_USDT',
    start_date: '2024-01-01',
    end_date: '2024-02-01',
    initial_capital: 10_000,
    ...more,
  });

const runOf = (more: object = {}, sha256 = 'a', engineVersion = '1'): RepeatableRun => ({
  request: requestOf(more),
  engineVersion,
  header: { sha256, synthetic: true } as RepeatableRun['header'],
});

describe.each(stores)('a run that was made before, on %s', (_, open) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await open();
    const summary = { engine_version: '1', dataset: { sha256: 'a', synthetic: true } };
    const row = (request: object, backtestId: string, userId = 'u') => ({
      backtestId,
      userId,
      request: request as Record<string, unknown>,
      summary,
    });
    await store.database.queries
      .insert(backtests)
      .values([
        row(requestOf({ title: 'first' }), 'wanted'),
        row(requestOf(), 'of another user', 'v'),
        ...Array.from({ length: 2000 }, (_, k) =>
          row(requestOf({ initial_capital: 20_000 + k }), `other ${k}`),
        ),
      ]);
    await store.database.queries.execute(sql`analyze backtests`);
  });
  afterAll(() => store.drop());

  const found = async (run: RepeatableRun) => {
    const rows = await store.database.queries
      .select({ id: backtests.backtestId })
      .from(backtests)
      .where(isSameRun('u', run));
    return rows.map(({ id }) => id);
  };

  it('is found whatever its title, its priority and the order of its fields', async () => {
    expect(await found(runOf({ title: 'again', priority: -5, cache: true }))).toEqual(['wanted']);
    const { symbol, ...rest } = requestOf();
    expect(await found({ ...runOf(), request: { ...rest, symbol } })).toEqual(['wanted']);
  });

  it.each([
    ['other terms', runOf({ slippage: 0.005 })],
    ['other candles', runOf({}, 'b')],
    ['another engine', runOf({}, 'a', '2')],
  ])('is another one with %s', async (_, run) => {
    expect(await found(run)).toEqual([]);
  });

  it('is looked up in an index, however many others there are', async () => {
    const query = store.database.queries.select().from(backtests).where(isSameRun('u', runOf()));
    const { rows } = await store.database.queries.execute(sql`explain ${query}`);
    expect(JSON.stringify(rows)).toContain('backtests_same_request');
  });
});
