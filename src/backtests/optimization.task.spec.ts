import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backtestOptimizeRequest, optimization } from '@app/contracts';
import { readResultTextSync, type TaskContext } from '@app/tasks-sdk';
import { CandleStore } from '../market-data/candle-store.js';
import { syntheticCandles } from '../market-data/synthetic-candles.js';
import runBacktestTask from './backtest.task.js';
import runOptimizationTask from './optimization.task.js';
import {
  pointsOf,
  stretchOf,
  type OptimizationDetail,
  type OptimizationPayload,
  type StoredOptimization,
} from './optimization-payload.js';

const dataDir = mkdtempSync(join(tmpdir(), 'headroom-sweep-'));
const store = new CandleStore(join(dataDir, 'market-data'));
const label = { synthetic: true, source: 'made for a test' };
const candles = syntheticCandles(
  {
    symbol: 'BTC_USDT',
    startPrice: 40_000,
    yearlyVolatility: 0.6,
    marketShare: 0.5,
    hourlyTurnover: 1e7,
    priceDecimals: 2,
  },
  { startMs: Date.UTC(2023, 0, 1), endMs: Date.UTC(2024, 0, 1), seed: 4 },
);

beforeAll(async () => {
  await store.write('BTC_USDT', '1h', candles, label);
});
afterAll(() => rmSync(dataDir, { recursive: true }));

const fields = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  start_date: '2023-03-01',
  end_date: '2023-12-01',
  initial_capital: 10_000,
  space: { fast_period: { min: 4, max: 16, step: 4 }, slow_period: [12, 48] },
};

function payloadOf(more: object = {}): OptimizationPayload {
  const request = backtestOptimizeRequest.parse({ ...fields, ...more });
  return {
    request,
    bars: 6600,
    modelFile: null,
    leaks: false,
    points: pointsOf(request).count,
    work: 1e6,
  };
}

let files = 0;
function contextOf(more: Partial<TaskContext> = {}): TaskContext {
  return {
    taskId: 't',
    userId: 'u',
    attempt: 1,
    dataDir,
    resultPath: join(dataDir, 'results', `${++files}.json.gz`),
    shard: null,
    shardResults: [],
    signal: new AbortController().signal,
    report: () => undefined,
    ...more,
  };
}

/** Runs the named parts of a sweep, then combines them, as the queue would have it done. */
async function sweep(
  payload: OptimizationPayload,
  count: number,
  isDone: (part: number) => boolean = () => true,
): Promise<{ summary: StoredOptimization; detail: OptimizationDetail }> {
  const shardResults: (string | null)[] = [];
  for (let index = 0; index < count; index++) {
    const context = contextOf({ shard: { index, count } });
    if (isDone(index)) await runOptimizationTask(payload, context);
    shardResults.push(isDone(index) ? context.resultPath : null);
  }
  const context = contextOf({ shardResults });
  const summary = (await runOptimizationTask(payload, context)) as StoredOptimization;
  return { summary, detail: JSON.parse(readResultTextSync(context.resultPath)) as OptimizationDetail };
}

