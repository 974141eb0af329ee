import { sliceCandles, type Candles } from '@app/backtest';
import { timeframeMs, type Timeframe } from '@app/contracts';
import {
  readCandleFile,
  readCandleFileHeader,
  type CandleFileHeader,
  type CandleSpan,
} from './candle-file.js';
import { canResample, nextBucketStart, resampleCandles } from './resample.js';

export interface ReadCandles {
  readonly candles: Candles;
  /** Of the file read; its timeframe is shorter than the one asked for when the candles were resampled. */
  readonly header: CandleFileHeader;
  readonly sha256: string;
  readonly synthetic: boolean;
}

/**
 * Candles of any timeframe that the file at `path` can give, resampled when it holds a shorter one.
 *
 * `span` speaks of the candles asked for: their opening times lie in `[fromMs, toMs)`, at most `maxRows`
 * of them. Only the bars which these need are read, and each is made of all its bars in the file.
 *
 * @throws CandleFileError
 * @throws RangeError if the file's candles do not make up whole candles of `timeframe`
 */
export async function readCandles(
  path: string,
  timeframe: Timeframe,
  span: CandleSpan = {},
): Promise<ReadCandles> {
  const stored = await readCandleFileHeader(path);
  if (!canResample(stored.timeframe, timeframe)) {
    throw new RangeError(`${path} holds ${stored.timeframe} candles, which do not make up ${timeframe} ones`);
  }
  const { fromMs = -Infinity, toMs = Infinity, maxRows = Infinity } = span;
  if (stored.timeframe === timeframe) {
    const { candles, header } = await readCandleFile(path, span);
    return { candles, header, sha256: header.sha256, synthetic: header.synthetic };
  }
  // A bucket has at most this many bars, so so many times the rows cover the buckets wanted to their ends.
  const barsPerBucket = timeframeMs[timeframe] / timeframeMs[stored.timeframe];
  const { candles, header } = await readCandleFile(path, {
    fromMs: nextBucketStart(fromMs, timeframe),
    toMs: nextBucketStart(toMs, timeframe),
    maxRows: maxRows * barsPerBucket,
  });
  const resampled = resampleCandles(candles, timeframe);
  return {
    candles: resampled.time.length > maxRows ? sliceCandles(resampled, 0, maxRows) : resampled,
    header,
    sha256: header.sha256,
    synthetic: header.synthetic,
  };
}
