import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportReport, Timeframe } from '@app/contracts';
import { CandleStore } from '../src/market-data/candle-store.js';
import { downloadCandles, type DownloadOrder } from '../src/market-data/download/download-candles.js';
import { DownloadError } from '../src/market-data/download/download-error.js';
import { connectToExchange } from '../src/market-data/download/exchange.js';
import { ImportRejected } from '../src/market-data/import/import-candles.js';
import { FakeExchange, type Kline } from './market-data-exchange.js';

const minuteMs = 60_000;
const startMs = Date.UTC(2024, 0, 1);
const rows = 2500; // three pages of Binance
const endMs = startMs + rows * minuteMs;
const minutes = Array.from({ length: rows }, (_, i) => startMs + i * minuteMs);

let folder: string;
let store: CandleStore;
let exchange: FakeExchange;
let waits: number[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  store = new CandleStore(join(folder, 'market-data'));
  exchange = await new FakeExchange(minutes, minuteMs).start();
  waits = [];
});
afterEach(async () => {
  await exchange.stop();
  await rm(folder, { recursive: true });
});

async function download(
  options: Partial<DownloadOrder> & { symbol?: string; timeframe?: Timeframe } = {},
): Promise<ImportReport> {
  const { symbol = 'BTC_USDT', timeframe = '1m' } = options;
  return downloadCandles({
    exchangeId: 'binance',
    exchange: await connectToExchange('binance', symbol, timeframe, exchange.url),
    target: await store.target(symbol, timeframe),
    startMs,
    endMs,
    workFolder: folder,
    onProgress: () => undefined,
    clock: () => endMs + 1,
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
}

const stored = async () => (await store.read('BTC_USDT', '1m'))!.candles;
const refuse =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers).end('{"code":-1003,"msg":"Too many requests."}');
  };

describe('a download from an exchange', () => {
  it('pages from one candle after the last, and stores every candle once', async () => {
    const report = await download();
    expect(exchange.requests.map(({ startMs: at }) => (at - startMs) / minuteMs)).toEqual([0, 1000, 2000]);
    expect(report.download).toEqual({ exchange: 'binance', pages: 3, retries: 0, resumed_rows: 0 });
    expect(report.dataset).toMatchObject({ rows, added: rows, missing: 0, gaps: [] });
    expect(report.source).toBe('binance BTC/USDT');
    const candles = await stored();
    expect(Array.from(candles.time)).toEqual(minutes);
    expect([candles.open[7], candles.high[7], candles.low[7], candles.volume[7]]).toEqual([
      100 + ((startMs / minuteMs + 7) % 50),
      102 + ((startMs / minuteMs + 7) % 50),
      98 + ((startMs / minuteMs + 7) % 50),
      10,
    ]);
  });

  it('finds a market by its name without a separator', async () => {
    expect((await download({ symbol: 'BTCUSDT' })).dataset).toMatchObject({ symbol: 'BTCUSDT', rows });
  });

  it('puts up with candles that come doubled, in reverse, from before and from after', async () => {
    exchange.mischief = (page) => {
      const stray: Kline[] = [
        [startMs - minuteMs, ...page[0]!.slice(1)] as Kline,
        [endMs, ...page[0]!.slice(1)] as Kline,
      ];
      return [...page, ...page.slice(0, 10), ...stray].reverse();
    };
    const report = await download();
    expect(Array.from((await stored()).time)).toEqual(minutes);
    expect(report.repaired.find(({ code }) => code === 'DUPLICATE')?.count).toBe(30);
    expect(report.dataset).toMatchObject({ rows, missing: 0 });
  });

  it('asks again for candles that a page left out', async () => {
    // The first answer skips two thirds of its page; the second question about the hole is answered honestly.
    exchange.mischief = (page, request) =>
      request === 1 ? page.filter((_, i) => i < 300 || i >= 900) : page;
    const report = await download();
    expect(report.dataset).toMatchObject({ rows, missing: 0 });
    expect(exchange.requests[1]).toEqual({ startMs: startMs + 300 * minuteMs, limit: 600 });
  });

  it('goes on behind a hole that is one, and reports it', async () => {
    const hole = (time: number) => time >= startMs + 500 * minuteMs && time < startMs + 2100 * minuteMs;
    exchange.mischief = (page) => page.filter(([time]) => !hole(time));
    const report = await download();
    expect(report.dataset).toMatchObject({ rows: rows - 1600, missing: 1600 });
    expect(report.dataset?.gaps).toEqual([
      { from: '2024-01-01T08:20:00.000Z', to: '2024-01-02T11:00:00.000Z', missing: 1600 },
    ]);
  });

  it('leaves out the candle that has not ended', async () => {
    const now = startMs + 100 * minuteMs + 30_000;
    const report = await download({ endMs: null, clock: () => now });
    expect((await stored()).time.at(-1)).toBe(startMs + 99 * minuteMs);
    expect(report.repaired).toEqual([
      { code: 'UNFINISHED', count: 1, first: [{ row: null, message: expect.stringContaining('not ended') }] },
    ]);
  });

  it('names impossible candles and leaves them out', async () => {
    exchange.mischief = (page) =>
      page.map((kline, i) => (i === 5 ? ([kline[0], '0', ...kline.slice(2)] as Kline) : kline));
    const report = await download({ endMs: startMs + 100 * minuteMs });
    expect(report.refused).toEqual([
      {
        code: 'PRICE_NOT_POSITIVE',
        count: 1,
        first: [{ row: 6, message: 'open at 2024-01-01T00:05:00.000Z is 0' }],
      },
    ]);
    expect(report.dataset).toMatchObject({ rows: 99, missing: 1 });
  });
});

