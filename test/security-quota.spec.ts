import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { readConfig } from '../src/config/config.js';
import { backtests, predictions } from '../src/database/schema.js';
import { BacktestStorage } from '../src/backtests/backtest-storage.js';
import { OffsetClock } from '../src/clock/offset-clock.fixture.js';
import { CandleStorage } from '../src/market-data/candle-storage.js';
import type { HttpProblem } from '../src/problems/http-problem.js';
import { PredictionStorage } from '../src/predictions/prediction-storage.js';
import { TaskResults } from '../src/queue/api/task-results.js';
import { StoredResultSources } from '../src/queue/api/stored-result-sources.js';
import { SubmissionGuards } from '../src/queue/api/submission-guards.js';
import { TaskHandlers } from '../src/queue/domain/task-handlers.js';
import { StorageQuota } from '../src/quota/storage-quota.js';
import { stores, type TestDatabase } from './harness/databases.js';

describe.each(stores)('what a user may keep, on %s', (_, open) => {
  let store: TestDatabase;
  let dataDir: string;
  const clock = new OffsetClock();
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.drop());
  beforeEach(async () => {
    await store.database.queries.delete(backtests);
    await store.database.queries.delete(predictions);
    dataDir = mkdtempSync(join(tmpdir(), 'headroom-quota-'));
    mkdirSync(join(dataDir, 'results'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  const quotaOf = (results: number, megabytes: number) => {
    const config = readConfig({
      HEADROOM_DATA_DIR: dataDir,
      HEADROOM_MAX_RESULTS_PER_USER: String(results),
      HEADROOM_MAX_STORED_MB_PER_USER: String(megabytes),
    });
    const sources = new StoredResultSources();
    const taskResults = new TaskResults(config, new TaskHandlers());
    for (const Source of [BacktestStorage, PredictionStorage]) {
      new Source(store.database, taskResults, sources).onModuleInit();
    }
    new CandleStorage(config, sources).onModuleInit();
    const guards = new SubmissionGuards();
    new StorageQuota(config, clock, sources, guards).onModuleInit();
    return guards;
  };
  const addBacktest = async (backtestId: string, userId: string, bytes: number) => {
    const file = `${backtestId}.1.json.gz`;
    writeFileSync(join(dataDir, 'results', file), Buffer.alloc(bytes));
    const summary = { result_file: file };
    await store.database.queries.insert(backtests).values({ backtestId, userId, request: {}, summary });
  };
  const refusalOf = (quota: SubmissionGuards, userId = 'ana') =>
    quota.admit(userId).then(
      () => null,
      (error: unknown) => [(error as HttpProblem).code, (error as HttpProblem).detail],
    );

  it('is counted over results of all kinds and those that are coming, and refused with the figures', async () => {
    await addBacktest('b1', 'ana', 10);
    await store.database.queries
      .insert(predictions)
      .values({ predictionId: 'p1', userId: 'ana', request: {} });
    const quota = quotaOf(4, 1000);
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await refusalOf(quota));
    expect(answers).toEqual([
      null,
      null,
      [
        'STORAGE_FULL',
        'You have 4 results stored or coming and 0 MB of results and candles; at most 4 results and 1000 MB may be kept. ' +
          'Delete some of them first.',
      ],
    ]);
    expect(await refusalOf(quota, 'ben')).toBeNull();
  });

  it('is measured on the disk, results with their trades and imported candles', async () => {
    const half = 2 ** 19;
    await addBacktest('b1', 'ana', half - 2);
    await addBacktest('b2', 'ben', 10 * half);
    writeFileSync(join(dataDir, 'results', 'b1.1.trades.csv.gz'), Buffer.alloc(1));
    const candles = join(dataDir, 'market-data', 'users', 'ana', 'BTC_USDT');
    mkdirSync(candles, { recursive: true });
    writeFileSync(join(candles, '1h.candles'), Buffer.alloc(half));
    expect(await refusalOf(quotaOf(100, 1))).toBeNull();
    writeFileSync(join(candles, '1d.candles'), Buffer.alloc(1));
    expect((await refusalOf(quotaOf(100, 1)))![1]).toContain('1 MB of results and candles');
  });

  it('opens again within a second of a deletion', async () => {
    await addBacktest('b1', 'ana', 10);
    const quota = quotaOf(1, 1000);
    expect(await refusalOf(quota)).not.toBeNull();
    await store.database.queries.delete(backtests).where(eq(backtests.backtestId, 'b1'));
    clock.offsetMs += 1000;
    expect(await refusalOf(quota)).toBeNull();
  });

  it('is looked up once for a burst', async () => {
    const quota = quotaOf(50, 1000);
    const answers = await Promise.all(Array.from({ length: 60 }, () => refusalOf(quota)));
    expect(answers.filter((answer) => answer === null)).toHaveLength(50);
  });
});
