/**
 * Candles of one symbol and timeframe as columns of equal length, oldest first.
 *
 * `time` is the opening instant of each bar in milliseconds since the Unix epoch (UTC), strictly
 * ascending; prices are in the quote currency; `volume` is in units of the base currency.
 * The arrays are shared, never copied: treat them as immutable.
 */
export interface Candles {
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The bars in `[from, to)` by index, as views on the same memory. */
export function sliceCandles(candles: Candles, from: number, to: number): Candles {
  return {
    time: candles.time.subarray(from, to),
    open: candles.open.subarray(from, to),
    high: candles.high.subarray(from, to),
    low: candles.low.subarray(from, to),
    close: candles.close.subarray(from, to),
    volume: candles.volume.subarray(from, to),
  };
}

/** The index of the first bar whose opening time is at or after `timeMs`; the length if there is none. */
export function firstBarAt(candles: Candles, timeMs: number): number {
  let low = 0;
  let high = candles.time.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (candles.time[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
