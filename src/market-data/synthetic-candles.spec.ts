import { describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import { sampleEndMs, sampleProfiles, sampleSeed, sampleStartMs } from './sample-profiles.js';
import { syntheticCandles } from './synthetic-candles.js';

const hourMs = 3_600_000;
const sampleHours = 35_064; // four years of which one is a leap year: 1461 * 24
const span = { startMs: sampleStartMs, endMs: sampleEndMs, seed: sampleSeed };
const series = new Map(sampleProfiles.map((profile) => [profile.symbol, syntheticCandles(profile, span)]));
const symbols = [...series.keys()];
const bitcoin = sampleProfiles[0]!;

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function logReturns({ open, close }: Candles): Float64Array {
  return close.map((price, i) => Math.log(price / open[i]!));
}

function centralMoment(values: Float64Array, power: number): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** power));
}

function autocorrelation(values: Float64Array, lag: number): number {
  return correlation(values.subarray(lag), values.subarray(0, -lag));
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  return covariance / Math.sqrt(centralMoment(a, 2) * centralMoment(b, 2));
}

describe.each(symbols)('the sample hours of %s', (symbol) => {
  const candles = series.get(symbol)!;
  const returns = logReturns(candles);
  const sizes = returns.map(Math.abs);

  it('cover 2022 to 2025 without a gap, each opening at the close before', () => {
    expect(candles.time).toHaveLength(sampleHours);
    expect(candles.time.every((time, i) => time === sampleStartMs + i * hourMs)).toBe(true);
    expect(candles.open.subarray(1)).toEqual(candles.close.subarray(0, -1));
  });

  it('have low <= open, close <= high, all positive, and some volume', () => {
    const { open, high, low, close, volume } = candles;
    const broken = open.findIndex(
      (price, i) =>
        !(
          low[i]! > 0 &&
          low[i]! <= Math.min(price, close[i]!) &&
          Math.max(price, close[i]!) <= high[i]! &&
          volume[i]! > 0
        ),
    );
    expect(broken).toBe(-1);
  });

  it('have tails far fatter than normal: excess kurtosis above 8', () => {
    const excess = centralMoment(returns, 4) / centralMoment(returns, 2) ** 2 - 3;
    expect(excess).toBeGreaterThan(8);
    expect(excess).toBeLessThan(100);
  });

  it('do not foretell the next return from the last', () => {
    expect(Math.abs(autocorrelation(returns, 1))).toBeLessThan(0.03);
    // A few huge returns rule the figure above; signs count alike, with a standard error of 0.0053.
    const signs = returns.map(Math.sign);
    for (const lag of [1, 2, 24]) expect(Math.abs(autocorrelation(signs, lag))).toBeLessThan(0.02);
  });

  it('have clusters of volatility that fade slowly', () => {
    const atLag = (lag: number) => autocorrelation(sizes, lag);
    expect(atLag(1)).toBeGreaterThan(0.1);
    expect(atLag(1)).toBeLessThan(0.3);
    expect(atLag(24)).toBeGreaterThan(0.1);
    expect(atLag(168)).toBeGreaterThan(0.04);
    expect(atLag(168)).toBeLessThan(atLag(1));
  });

  it('range twice as far as they move, like a Brownian path', () => {
    // Feller 1951: E(range) = sqrt(8 / pi) sigma, and E|return| = sqrt(2 / pi) sigma.
    const ranges = candles.high.map((price, i) => Math.log(price / candles.low[i]!));
    expect(mean(ranges) / mean(sizes)).toBeGreaterThan(1.93);
    expect(mean(ranges) / mean(sizes)).toBeLessThan(2.07);
  });

  it('trade more when they move more', () => {
    expect(correlation(candles.volume.map(Math.log), sizes)).toBeGreaterThan(0.3);
  });

  it('stay at a plausible price', () => {
    const { startPrice } = sampleProfiles.find((profile) => profile.symbol === symbol)!;
    expect(Math.min(...candles.low)).toBeGreaterThan(startPrice / 15);
    expect(Math.max(...candles.high)).toBeLessThan(startPrice * 6);
  });
});

describe('the sample set', () => {
  it('moves together a little', () => {
    const market = logReturns(series.get('BTC_USDT')!);
    for (const symbol of symbols.slice(1)) {
      const common = correlation(market, logReturns(series.get(symbol)!));
      expect(common).toBeGreaterThan(0.2);
      expect(common).toBeLessThan(0.7);
    }
  });

  it('is quieter at weekends and at night', () => {
    const { time } = series.get('BTC_USDT')!;
    const sizes = logReturns(series.get('BTC_USDT')!).map(Math.abs);
    const meanWhere = (chosen: (date: Date) => boolean) =>
      mean(sizes.filter((_, i) => chosen(new Date(time[i]!))));
    const weekend = meanWhere((date) => date.getUTCDay() % 6 === 0);
    expect(weekend / meanWhere((date) => date.getUTCDay() % 6 !== 0)).toBeLessThan(0.85);
    expect(
      meanWhere((date) => date.getUTCHours() === 3) / meanWhere((date) => date.getUTCHours() === 15),
    ).toBeLessThan(0.7);
  });

  it('is the same from the same seed and another from another', () => {
    const some = { ...span, endMs: sampleStartMs + 100 * hourMs };
    const again = syntheticCandles(bitcoin, some);
    expect(again.close).toEqual(series.get('BTC_USDT')!.close.subarray(0, 100));
    expect(syntheticCandles(bitcoin, { ...some, seed: 2 }).close).not.toEqual(again.close);
  });
});

describe('martingale mode', () => {
  /** t statistic of the mean return of the next hour, traded by the sign of what is known before it. */
  function edge(candles: Candles, known: (row: number) => number): number {
    const { open, close } = candles;
    const gains = Float64Array.from({ length: sampleHours - 200 }, (_, i) => {
      const next = i + 200;
      return Math.sign(known(next - 1)) * (close[next]! / open[next]! - 1);
    });
    return (mean(gains) / Math.sqrt(centralMoment(gains, 2))) * Math.sqrt(gains.length);
  }
  const martingales = sampleProfiles.map((profile) =>
    syntheticCandles(profile, { ...span, martingale: true }),
  );

  it('pays nothing for holding, following, fading, or watching the range or the volume', () => {
    for (const candles of martingales) {
      const { open, high, low, close, volume } = candles;
      const rules: ((row: number) => number)[] = [
        () => 1,
        (row) => close[row]! - open[row]!,
        (row) => close[row]! - close[row - 24]!,
        (row) => close[row]! - close[row - 168]!,
        (row) => close[row]! - (high[row]! + low[row]!) / 2,
        (row) => volume[row]! - volume[row - 1]!,
        (row) => close[row]! - open[0]!,
      ];
      // 56 tests of a true null: one beyond 3.9 would come once in about 190 sets.
      for (const rule of rules) expect(Math.abs(edge(candles, rule))).toBeLessThan(3.9);
    }
  });

  it('pays at once for one hour of foresight', () => {
    for (const candles of martingales) {
      const leak = (row: number) => candles.close[row + 1]! - candles.open[row + 1]!;
      expect(edge(candles, leak)).toBeGreaterThan(50);
    }
  });

  it('differs from the default in drift alone', () => {
    const [martingale, usual] = [martingales[0]!, series.get('BTC_USDT')!];
    expect(correlation(logReturns(martingale), logReturns(usual))).toBeGreaterThan(0.999);
    expect(martingale.close.at(-1)).not.toBe(usual.close.at(-1));
  });
});
