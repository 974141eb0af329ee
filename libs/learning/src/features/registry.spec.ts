import { describe, expect, it } from '@jest/globals';
import { type Candles, sliceCandles } from '@app/backtest';
import { syntheticMarket } from '../../test/synthetic-candles.js';
import { FeatureInput } from './feature.js';
import { featureColumns, FEATURES, WARM_UP_BARS } from './registry.js';

const { candles } = syntheticMarket({ bars: 1600, seed: 3 });
const LAST = 1599;
const columns = featureColumns(candles, true);

/** The same history with another future: every bar from `bar` on is changed beyond recognition. */
function withOtherFuture(bar: number): Candles {
  const changed = (values: Float64Array, factor: number): Float64Array =>
    values.map((value, i) => (i < bar ? value : value * factor * (1 + (i % 7))));
  return {
    time: candles.time,
    open: changed(candles.open, 3),
    high: changed(candles.high, 9),
    low: changed(candles.low, 2),
    close: changed(candles.close, 5),
    volume: changed(candles.volume, 4),
  };
}

function columnOf(name: string, of: Candles): Float32Array {
  return featureColumns(of, true)[FEATURES.findIndex((feature) => feature.name === name)]!;
}

/** Hourly candles from closes; each opens at the close before, on Monday 2024-01-01. */
function candlesOf(closes: readonly number[]): Candles {
  const close = Float64Array.from(closes);
  const open = close.map((value, i) => close[i - 1] ?? value);
  return {
    time: close.map((_, i) => Date.UTC(2024, 0, 1) + i * 3_600_000),
    open,
    high: close.map((value, i) => Math.max(value, open[i]!) + 1),
    low: close.map((value, i) => Math.min(value, open[i]!) - 1),
    close,
    volume: close.map(() => 7),
  };
}

const numbered = FEATURES.map((feature, index) => ({ ...feature, index }));

describe.each(numbered)('feature $name', ({ ...feature }) => {
  it('does not change when the future does', () => {
    for (const bar of [WARM_UP_BARS + 1, 500, 1013, LAST]) {
      const other = new FeatureInput(withOtherFuture(bar));
      const before = feature.compute(new FeatureInput(candles)).subarray(0, bar);
      expect(feature.compute(other).subarray(0, bar)).toEqual(before);
    }
  });

  it('does not change when the future is not there', () => {
    const whole = feature.compute(new FeatureInput(candles));
    for (const bars of [300, 1001]) {
      const cut = feature.compute(new FeatureInput(sliceCandles(candles, 0, bars)));
      expect(cut).toEqual(whole.subarray(0, bars));
    }
  });

  it('says in words what it is', () => {
    expect(feature.description.length).toBeGreaterThan(20);
  });
});

describe.each(numbered.filter(({ optional }) => !optional))('feature $name', ({ index, lookback }) => {
  it('is known from its lookback on', () => {
    expect(columns[index]!.findIndex((value) => !Number.isNaN(value))).toBe(lookback);
    expect(columns[index]!.subarray(lookback).every(Number.isFinite)).toBe(true);
  });

  it('needs no more history than twice its lookback', () => {
    expectSameFrom(LAST - Math.max(1, 2 * lookback), index);
  });
});

describe.each(numbered.filter(({ optional }) => optional))('feature $name', ({ index, name }) => {
  const barsInOne = name.startsWith('higher_near') ? 4 : 24;

  it('is known once eleven longer candles have closed', () => {
    const first = columns[index]!.findIndex((value) => !Number.isNaN(value));
    // The volatility that some are measured in needs 48 bars.
    expect([11 * barsInOne - 1, 48]).toContain(first);
    expect(columns[index]!.subarray(Math.max(48, first)).every(Number.isFinite)).toBe(true);
  });

  it('needs no more history than thirteen longer candles', () => {
    expectSameFrom(LAST - Math.max(48, 13 * barsInOne), index);
  });

  it('is missing unless it is asked for', () => {
    expect(featureColumns(candles)[index]!.every(Number.isNaN)).toBe(true);
  });
});

/** The last value is the same without the bars before `from`. */
function expectSameFrom(from: number, index: number): void {
  const short = featureColumns(sliceCandles(candles, from, LAST + 1), true)[index]!.at(-1)!;
  const present = columns[index]!.filter((value) => !Number.isNaN(value));
  const largest = present.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(Math.abs(short - columns[index]!.at(-1)!)).toBeLessThanOrEqual(1e-4 * largest);
}

