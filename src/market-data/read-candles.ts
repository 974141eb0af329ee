import { sliceCandles, type Candles } from '@app/backtest';
import { timeframeMs, type Timeframe } from '@app/contracts';
import { CandleFile, type CandleSpan } from './candle-file.js';
import type { CandleFileHeader } from './candle-format.js';
import { canResample, nextBucketStart, Resampler } from './resample.js';

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
export function readCandles(path: string, timeframe: Timeframe, span: CandleSpan = {}): Promise<ReadCandles> {
  return CandleFile.with(path, (file) => readCandlesOf(file, timeframe, span));
}

/** So many stored bars go through the same three megabytes when longer candles are made of them. */
const barsAtATime = 65_536;

/** `readCandles` of a file that is open: several readings see the same data, whatever replaces it meanwhile. */
export async function readCandlesOf(
  file: CandleFile,
  timeframe: Timeframe,
  span: CandleSpan = {},
): Promise<ReadCandles> {
  const { header, path } = file;
  const of = (candles: Candles): ReadCandles => ({
    candles,
    header,
    sha256: header.sha256,
    synthetic: header.synthetic,
  });
  if (header.timeframe === timeframe) return of(await file.read(await file.rowsIn(span)));
  if (!canResample(header.timeframe, timeframe)) {
    throw new RangeError(`${path} holds ${header.timeframe} candles, which do not make up ${timeframe} ones`);
  }
  const { fromMs = -Infinity, toMs = Infinity, maxRows = Infinity } = span;
  // A bucket has at most this many bars, so so many times the rows cover the buckets wanted to their ends.
  const barsPerBucket = timeframeMs[timeframe] / timeframeMs[header.timeframe];
  const range = await file.rowsIn({
    fromMs: nextBucketStart(fromMs, timeframe),
    toMs: nextBucketStart(toMs, timeframe),
    maxRows: maxRows * barsPerBucket,
  });
  const resampler = new Resampler(timeframe, {
    rows: range.end - range.first,
    fromMs: Math.max(fromMs, header.startMs),
    toMs: header.endMs,
  });
  for await (const block of file.blocks(range, barsAtATime)) resampler.push(block);
  const resampled = resampler.candles();
  return of(resampled.time.length > maxRows ? sliceCandles(resampled, 0, maxRows) : resampled);
}
