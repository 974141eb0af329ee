import type { Candles } from './candles.js';
import { BacktestInputError } from './errors.js';

/** What is odd about candles without making them unusable. */
export interface CandleFindings {
  /** Bars whose open or close lies outside [low, high]; used as they are. */
  readonly outsideRange: number;
  /** Bars whose volume is negative or not a number; used as they are. */
  readonly oddVolume: number;
}

/** Candles are never changed, so those of a sweep are judged once for all of its runs. */
const judged = new WeakMap<Candles, CandleFindings>();

/**
 * Refuses candles that no backtest can be trusted on, and counts what is merely odd.
 *
 * Throws `BacktestInputError` naming the first bad bar: EMPTY_RANGE, LENGTH_MISMATCH, NOT_FINITE,
 * UNSORTED_TIME, DUPLICATE_TIME, NON_POSITIVE_PRICE or HIGH_BELOW_LOW.
 */
export function checkCandles(candles: Candles): CandleFindings {
  let findings = judged.get(candles);
  if (findings === undefined) {
    findings = judge(candles);
    judged.set(candles, findings);
  }
  return findings;
}

function judge(candles: Candles): CandleFindings {
  const { time, open, high, low, close, volume } = candles;
  const n = time.length;
  if (n === 0) throw new BacktestInputError('EMPTY_RANGE', 'There is no bar in the range');
  for (const [name, column] of Object.entries({ open, high, low, close, volume })) {
    if (column.length !== n) {
      throw new BacktestInputError('LENGTH_MISMATCH', `${name} has ${column.length} values for ${n} times`);
    }
  }
  let outsideRange = 0;
  let oddVolume = 0;
  let previous = -Infinity;
  for (let i = 0; i < n; i++) {
    const o = open[i]!;
    const h = high[i]!;
    const l = low[i]!;
    const c = close[i]!;
    const at = time[i]!;
    // One comparison each, false for NaN: only a bad bar is looked at again to say what is wrong.
    const isSound = l > 0 && o > 0 && c > 0 && h >= l && h < Infinity && o < Infinity && c < Infinity;
    if (!(isSound && at > previous && at < Infinity)) throw faultOf(candles, i);
    previous = at;
    if (o > h || o < l || c > h || c < l) outsideRange++;
    if (!(volume[i]! >= 0)) oddVolume++;
  }
  return { outsideRange, oddVolume };
}

function faultOf({ time, open, high, low, close }: Candles, i: number): BacktestInputError {
  const prices = [open[i]!, high[i]!, low[i]!, close[i]!];
  const at = time[i]!;
  if (!prices.every(Number.isFinite)) {
    return new BacktestInputError('NOT_FINITE', `Bar ${i} has a price that is not a finite number`);
  }
  if (!Number.isFinite(at)) return new BacktestInputError('NOT_FINITE', `Bar ${i} has no valid time`);
  if (!prices.every((price) => price > 0)) {
    return new BacktestInputError('NON_POSITIVE_PRICE', `Bar ${i} has a price of zero or below`);
  }
  if (high[i]! < low[i]!) {
    return new BacktestInputError('HIGH_BELOW_LOW', `Bar ${i} has high ${high[i]!} below low ${low[i]!}`);
  }
  const when = new Date(at).toISOString();
  return at === time[i - 1]
    ? new BacktestInputError('DUPLICATE_TIME', `Bar ${i} at ${when} repeats the time before it`)
    : new BacktestInputError('UNSORTED_TIME', `Bar ${i} at ${when} precedes the bar before it`);
}
