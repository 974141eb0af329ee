import { sliceCandles, type Candles } from '@app/backtest';
import { timeframeMs, type Timeframe } from '@app/contracts';

/** The epoch was a Thursday; weeks begin on a Monday, four days later. */
const firstMondayMs = 4 * 86_400_000;

/** The opening time of the bucket that holds `timeMs`: UTC, left-closed, weeks from Monday. */
export function bucketStart(timeMs: number, timeframe: Timeframe): number {
  const lengthMs = timeframeMs[timeframe];
  const originMs = timeframe === '1w' ? firstMondayMs : 0;
  return Math.floor((timeMs - originMs) / lengthMs) * lengthMs + originMs;
}

/** The first bucket opening at or after `timeMs`; infinities stay as they are. */
export function nextBucketStart(timeMs: number, timeframe: Timeframe): number {
  if (!Number.isFinite(timeMs)) return timeMs;
  const start = bucketStart(timeMs, timeframe);
  return start === timeMs ? start : start + timeframeMs[timeframe];
}

/** True if whole candles of `from` make up each candle of `to`: equal, or a divisor of it. */
export function canResample(from: Timeframe, to: Timeframe): boolean {
  return timeframeMs[to] % timeframeMs[from] === 0;
}

/**
 * Candles of a longer timeframe: first open, highest high, lowest low, last close, summed volume.
 *
 * Buckets are UTC, left-closed and labelled by their opening time; weeks begin on Monday. A bucket without
 * a bar is absent; one that the input covers only in part is made of what there is. `candles` must be of a
 * timeframe for which `canResample` holds.
 */
export function resampleCandles(candles: Candles, timeframe: Timeframe): Candles {
  const rows = candles.time.length;
  if (rows === 0) return candles;
  const lengthMs = timeframeMs[timeframe];
  const spanned = Math.floor((candles.time[rows - 1]! - candles.time[0]!) / lengthMs) + 2;
  const capacity = Math.min(rows, spanned);
  const out: Candles = {
    time: new Float64Array(capacity),
    open: new Float64Array(capacity),
    high: new Float64Array(capacity),
    low: new Float64Array(capacity),
    close: new Float64Array(capacity),
    volume: new Float64Array(capacity),
  };
  let buckets = 0;
  for (let from = 0; from < rows;) {
    const startMs = bucketStart(candles.time[from]!, timeframe);
    const endMs = startMs + lengthMs;
    let high = candles.high[from]!;
    let low = candles.low[from]!;
    let volume = candles.volume[from]!;
    let next = from + 1;
    for (; next < rows && candles.time[next]! < endMs; next++) {
      if (candles.high[next]! > high) high = candles.high[next]!;
      if (candles.low[next]! < low) low = candles.low[next]!;
      volume += candles.volume[next]!;
    }
    out.time[buckets] = startMs;
    out.open[buckets] = candles.open[from]!;
    out.high[buckets] = high;
    out.low[buckets] = low;
    out.close[buckets] = candles.close[next - 1]!;
    out.volume[buckets] = volume;
    buckets++;
    from = next;
  }
  return sliceCandles(out, 0, buckets);
}