describe('a sweep', () => {
  it('gives every run the figures of a backtest with its parameters', async () => {
    const { summary, detail } = await sweep(payloadOf(), 2);
    // fast 12 and 16 against slow 12 contradict each other.
    expect(summary.optimization).toMatchObject({ planned_runs: 8, trials: 6, skipped: 2 });
    expect(detail.skipped_runs).toHaveLength(2);
    expect(detail.runs.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { params, in_sample } of detail.runs.slice(0, 2)) {
      const { space: _, method, max_runs, objective, ...run } = payloadOf().request;
      expect([method, max_runs, objective]).toEqual(['grid', 1000, 'sharpe_ratio']);
      const request = { ...run, params, check_lookahead: false, cache: true };
      const alone = await runBacktestTask(
        { request, bars: 6600, modelFile: null, leaks: false },
        contextOf(),
      );
      expect(alone.performance).toMatchObject(in_sample);
      expect(alone.dataset).toEqual(summary.dataset);
    }
  });

  it('is the same in one part and in many', async () => {
    const [one, many] = [await sweep(payloadOf(), 1), await sweep(payloadOf(), 4)];
    expect(many.detail).toEqual(one.detail);
    expect({ ...many.summary, duration_s: 0 }).toEqual({ ...one.summary, duration_s: 0 });
  });

  it('keeps what is done when it is cancelled, and says so', async () => {
    // The first two of four parts: fast 4 and 8, against slow 12 and 48.
    const { summary, detail } = await sweep(payloadOf(), 4, (part) => part < 2);
    expect(summary.optimization.trials).toBe(4);
    expect(detail.runs).toHaveLength(4);
    expect(summary.warnings).toContain('The sweep was cancelled: 4 of 8 runs are in the result.');
    const none = await sweep(payloadOf(), 4, () => false);
    expect(none.summary).toMatchObject({ dataset: null, optimization: { trials: 0, best: null } });
    expect(none.detail.runs).toEqual([]);
  });

  it('has the shape that the contract gives it', async () => {
    const { summary, detail } = await sweep(
      payloadOf({ walk_forward: { train_days: 90, test_days: 30 } }),
      2,
    );
    const document = {
      backtest_id: 'b',
      type: 'optimization',
      status: 'completed',
      title: null,
      notes: null,
      request: {},
      created_at: '2024-01-01T00:00:00.000Z',
      performance: null,
      look_ahead: null,
      cached: false,
      error: null,
      ...summary,
      ...detail,
    };
    expect(optimization.strict().parse(document)).toEqual(document);
  });

  it('judges each choice of a walk-forward on the days after it', async () => {
    const walk_forward = { train_days: 90, test_days: 30 };
    const { summary, detail } = await sweep(payloadOf({ walk_forward }), 2);
    // 275 days: chosen on 90, judged on the 30 after, six times; a seventh would have 5 days.
    expect(detail.windows).toHaveLength(6);
    expect(detail.windows[1]).toMatchObject({
      train_start: '2023-03-31T00:00:00.000Z',
      train_end: '2023-06-28T23:00:00.000Z',
      test_start: '2023-06-29T00:00:00.000Z',
      test_end: '2023-07-28T23:00:00.000Z',
    });
    expect(detail.runs.every(({ out_of_sample }) => out_of_sample !== null)).toBe(true);
    const growth = detail.windows.reduce(
      (product, window) => product * (1 + window.out_of_sample!.total_return!),
      1,
    );
    expect(summary.optimization.out_of_sample!.total_return).toBeCloseTo(growth - 1, 12);
    expect(detail.out_of_sample_curve).toHaveLength(180);
  });

  it('draws at random without repeats, the same for a seed', async () => {
    const random = (seed: number) =>
      sweep(
        payloadOf({
          method: 'random',
          max_runs: 4,
          seed,
          space: { fast_period: { min: 1, max: 19, step: 1 } },
        }),
        2,
      );
    const params = (detail: OptimizationDetail) => detail.runs.map((run) => run.params.fast_period);
    const first = params((await random(1)).detail);
    expect(new Set(first).size).toBe(4);
    expect(params((await random(1)).detail)).toEqual(first);
    expect(params((await random(2)).detail)).not.toEqual(first);
  });

  it('in which nothing could be run has failed with the first reason', async () => {
    const nothing = payloadOf({ space: { fast_period: [30, 40] }, params: { slow_period: 20 } });
    await expect(sweep(nothing, 2)).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringMatching(/^None of 2 points could be run\. .*must be below slow_period/),
    });
  });

  it('refuses to compare runs on candles that were replaced meanwhile', async () => {
    const payload = payloadOf();
    const parts = [0, 1].map((index) => contextOf({ shard: { index, count: 2 } }));
    await runOptimizationTask(payload, parts[0]!);
    const shifted = {
      ...candles,
      close: candles.close.map((price, i) => (i === 3000 ? price * 1.0001 : price)),
    };
    await store.write('BTC_USDT', '1h', shifted, label);
    await runOptimizationTask(payload, parts[1]!);
    await store.write('BTC_USDT', '1h', candles, label);
    const shardResults = parts.map(({ resultPath }) => resultPath);
    await expect(runOptimizationTask(payload, contextOf({ shardResults }))).rejects.toMatchObject({
      code: 'PARTS_DIFFER',
    });
  });

  it('stops between runs when it is cancelled', async () => {
    const abort = new AbortController();
    const space = { fast_period: { min: 1, max: 10, step: 1 }, slow_period: { min: 20, max: 60, step: 1 } };
    const said: (number | null)[] = [];
    const context = contextOf({
      shard: { index: 0, count: 1 },
      signal: abort.signal,
      report: (_, progress) => {
        said.push(progress);
        abort.abort();
      },
    });
    await expect(runOptimizationTask(payloadOf({ space }), context)).rejects.toThrow();
    expect(said).toHaveLength(1);
    expect(said[0]).toBeLessThan(1);
  });
});

describe('the parts of a sweep', () => {
  it('are equal stretches without gap or overlap', () => {
    const stretches = Array.from({ length: 4 }, (_, index) => stretchOf(10, { index, count: 4 }));
    expect(stretches).toEqual([
      [0, 2],
      [2, 5],
      [5, 7],
      [7, 10],
    ]);
  });
});

describe('a backtest that is asked whether it looks ahead', () => {
  it('says that no decision changed, of which many were looked at', async () => {
    const { space: _, ...run } = fields;
    const request = { ...run, check_lookahead: true };
    const { look_ahead: found } = await runBacktestTask(
      { request, bars: 6600, modelFile: null, leaks: false },
      contextOf(),
    );
    expect(found).toMatchObject({ passed: true, first_difference: null });
    expect(found!.prefixes_checked).toBeGreaterThan(10);
    expect(found!.decisions).toBeGreaterThan(50);
  });
});
