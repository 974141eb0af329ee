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
  const resampler = new Resampler(timeframe, {
    rows,
    fromMs: candles.time[0]!,
    toMs: candles.time[rows - 1]!,
  });
  resampler.push(candles);
  return resampler.candles();
}

/** `resampleCandles` for bars that come in blocks, oldest first; it keeps none of their memory. */
export class Resampler {
  readonly #lengthMs: number;
  readonly #out: Candles;
  #buckets = 0;
  /** Where the last bucket ends. */
  #endMs = -Infinity;

  /** @param most how many bars will come at most, and the times of the first and the last that may */
  constructor(
    private readonly timeframe: Timeframe,
    most: { readonly rows: number; readonly fromMs: number; readonly toMs: number },
  ) {
    this.#lengthMs = timeframeMs[timeframe];
    const spanned = Math.max(0, Math.floor((most.toMs - most.fromMs) / this.#lengthMs) + 2);
    const column = (): Float64Array => new Float64Array(Math.min(most.rows, spanned));
    this.#out = {
      time: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
    };
  }

  push(candles: Candles): void {
    const { time } = candles;
    const out = this.#out;
    for (let row = 0; row < time.length;) {
      if (time[row]! >= this.#endMs) {
        const startMs = bucketStart(time[row]!, this.timeframe);
        this.#endMs = startMs + this.#lengthMs;
        out.time[this.#buckets] = startMs;
        out.open[this.#buckets] = candles.open[row]!;
        out.high[this.#buckets] = -Infinity;
        out.low[this.#buckets] = Infinity;
        this.#buckets++;
      }
      const bucket = this.#buckets - 1;
      const endMs = this.#endMs;
      let high = out.high[bucket]!;
      let low = out.low[bucket]!;
      let volume = out.volume[bucket]!;
      for (; row < time.length && time[row]! < endMs; row++) {
        if (candles.high[row]! > high) high = candles.high[row]!;
        if (candles.low[row]! < low) low = candles.low[row]!;
        volume += candles.volume[row]!;
      }
      out.high[bucket] = high;
      out.low[bucket] = low;
      out.close[bucket] = candles.close[row - 1]!;
      out.volume[bucket] = volume;
    }
  }

  /** All buckets so far, as views. */
  candles(): Candles {
    return sliceCandles(this.#out, 0, this.#buckets);
  }
}
