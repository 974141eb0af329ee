import { describe, expect, it } from '@jest/globals';
import { candlesOf, runScript } from '../engine/scripted.contract.js';
import { drawdownsOf } from './drawdowns.js';
import { geometricMean, quantile, sampleDeviation } from './moments.js';
import { monthlyReturns } from './monthly.js';
import { normalCdf, normalQuantile } from './normal.js';
import { calendarOf, dayEnds, dayMs, periodEnds } from './periods.js';
import { probabilisticSharpe } from './sharpe.js';

const day0 = Date.UTC(2024, 0, 1); // A Monday.
const every = (ms: number, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => day0 + i * ms);

const calendarFor = (time: Float64Array, override?: number) => calendarOf(time, dayEnds(time), override);

describe('the calendar', () => {
  it('has 365 days where weekends are traded and 252 where not', () => {
    expect(calendarFor(every(dayMs, 70))).toEqual({ period: 'day', periodsPerYear: 365 });
    const weekdays = every(dayMs, 70).filter((at) => ![0, 6].includes(new Date(at).getUTCDay()));
    expect(calendarFor(weekdays)).toEqual({ period: 'day', periodsPerYear: 252 });
  });

  it('follows bars longer than a day', () => {
    expect(calendarFor(every(7 * dayMs, 60)).periodsPerYear).toBe(52);
    expect(calendarFor(every(30.44 * dayMs, 60)).periodsPerYear).toBe(12);
    expect(calendarFor(every(365.25 * dayMs, 9)).periodsPerYear).toBe(1);
  });

  it('can be overridden', () => {
    expect(calendarFor(every(dayMs, 70), 260).periodsPerYear).toBe(260);
  });

  it('ends days, weeks and months where UTC does', () => {
    const hours = every(3_600_000, 24 * 40);
    const days = dayEnds(hours);
    expect([...periodEnds(hours, days, 'day')].slice(0, 2)).toEqual([23, 47]);
    expect([...periodEnds(hours, days, 'week')].slice(0, 2)).toEqual([167, 335]);
    expect([...periodEnds(hours, days, 'month')]).toEqual([31 * 24 - 1, 40 * 24 - 1]);
  });
});

describe('drawdowns', () => {
  const equity = Float64Array.from([100, 120, 90, 120, 110, 132, 99, 100]);
  const { curve: drawdown, summary } = drawdownsOf(equity, every(dayMs, 8));

  it('are fractions of the peak before', () => {
    expect(drawdown[2]).toBeCloseTo(0.25, 12);
    expect(drawdown[6]).toBeCloseTo(0.25, 12);
    expect(drawdown[3]).toBe(0);
  });

  it('last from a peak to the return to it, or to the end', () => {
    expect(summary.maxDrawdown).toBeCloseTo(0.25, 12);
    expect(summary.longestMs).toBe(2 * dayMs);
    expect(summary.longestBars).toBe(2);
    // Depths 1/4, 1/12 and 1/4.
    expect(summary.meanDepth).toBeCloseTo((0.25 + 1 / 12 + 0.25) / 3, 12);
  });
});

describe('moments', () => {
  it('agree with figures by hand', () => {
    const values = Float64Array.from([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(sampleDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(quantile(values, 0.5)).toBe(4.5);
    expect(geometricMean(Float64Array.from([0.1, -0.1]))).toBeCloseTo(Math.sqrt(0.99) - 1, 12);
    expect(geometricMean(Float64Array.from([0.1, -1]))).toBe(0);
  });
});

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [5, 0.9999997133484281],
    [-8, 6.220960574271785e-16],
  ])('at %d', (x, p) => {
    expect(normalCdf(x) / p).toBeCloseTo(1, 12);
    expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 6);
  });
});

describe('the probabilistic Sharpe ratio', () => {
  it('is the t-like probability for symmetric returns', () => {
    // Half -1 %, half 3 %: mean 1 %, kurtosis 1, no skew; the spread is 1.
    const returns = Float64Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0.03 : -0.01));
    const sharpe = 0.01 / sampleDeviation(returns);
    expect(probabilisticSharpe(returns)).toBeCloseTo(normalCdf(sharpe * Math.sqrt(99)), 12);
    expect(probabilisticSharpe(returns, sharpe)).toBeCloseTo(0.5, 12);
  });
});

describe('monthly returns', () => {
  it('chain to the whole', () => {
    const time = every(dayMs, 75);
    const equity = time.map((_, i) => 1000 + i * 10);
    const months = monthlyReturns(time, dayEnds(time), equity, 1000);
    expect(months.map(({ month }) => month)).toEqual(['2024-01', '2024-02', '2024-03']);
    expect(months[0]?.return).toBeCloseTo(0.3, 12);
    expect(months.reduce((product, month) => product * (1 + month.return!), 1)).toBeCloseTo(1.74, 12);
  });
});

describe('performance', () => {
  const bar = (price: number) => [price, price + 2, price - 2, price] as const;
  const candles = candlesOf(bar(100), bar(100), bar(110), bar(99), bar(121), bar(121));
  const script = {
    0: (b: { buy: (o: object) => void }) => b.buy({ size: { units: 10 } }),
    1: (b: { closePosition: () => void }) => b.closePosition(),
    2: (b: { buy: (o: object) => void }) => b.buy({ size: { units: 10 } }),
    3: (b: { closePosition: () => void }) => b.closePosition(),
  };

  it('sums the trades up by hand', () => {
    // Bought at 100 and sold at 110: +100. Bought at 99 and sold at 121: +220.
    const { performance } = runScript(candles, script);
    expect(performance.finalEquity).toBe(10_320);
    expect(performance.totalReturn).toBeCloseTo(0.032, 12);
    expect(performance.tradeCount).toBe(2);
    expect(performance.winRate).toBe(1);
    expect(performance.expectancy).toBe(160);
    expect(performance.averageTradeReturn).toBeCloseTo((0.1 + 22 / 99) / 2, 12);
    expect(performance.sqn).toBeCloseTo((Math.SQRT2 * 160) / Math.sqrt(2 * 60 ** 2), 12);
    expect(performance.exposure).toBeCloseTo(4 / 6, 12);
    expect(performance.benchmarkReturn).toBeCloseTo(0.21, 12);
    // Lows of 98 and 97 below entries of 100 and 99.
    expect(performance.averageAdverseExcursion).toBeCloseTo((2 / 100 + 2 / 99) / 2, 12);
  });

  it('leaves undefined what it cannot know', () => {
    const { performance } = runScript(candles, script);
    expect(performance.profitFactor).toBeNull();
    expect(performance.kelly).toBeNull();
    expect(performance.averageLoss).toBeNull();
    const idle = runScript(candles, {}).performance;
    for (const name of [
      'sharpeRatio',
      'sortinoRatio',
      'calmarRatio',
      'winRate',
      'sqn',
      'expectancy',
    ] as const) {
      expect(idle[name]).toBeNull();
    }
    expect(idle.totalReturn).toBe(0);
    expect(idle.exposure).toBe(0);
  });

  it('has a beta of one and no alpha against itself', () => {
    const held = runScript(candles, { 0: (b) => b.buy() }, { lotStep: 1e-8 }).performance;
    expect(held.beta).toBeCloseTo(1, 6);
    expect(held.alpha).toBeCloseTo(0, 6);
  });
});
