import { join } from 'node:path';
import { timeframeMs, type ImportReport } from '@app/contracts';
import { CandleFile } from '../candle-file.js';
import { CandleFileError } from '../candle-format.js';
import type { SeriesTarget } from '../candle-store.js';
import { importCandles } from '../import/import-candles.js';
import type { RawRow, RowValidator } from '../import/row-validator.js';
import { bucketStart, nextBucketStart } from '../resample.js';
import { candlePages, type PageCounts, type PageOrder } from './candle-pages.js';
import { DownloadError } from './download-error.js';
import type { Exchange } from './exchange.js';
import { PartialDownload } from './partial-download.js';

export interface DownloadOrder {
  readonly exchangeId: string;
  readonly exchange: Exchange;
  readonly target: SeriesTarget;
  /** Null: from the candle after the last that is stored. */
  readonly startMs: number | null;
  /** Where to start when nothing is stored to go on from; null for nowhere. */
  readonly fallbackStartMs?: number | null;
  /** Null: up to now. */
  readonly endMs: number | null;
  /** A folder of this download alone, in which it is taken up again after a kill. */
  readonly workFolder: string;
  onProgress(line: string, fraction: number | null): void;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: PageOrder['clock'];
  readonly sleep?: PageOrder['sleep'];
}

/**
 * Downloads the candles of a span and merges them into the stored series, all at once at the end.
 *
 * @throws DownloadError
 * @throws ImportRejected when the exchange has no candle of the span
 */
export async function downloadCandles(order: DownloadOrder): Promise<ImportReport> {
  const { target, exchangeId, workFolder } = order;
  const lengthMs = timeframeMs[target.timeframe];
  const now = (order.clock ?? Date.now)();
  const startMs = nextBucketStart(
    order.startMs ?? (await afterLastStored(target, order.fallbackStartMs ?? null)),
    target.timeframe,
  );
  const endMs = Math.min(order.endMs ?? now, now);
  const counts: PageCounts = { pages: 0, retries: 0, unfinished: 0 };
  const partial = await PartialDownload.open(join(workFolder, 'partial'));
  try {
    const sinceMs = partial.latestMs === null ? startMs : partial.latestMs + lengthMs;
    const pages = candlePages(
      {
        exchange: order.exchange,
        timeframeMs: lengthMs,
        startMs: sinceMs,
        endMs,
        signal: order.signal,
        ...(order.clock && { clock: order.clock }),
        ...(order.sleep && { sleep: order.sleep }),
      },
      counts,
    );
    for await (const page of pages) {
      await partial.append(page);
      const reachedMs = partial.latestMs ?? startMs;
      const reached = new Date(reachedMs).toISOString().slice(0, 16).replace('T', ' ');
      order.onProgress(
        `📥 Downloading ${exchangeId} ${order.exchange.market} ${target.timeframe}: ${partial.rowCount} candles, up to ${reached}…`,
        Math.max(0, Math.min(1, (reachedMs - startMs) / Math.max(1, endMs - startMs))),
      );
    }
    if (partial.rowCount === 0 && (await isUpToDate(target, endMs))) return await upToDate(order, counts);
    const report = await importCandles({
      target,
      source: `${exchangeId} ${order.exchange.market}`,
      detected: null,
      zoneIsGiven: true,
      mode: 'merge',
      // An exchange's impossible candle is a gap, and is named; it does not spoil the years around it.
      onBadRows: 'skip',
      preview: false,
      spoolPath: join(workFolder, 'spool'),
      rows: (intake) => rowsOf(partial, counts, intake),
      onProgress: (rows) => {
        order.onProgress(`📥 Storing candle ${rows} of ${partial.rowCount}…`, null);
      },
      signal: order.signal,
    });
    return { ...report, download: downloadOf(order, counts, partial.resumedRows) };
  } finally {
    await partial.close();
  }
}

async function* rowsOf(
  partial: PartialDownload,
  counts: PageCounts,
  intake: RowValidator,
): AsyncGenerator<RawRow, void> {
  for (let i = 0; i < counts.unfinished; i++) {
    intake.repaired.add('UNFINISHED', null, () => 'a candle that had not ended was left out');
  }
  let number = 0;
  for await (const row of partial.rows()) {
    number += 1;
    const { time } = row;
    yield {
      ...row,
      number,
      time: Number.isFinite(time)
        ? { ms: time, hasZone: true, wallMs: time }
        : { problem: 'TIME_UNREADABLE' },
      timeText: Number.isFinite(time) ? new Date(time).toISOString() : String(time),
    };
  }
}

async function afterLastStored(target: SeriesTarget, fallbackMs: number | null): Promise<number> {
  const header = await storedHeader(target);
  if (header !== null && !header.synthetic) return header.endMs + 1;
  if (fallbackMs !== null) return fallbackMs;
  const message = `There are no real ${target.timeframe} candles of ${target.symbol} yet to go on from; say where to start.`;
  throw new DownloadError('START_NEEDED', message);
}

/** Nothing came, and the last candle that has ended is stored already. */
async function isUpToDate(target: SeriesTarget, endMs: number): Promise<boolean> {
  const header = await storedHeader(target);
  const lastEndedMs = bucketStart(endMs, target.timeframe) - timeframeMs[target.timeframe];
  return header !== null && !header.synthetic && header.endMs >= lastEndedMs;
}

async function upToDate(order: DownloadOrder, counts: PageCounts): Promise<ImportReport> {
  const { target } = order;
  const header = (await storedHeader(target))!;
  return {
    source: header.source,
    preview: false,
    detected: null,
    order: null,
    rows: { read: 0, kept: 0, repaired: 0, refused: 0 },
    repaired: [],
    refused: [],
    first_rows: [],
    download: downloadOf(order, counts, 0),
    dataset: {
      symbol: header.symbol,
      timeframe: header.timeframe,
      shared: target.shared,
      start: new Date(header.startMs).toISOString(),
      end: new Date(header.endMs).toISOString(),
      rows: header.rows,
      added: 0,
      overlapping: 0,
      replaced_synthetic: false,
      missing: header.missing,
      gaps: [],
      sha256: header.sha256,
    },
  };
}

function downloadOf(order: DownloadOrder, counts: PageCounts, resumedRows: number): ImportReport['download'] {
  const { pages, retries } = counts;
  return { exchange: order.exchangeId, pages, retries, resumed_rows: resumedRows };
}

async function storedHeader(target: SeriesTarget): Promise<CandleFile['header'] | null> {
  try {
    return await CandleFile.with(target.path, (file) => Promise.resolve(file.header));
  } catch (error) {
    if (error instanceof CandleFileError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
