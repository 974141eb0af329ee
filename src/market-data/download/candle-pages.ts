import { setTimeout as delay } from 'node:timers/promises';
import type { OHLCV } from 'ccxt';
import type { CandleRow } from '../candle-spool.js';
import { DownloadError } from './download-error.js';
import type { Exchange } from './exchange.js';

export interface PageOrder {
  readonly exchange: Pick<Exchange, 'fetch' | 'pageRows'>;
  readonly timeframeMs: number;
  /** Opening times in `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface PageCounts {
  pages: number;
  retries: number;
  /** Candles that had not ended yet. */
  unfinished: number;
}

const mostAttempts = 8;
const firstWaitMs = 1000;
const longestWaitMs = 60_000;
const longestRetryAfterMs = 300_000;
/** Holes within one page that are asked for once more; what stays a hole is one. */
const holesAskedAgain = 5;

/**
 * The candles of a span, page by page: each page begins one candle after the last that came.
 *
 * Exchanges err: rows may come doubled, unordered, from before the page or after the span, or not at all.
 * Rows outside the span, and the candle that has not ended, are dropped; holes are asked for once more; an
 * empty page moves on by its length, so that the end is always reached. Doubled rows pass: who stores them
 * sorts and counts them.
 *
 * @throws DownloadError
 */
export async function* candlePages(order: PageOrder, counts: PageCounts): AsyncGenerator<CandleRow[], void> {
  const { exchange, timeframeMs, endMs } = order;
  const { pageRows } = exchange;
  for (let sinceMs = order.startMs; sinceMs < endMs;) {
    const page = await askPage(order, counts, sinceMs, pageRows);
    for (const hole of holesIn(page, sinceMs, timeframeMs).slice(0, holesAskedAgain)) {
      const rows = Math.min(pageRows, Math.ceil((hole.toMs - hole.fromMs) / timeframeMs));
      const found = await askPage(order, counts, hole.fromMs, rows);
      page.push(...found.filter(({ time }) => time < hole.toMs));
    }
    if (page.length > 0) yield page;
    const lastMs = page.reduce((latest, { time }) => Math.max(latest, time), -Infinity);
    sinceMs = page.length > 0 ? lastMs + timeframeMs : sinceMs + pageRows * timeframeMs;
    // What has not ended yet is all that is left.
    if (sinceMs + timeframeMs > (order.clock ?? Date.now)()) break;
  }
}

/** Where candles are missing between `sinceMs` and the last of a page. */
function holesIn(
  page: readonly CandleRow[],
  sinceMs: number,
  timeframeMs: number,
): { fromMs: number; toMs: number }[] {
  const times = page.map(({ time }) => time).sort((a, b) => a - b);
  const holes: { fromMs: number; toMs: number }[] = [];
  let expected = sinceMs;
  for (const time of times) {
    if (time - expected >= timeframeMs) holes.push({ fromMs: expected, toMs: time });
    expected = Math.max(expected, time + timeframeMs);
  }
  return holes;
}

async function askPage(
  order: PageOrder,
  counts: PageCounts,
  sinceMs: number,
  rows: number,
): Promise<CandleRow[]> {
  const answer = await askPatiently(order, counts, sinceMs, rows);
  counts.pages += 1;
  const now = (order.clock ?? Date.now)();
  const page: CandleRow[] = [];
  for (const row of answer) {
    const candle = candleOf(row);
    if (candle.time < sinceMs || !(candle.time < order.endMs)) continue;
    if (candle.time + order.timeframeMs > now) counts.unfinished += 1;
    else page.push(candle);
  }
  return page;
}

/** Waits twice as long after each failure, and as long as the exchange asks for. */
async function askPatiently(
  order: PageOrder,
  counts: PageCounts,
  sinceMs: number,
  rows: number,
): Promise<OHLCV[]> {
  const sleep = order.sleep ?? defaultSleep;
  for (let attempt = 1; ; attempt++) {
    order.signal?.throwIfAborted();
    try {
      return await order.exchange.fetch(sinceMs, rows);
    } catch (error) {
      if (!(error instanceof DownloadError) || !error.isTemporary) throw error;
      if (attempt === mostAttempts) {
        const message = `The exchange gave no answer in ${mostAttempts} attempts; the last one said: ${error.message}`;
        throw new DownloadError('EXCHANGE_UNAVAILABLE', message, { cause: error });
      }
      counts.retries += 1;
      const backoffMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
      await sleep(Math.max(backoffMs, Math.min(error.retryAfterMs ?? 0, longestRetryAfterMs)), order.signal);
    }
  }
}

function candleOf([time, open, high, low, close, volume]: OHLCV): CandleRow {
  return {
    time: time ?? NaN,
    open: open ?? NaN,
    high: high ?? NaN,
    low: low ?? NaN,
    close: close ?? NaN,
    volume: volume ?? NaN,
  };
}

function defaultSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return delay(ms, undefined, signal === undefined ? {} : { signal });
}