describe('an exchange that is busy or broken', () => {
  it('is asked again, each time later, and no sooner than it says', async () => {
    const answers = [refuse(429, { 'Retry-After': '30' }), refuse(418), refuse(503), refuse(500)];
    exchange.mischief = (page, request, response) => {
      answers[request - 1]?.(response);
      return page;
    };
    const report = await download();
    expect(waits).toEqual([30_000, 2000, 4000, 8000]);
    expect(report.download).toMatchObject({ retries: 4, pages: 3 });
    expect(report.dataset).toMatchObject({ rows, missing: 0 });
  });

  it('fails the download in the end, and nothing is stored', async () => {
    exchange.mischief = (page, request, response) => {
      if (request > 1) refuse(503)(response);
      return page;
    };
    const error = await download().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      message: expect.stringContaining('8 attempts'),
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]);
    expect(await store.list()).toEqual([]);
  });

  it('is not asked again when it says that the question is wrong', async () => {
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'none',
        (error: unknown) => (error instanceof DownloadError ? error.code : String(error)),
      );
    expect(await codeOf(download({ symbol: 'DOGE_USDT' }))).toBe('UNKNOWN_SYMBOL');
    expect(await codeOf(connectToExchange('notanexchange', 'BTC_USDT', '1m', null))).toBe('UNKNOWN_EXCHANGE');
    expect(waits).toEqual([]);
  });

  it('stops between two pages when the task is cancelled', async () => {
    const abort = new AbortController();
    exchange.mischief = (page) => {
      abort.abort(new Error('cancelled'));
      return page;
    };
    await expect(download({ signal: abort.signal })).rejects.toThrow('cancelled');
    expect(exchange.requests).toHaveLength(1);
  });
});

describe('a download that was interrupted', () => {
  it('is taken up where it was, without asking for the same again', async () => {
    const abort = new AbortController();
    exchange.mischief = (page, request) => {
      if (request === 2) abort.abort(new Error('killed'));
      return page;
    };
    await expect(download({ signal: abort.signal })).rejects.toThrow('killed');
    // The kill came while a row was being written.
    await appendFile(join(folder, 'partial'), Buffer.alloc(20));
    expect(await readdir(folder)).toContain('partial');
    exchange.mischief = null;
    const report = await download();
    expect(exchange.requests.at(-1)).toMatchObject({ startMs: startMs + 2000 * minuteMs });
    expect(report.download).toMatchObject({ resumed_rows: 2000, pages: 1 });
    expect(Array.from((await stored()).time)).toEqual(minutes);
  });
});

describe('an update', () => {
  it('asks for what is new only, and merges it', async () => {
    await download({ endMs: startMs + 1500 * minuteMs });
    exchange.requests.length = 0;
    await rm(join(folder, 'partial'));
    const report = await download({ startMs: null, endMs: null });
    expect(exchange.requests[0]).toMatchObject({ startMs: startMs + 1500 * minuteMs });
    expect(report.dataset).toMatchObject({ rows, added: 1000, overlapping: 0, missing: 0 });
  });

  it('is content when there is nothing new', async () => {
    await download();
    await rm(join(folder, 'partial'));
    const report = await download({ startMs: null, endMs: null });
    expect(report).toMatchObject({ rows: { read: 0 }, dataset: { rows, added: 0 } });
  });

  it('needs to be told where to start when nothing is stored', async () => {
    await expect(download({ startMs: null })).rejects.toMatchObject({ code: 'START_NEEDED' });
    expect((await download({ startMs: null, fallbackStartMs: startMs })).dataset).toMatchObject({ rows });
  });

  it('of a span without a candle stores nothing and says so', async () => {
    const error = await download({
      startMs: endMs - 10 * 86_400_000 - rows * minuteMs,
      endMs: startMs,
    }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ImportRejected);
    expect(error).toMatchObject({ code: 'NO_ROWS' });
  });
});
