import type { Candles } from './candles.js';
import { BacktestInputError } from './errors.js';

/** What is odd about candles without making them unusable. */
export interface CandleFindings {
  /** Bars whose open or close lies outside [low, high]; used as they are. */
  readonly outsideRange: number;
  /** Bars whose volume is negative or not a number; used as they are. */
  readonly oddVolume: number;
}

/**
 * Refuses candles that no backtest can be trusted on, and counts what is merely odd.
 *
 * Throws `BacktestInputError` naming the first bad bar: EMPTY_RANGE, LENGTH_MISMATCH, NOT_FINITE,
 * UNSORTED_TIME, DUPLICATE_TIME, NON_POSITIVE_PRICE or HIGH_BELOW_LOW.
 */
export function checkCandles(candles: Candles): CandleFindings {
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
  for (let i = 0; i < n; i++) {
    const o = open[i]!;
    const h = high[i]!;
    const l = low[i]!;
    const c = close[i]!;
    const at = time[i]!;
    if (!(Number.isFinite(o) && Number.isFinite(h) && Number.isFinite(l) && Number.isFinite(c))) {
      throw new BacktestInputError('NOT_FINITE', `Bar ${i} has a price that is not a finite number`);
    }
    if (!Number.isFinite(at)) throw new BacktestInputError('NOT_FINITE', `Bar ${i} has no valid time`);
    if (i > 0 && at <= time[i - 1]!) {
      const [code, what] =
        at === time[i - 1]
          ? (['DUPLICATE_TIME', 'repeats'] as const)
          : (['UNSORTED_TIME', 'precedes'] as const);
      throw new BacktestInputError(
        code,
        `Bar ${i} at ${new Date(at).toISOString()} ${what} the bar before it`,
      );
    }
    if (!(o > 0 && h > 0 && l > 0 && c > 0)) {
      throw new BacktestInputError('NON_POSITIVE_PRICE', `Bar ${i} has a price of zero or below`);
    }
    if (h < l) throw new BacktestInputError('HIGH_BELOW_LOW', `Bar ${i} has high ${h} below low ${l}`);
    if (o > h || o < l || c > h || c < l) outsideRange++;
    if (!(volume[i]! >= 0)) oddVolume++;
  }
  return { outsideRange, oddVolume };
}
