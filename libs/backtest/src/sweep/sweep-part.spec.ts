import { describe, expect, it } from '@jest/globals';
import type { Candles } from '../candles.js';
import { runBacktest } from '../run-backtest.js';
import { seededUniform } from '../random.js';
import { dayMs } from '../statistics/periods.js';
import {
  expandSpace,
  summariseSweep,
  SweepPart,
  sweepFiguresOf,
  walkForwardWindows,
  type SweepPartResult,
  type SweepPlan,
} from './index.js';

/** Four bars a day that swing, so that crossing averages differ. */
function market(n: number, seed = 11): Candles {
  const uniform = seededUniform(seed);
  let price = 100;
  const rows = Array.from({ length: n }, (_, i) => {
    const open = price;
    price *= 1 + 0.03 * (uniform() - 0.5) + 0.01 * Math.sin(i / 15);
    return [open, Math.max(open, price) * 1.002, Math.min(open, price) * 0.998, price] as const;
  });
  const column = (k: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(rows, (row) => row[k]);
  return {
    time: Float64Array.from(rows, (_, i) => Date.UTC(2024, 0, 1) + (i * dayMs) / 4),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(n).fill(1),
  };
}

const candles = market(1200);
const request = {
  candles,
  strategy: 'SmaCross',
  params: { allow_short: false },
  initialCapital: 10_000,
  commission: 0.001,
};
const points = expandSpace(
  { fast_period: [2, 4, 8, 16], slow_period: [8, 24] },
  { method: 'grid', maxRuns: 100 },
);
const terms = { objective: 'sharpe_ratio', initialCapital: 10_000 } as const;
const plan: SweepPlan = { request, points, objective: 'sharpe_ratio', windows: null, historyBars: 50 };

/** Runs a plan cut into parts at these points. */
function partsOf(plan: SweepPlan, ...borders: number[]): SweepPartResult[] {
  const ends = [...borders, plan.points.count];
  return ends.map((to, k) => {
    const part = new SweepPart(plan);
    for (let index = ends[k - 1] ?? 0; index < to; index++) part.run(index);
    // As it travels between processes.
    return JSON.parse(JSON.stringify(part.result())) as SweepPartResult;
  });
}

describe('a sweep over the whole span', () => {
  const summary = summariseSweep(points, partsOf(plan), terms);

  it('gives each point the figures of its own backtest, bit for bit', () => {
    for (const { params, inSample } of summary.runs) {
      const alone = runBacktest({ ...request, params: { ...request.params, ...params } });
      expect(inSample).toEqual(sweepFiguresOf(alone.performance));
    }
  });

  it('ranks them and leaves out those whose parameters contradict each other', () => {
    // fast 8 and 16 against slow 8: two of eight points.
    expect(summary.trials).toBe(6);
    expect(summary.skipped.map(({ params, code }) => [params.fast_period, params.slow_period, code])).toEqual(
      [
        [8, 8, 'INVALID_PARAMS'],
        [16, 8, 'INVALID_PARAMS'],
      ],
    );
    const sharpes = summary.runs.map(({ inSample }) => inSample.sharpe_ratio!);
    expect(sharpes).toEqual([...sharpes].sort((a, b) => b - a));
  });

  it('is the same however it is cut into parts', () => {
    expect(summariseSweep(points, partsOf(plan, 1, 5), terms)).toEqual(summary);
    expect(summariseSweep(points, partsOf(plan, 4), terms)).toEqual(summary);
  });

  it('is what is there when parts are missing', () => {
    const [first] = partsOf(plan, 2);
    const part = summariseSweep(points, [first!], terms);
    expect(part.trials).toBe(2);
    expect(part.runs.map(({ params }) => params)).toEqual(
      summary.runs.filter(({ params }) => params.fast_period === 2).map(({ params }) => params),
    );
    expect(summariseSweep(points, [], terms)).toMatchObject({ trials: 0, runs: [], deflatedSharpe: null });
  });

  it('says nothing of data that it has not', () => {
    expect(summary.outOfSample).toBeNull();
    expect(summary.outOfSampleCurve).toEqual([]);
    expect(summary.runs[0]!.outOfSample).toBeNull();
  });
});

describe('a walk-forward', () => {
  // 300 days: choose on 120, judge on the 60 after, three times.
  const windows = walkForwardWindows(candles.time, 120, 60);
  const walk: SweepPlan = { ...plan, windows };
  const summary = summariseSweep(points, partsOf(walk, 3), terms);
  const onSpan = (params: object, from: number, to: number) => {
    const start = Math.max(0, from - 50);
    const cut = (column: Float64Array): Float64Array => column.slice(start, to);
    return runBacktest({
      ...request,
      candles: {
        time: cut(candles.time),
        open: cut(candles.open),
        high: cut(candles.high),
        low: cut(candles.low),
        close: cut(candles.close),
        volume: cut(candles.volume),
      },
      warmupFrom: from - start,
      params: { ...request.params, ...params },
    });
  };

  it('chooses on each span and judges on the next, as backtests of these spans do', () => {
    expect(summary.windows).toHaveLength(3);
    summary.windows.forEach(({ best }, k) => {
      const { trainFrom, trainTo, testFrom, testTo } = windows[k]!;
      expect(best!.inSample).toEqual(sweepFiguresOf(onSpan(best!.params, trainFrom, trainTo).performance));
      expect(best!.outOfSample).toEqual(sweepFiguresOf(onSpan(best!.params, testFrom, testTo).performance));
      const others = summary.runs.map(
        ({ params }) => onSpan(params, trainFrom, trainTo).performance.sharpeRatio!,
      );
      expect(best!.inSample.sharpe_ratio).toBe(Math.max(...others));
    });
  });

  it('gives every run its mean over the spans, in and out of sample', () => {
    const { params, inSample, outOfSample } = summary.runs[0]!;
    const mean = (which: 'train' | 'test'): number =>
      windows.reduce(
        (sum, window) =>
          sum + onSpan(params, window[`${which}From`], window[`${which}To`]).performance.sharpeRatio! / 3,
        0,
      );
    expect(inSample.sharpe_ratio).toBeCloseTo(mean('train'), 12);
    expect(outOfSample!.sharpe_ratio).toBeCloseTo(mean('test'), 12);
  });

  it('strings the judged spans together: the capital of one is the end of the one before', () => {
    const growth = summary.windows.reduce(
      (product, { best }) => product * (1 + best!.outOfSample!.total_return!),
      1,
    );
    expect(summary.outOfSample!.totalReturn).toBeCloseTo(growth - 1, 12);
    const { outOfSampleCurve: curve } = summary;
    expect(curve.at(-1)!.equity).toBeCloseTo(10_000 * growth, 8);
    expect(curve).toHaveLength(180);
    expect(curve.every(({ time }, k) => k === 0 || time > curve[k - 1]!.time)).toBe(true);
  });

  it('passes over a point that one of the spans is too short for', () => {
    const long = expandSpace({ slow_period: [24, 700] }, { method: 'grid', maxRuns: 10 });
    const part = new SweepPart({ ...walk, points: long });
    part.run(0);
    part.run(1);
    const result = part.result();
    expect(result.results.map(({ index }) => index)).toEqual([0]);
    expect(result.skipped).toEqual([
      expect.objectContaining({ index: 1, code: 'RANGE_SHORTER_THAN_WARM_UP' }),
    ]);
    expect(result.windows.map(({ sharpes }) => sharpes.length)).toEqual([1, 1, 1]);
  });
});

describe('luck', () => {
  it('is called by its name: the best of many on a market without trends', () => {
    const uniform = seededUniform(5);
    let price = 100;
    const close = Float64Array.from({ length: 1500 }, () => (price *= Math.exp(0.02 * (uniform() - 0.5))));
    const open = close.map((value, i) => close[i - 1] ?? value);
    const noise: Candles = {
      time: close.map((_, i) => Date.UTC(2020, 0, 1) + i * dayMs),
      open,
      high: close.map((value, i) => Math.max(value, open[i]!)),
      low: close.map((value, i) => Math.min(value, open[i]!)),
      close,
      volume: close.map(() => 1),
    };
    const many = expandSpace(
      { fast_period: { min: 2, max: 20, step: 1 }, slow_period: { min: 21, max: 60, step: 4 } },
      { method: 'grid', maxRuns: 1000 },
    );
    const parts = partsOf({ ...plan, request: { ...request, candles: noise }, points: many });
    const summary = summariseSweep(many, parts, terms);
    expect(summary.trials).toBe(190);
    expect(summary.deflatedSharpe).toBeLessThan(0.95);
    expect(summary.overfittingWarning).toMatch(/^Likely luck: after 190 trials/);
  });
});