describe('the registry', () => {
  it('names every feature once', () => {
    expect(new Set(FEATURES.map((feature) => feature.name)).size).toBe(FEATURES.length);
  });

  it('warms up for the longest lookback', () => {
    expect(WARM_UP_BARS).toBe(175);
  });
});

describe('feature values by hand', () => {
  it('measures the last log return', () => {
    expect(columnOf('raw_return_1', candlesOf([100, 110]))[1]).toBeCloseTo(Math.log(1.1), 6);
  });

  it('scales a return by the volatility of its span', () => {
    // Log returns alternate +x, −x: their sample deviation over 48 is x·√(48/47); the last one is +x.
    const closes = Array.from({ length: 50 }, (_, i) => (i % 2 === 1 ? 110 : 100));
    expect(columnOf('return_1', candlesOf(closes))[49]).toBeCloseTo(1 / Math.sqrt(48 / 47), 5);
  });

  it('places the close in the range of the last 14 bars', () => {
    // Closes 1…20: the lowest low of bars 6…19 is 6 − 1 = 5 (the open of bar 6 less 1), the highest high is 21.
    const closes = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(columnOf('range_place_14', candlesOf(closes))[19]).toBeCloseTo((20 - 5) / (21 - 5), 6);
  });

  it('shows a bar that only rose and fell back as its body and place', () => {
    const bar = {
      ...candlesOf([10]),
      open: Float64Array.of(10),
      high: Float64Array.of(14),
      low: Float64Array.of(10),
      close: Float64Array.of(11),
    };
    expect(columnOf('bar_body', bar)[0]).toBeCloseTo(0.25, 6);
    expect(columnOf('bar_place', bar)[0]).toBeCloseTo(0.25, 6);
  });

  it('sees no news in a constant volume, and all flow upwards in a rising market', () => {
    const rising = candlesOf(Array.from({ length: 30 }, (_, i) => 100 + i));
    expect(columnOf('volume_24', rising)[29]).toBeCloseTo(0, 6);
    expect(columnOf('volume_flow_24', rising)[29]).toBeCloseTo(1, 6);
  });

  it('turns a day and a week into full circles', () => {
    const week = candlesOf(Array.from({ length: 169 }, () => 100));
    const at = (name: string, bar: number): number => columnOf(name, week)[bar]!;
    expect([at('day_sin', 6), at('day_cos', 6), at('week_sin', 42), at('week_cos', 84)]).toEqual([
      expect.closeTo(1, 6),
      expect.closeTo(0, 6),
      expect.closeTo(1, 6),
      expect.closeTo(-1, 6),
    ]);
    expect(at('week_sin', 168)).toBeCloseTo(at('week_sin', 0), 6);
  });

  it('knows a longer candle once it has closed, and not an hour before', () => {
    // Closes 1, 2, 3 …: the 4 h candles close at 4, 8, 12, …; the 12th at 48, known at bar 47.
    const hours = candlesOf(Array.from({ length: 60 }, (_, i) => i + 1));
    const rises = columnOf('higher_near_rises', hours);
    expect([rises[42], rises[43]]).toEqual([NaN, 1]);
    const returns = columnOf('higher_near_return', hours);
    const scale = (bar: number): number =>
      (2 * Math.log((bar + 1) / (bar - 1))) / columnOf('return_2', hours)[bar]! / Math.SQRT2;
    // At bar 51 the candle of closes 49…52 has just ended; at bar 50 the one before is the last that has.
    expect(returns[51]! * scale(51)).toBeCloseTo(Math.log(52 / 48), 5);
    expect(returns[50]! * scale(50)).toBeCloseTo(Math.log(48 / 44), 5);
  });

  it('has no longer candles beyond a week', () => {
    const weeks = {
      ...candles,
      time: candles.time.map((_, i) => Date.UTC(1990, 0, 1) + i * 7 * 86_400_000),
    };
    expect(columnOf('higher_near_return', weeks).every(Number.isNaN)).toBe(true);
  });

  it('is missing where a quotient has no meaning', () => {
    const still = candlesOf(Array.from({ length: 200 }, () => 100));
    for (const name of ['return_24', 'bollinger_20', 'volatility_48']) {
      expect(columnOf(name, still)[199]).toBeNaN();
    }
    expect(columnOf('volume_24', { ...still, volume: new Float64Array(200) })[199]).toBeNaN();
  });
});
