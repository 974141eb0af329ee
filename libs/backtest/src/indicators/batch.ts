import type { Candles } from '../candles.js';
import { RealisedVolatility, StandardDeviation } from './dispersion.js';
import { Highest, Lowest } from './extremes.js';
import { OnBalanceVolume, RateOfChange } from './momentum.js';
import { Ema, SeededEma } from './moving-average.js';
import { Atr, StochasticK } from './range.js';
import { Rsi } from './rsi.js';
import { RunningSum } from './running-sum.js';

type Bars = Pick<Candles, 'high' | 'low' | 'close' | 'volume'>;

/** One step of an indicator over a single series: the value at this bar, NaN while it warms up. */
export interface SeriesIndicator {
  next(value: number): number;
}

/** Runs an indicator over a whole series; element i depends on values 0..i only. */
export function overSeries(indicator: SeriesIndicator, values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = indicator.next(values[i]!);
  return out;
}

/** Index of the first value that is a number; the length when there is none. */
export function firstValid(values: Float64Array): number {
  let i = 0;
  while (i < values.length && Number.isNaN(values[i])) i++;
  return i;
}

/** Simple moving average of a whole series, the same to the last bit as `Sma` step by step. */
export function sma(values: Float64Array, n: number): Float64Array {
  const out = new Float64Array(values.length);
  const sum = new RunningSum();
  for (let i = 0; i < values.length; i++) {
    const total = sum.slide(values[i]!, i >= n ? values[i - n]! : 0);
    out[i] = i + 1 < n ? NaN : total / n;
  }
  return out;
}

/**
 * Which side the fast simple average last crossed the slow one to: 1 above, -1 below, 0 before the first
 * cross. Both averages in one pass; a cross is from at or below to above, as the strategies have it.
 */
export function smaCrossings(values: Float64Array, fast: number, slow: number): Int8Array {
  const n = values.length;
  const out = new Int8Array(n);
  const fastSum = new RunningSum();
  const slowSum = new RunningSum();
  const validFrom = Math.min(Math.max(fast, slow) - 1, n);
  for (let i = 0; i < validFrom; i++) {
    fastSum.slide(values[i]!, i >= fast ? values[i - fast]! : 0);
    slowSum.slide(values[i]!, i >= slow ? values[i - slow]! : 0);
  }
  let wasAbove = true;
  let wasBelow = true;
  let side = 0;
  for (let i = validFrom; i < n; i++) {
    const value = values[i]!;
    const quick = fastSum.slide(value, i >= fast ? values[i - fast]! : 0) / fast;
    const calm = slowSum.slide(value, i >= slow ? values[i - slow]! : 0) / slow;
    const isAbove = quick > calm;
    const isBelow = calm > quick;
    if (isAbove && !wasAbove) side = 1;
    else if (isBelow && !wasBelow) side = -1;
    wasAbove = isAbove;
    wasBelow = isBelow;
    out[i] = side;
  }
  return out;
}

export const ema = (values: Float64Array, n: number): Float64Array => overSeries(new Ema(n), values);
export const seededEma = (values: Float64Array, n: number): Float64Array =>
  overSeries(new SeededEma(n), values);
export const rsi = (values: Float64Array, n: number): Float64Array => overSeries(new Rsi(n), values);
export const rateOfChange = (values: Float64Array, n: number): Float64Array =>
  overSeries(new RateOfChange(n), values);
export const highest = (values: Float64Array, n: number): Float64Array => overSeries(new Highest(n), values);
export const lowest = (values: Float64Array, n: number): Float64Array => overSeries(new Lowest(n), values);
export const standardDeviation = (values: Float64Array, n: number, ddof: 0 | 1 = 0): Float64Array =>
  overSeries(new StandardDeviation(n, ddof), values);
export const realisedVolatility = (close: Float64Array, n: number): Float64Array =>
  overSeries(new RealisedVolatility(n), close);

export function atr({ high, low, close }: Bars, n: number): Float64Array {
  const indicator = new Atr(n);
  const out = new Float64Array(close.length);
  for (let i = 0; i < out.length; i++) out[i] = indicator.next(high[i]!, low[i]!, close[i]!);
  return out;
}

export function stochasticK({ high, low, close }: Bars, n: number): Float64Array {
  const indicator = new StochasticK(n);
  const out = new Float64Array(close.length);
  for (let i = 0; i < out.length; i++) out[i] = indicator.next(high[i]!, low[i]!, close[i]!);
  return out;
}

export function onBalanceVolume({ close, volume }: Bars): Float64Array {
  const indicator = new OnBalanceVolume();
  const out = new Float64Array(close.length);
  for (let i = 0; i < out.length; i++) out[i] = indicator.next(close[i]!, volume[i]!);
  return out;
}

/** Bollinger bands: SMA ± k population standard deviations (Bollinger 2001), in price units. */
export function bollinger(
  close: Float64Array,
  n: number,
  k: number,
): { middle: Float64Array; upper: Float64Array; lower: Float64Array } {
  const middle = sma(close, n);
  const deviation = standardDeviation(close, n);
  const upper = new Float64Array(close.length);
  const lower = new Float64Array(close.length);
  for (let i = 0; i < close.length; i++) {
    upper[i] = middle[i]! + k * deviation[i]!;
    lower[i] = middle[i]! - k * deviation[i]!;
  }
  return { middle, upper, lower };
}

/** MACD (Appel): fast EMA less slow EMA, and the EMA of that; first-value seeded, so valid from bar 0. */
export function macd(
  close: Float64Array,
  fast: number,
  slow: number,
  signal: number,
): { line: Float64Array; signal: Float64Array } {
  const line = ema(close, fast);
  const slowAverage = ema(close, slow);
  for (let i = 0; i < line.length; i++) line[i]! -= slowAverage[i]!;
  return { line, signal: ema(line, signal) };
}
