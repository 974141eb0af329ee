import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  timeframeMs,
  type CandleList,
  type CandleQuery,
  type DatasetInfo,
  type DatasetParams,
  type ListQuery,
  type OwnershipQuery,
  type Page,
  type SymbolInfo,
  type Timeframe,
  type Verification,
} from '@app/contracts';
import { Injectable, Logger } from '@nestjs/common';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { Config } from '../config/config.js';
import { pageByKey } from '../http/cursor.js';
import { HttpProblem } from '../problems/http-problem.js';
import { CandleFile, readCandleFileHeader } from './candle-file.js';
import { CandleStore, type CandleSource } from './candle-store.js';
import { candlesCsv } from './candles-csv.js';
import { readCandlesOf } from './read-candles.js';
import { nextBucketStart } from './resample.js';
import { removeSeries } from './store-candles.js';
import { verifySeries } from './verify-series.js';

type Viewer = Pick<CurrentUser, 'userId'>;

/** So many stored bars are read and resampled before the event loop gets its turn: a few milliseconds, even cold. */
const barsAtATime = 20_000;
const mostSymbolsNamed = 20;

/** Market data as a user sees it: the user's own and what is shared. */
@Injectable()
export class MarketDataService {
  readonly #logger = new Logger(MarketDataService.name);
  readonly #folder: string;

  constructor(config: Config) {
    this.#folder = join(config.dataDir, 'market-data');
  }

  /** By symbol, the shortest timeframe first. */
  async list(viewer: Viewer, query: ListQuery): Promise<Page<SymbolInfo>> {
    return pageByKey(await this.storeOf(viewer).list(), query, seriesKey);
  }

  /** Every stored series that the user may see, also the shared ones which own data hides. */
  async datasets(viewer: Viewer, query: ListQuery): Promise<Page<DatasetInfo>> {
    const datasets = await this.storeOf(viewer).datasets();
    return pageByKey(datasets, query, (dataset) => `${dataset.owner} ${seriesKey(dataset)}`);
  }

  /** Looks at every candle of a series. */
  async verify(viewer: Viewer, params: DatasetParams, { shared }: OwnershipQuery): Promise<Verification> {
    return verifySeries(await this.#seriesPath(viewer, params, shared));
  }

  /** The series as CSV in pieces, and a name for the file. */
  async export(
    viewer: Viewer,
    params: DatasetParams,
    { shared }: OwnershipQuery,
  ): Promise<{ filename: string; pieces: AsyncIterable<string> }> {
    const path = await this.#seriesPath(viewer, params, shared);
    const { symbol, timeframe, synthetic } = await readCandleFileHeader(path);
    const filename = `${symbol}-${timeframe}${synthetic ? '-synthetic' : ''}.csv`;
    return { filename, pieces: candlesCsv(path) };
  }

  /** Removes own data, or shared data for an admin; results made from it keep its checksum. */
  async remove(
    viewer: Pick<CurrentUser, 'userId' | 'isAdmin'>,
    { symbol, timeframe }: DatasetParams,
    { shared }: OwnershipQuery,
  ): Promise<void> {
    if (shared && !viewer.isAdmin) throw HttpProblem.forbidden();
    const store = shared ? new CandleStore(this.#folder) : this.storeOf(viewer);
    const path = await store.series(symbol, timeframe);
    if (path === null || !(await removeSeries(path))) throw HttpProblem.notFound();
  }

  /** The user's own series, else the shared one, or that alone. */
  async #seriesPath(viewer: Viewer, { symbol, timeframe }: DatasetParams, shared: boolean): Promise<string> {
    const own = shared ? null : await this.storeOf(viewer).series(symbol, timeframe);
    const path = own ?? (await new CandleStore(this.#folder).series(symbol, timeframe));
    if (path === null) throw HttpProblem.notFound();
    return path;
  }

  /** The store through this user's eyes. */
  storeOf(viewer: Viewer): CandleStore {
    return new CandleStore(this.#folder, {
      userId: viewer.userId,
      onBrokenFile: (error) => this.#logger.warn(`Left out of the list: ${error.message}`),
    });
  }

  /**
   * The file from which a task's process can read these candles by `readCandles(path, timeframe, span)`.
   *
   * @throws HttpProblem 422 NO_MARKET_DATA naming the symbols that there are
   */
  async require(viewer: Viewer, symbol: string, timeframe: Timeframe): Promise<CandleSource> {
    const store = this.storeOf(viewer);
    const source = await store.find(symbol, timeframe);
    if (source !== null) return source;
    const known = await store.symbols();
    const more = known.length > mostSymbolsNamed ? ` and ${known.length - mostSymbolsNamed} more` : '';
    const there = known.length === 0 ? 'none' : known.slice(0, mostSymbolsNamed).join(', ') + more;
    const detail = `There are no ${timeframe} candles of ${symbol}, nor shorter ones to make them from; there is data of: ${there}.`;
    throw new HttpProblem(422, 'NO_MARKET_DATA', detail, {
      errors: [{ path: 'symbol', message: `no ${timeframe} candles of ${symbol}` }],
    });
  }

  /**
   * Candles opening in `[start, end)`, oldest first: the first `limit` from `start`, or without a start
   * those of the last `limit` periods.
   *
   * @throws HttpProblem 422 NO_MARKET_DATA
   */
  async candles(viewer: Viewer, query: CandleQuery): Promise<CandleList> {
    const { timeframe } = query;
    const source = await this.require(viewer, query.symbol, timeframe);
    return CandleFile.with(source.path, (file) => candlesOf(file, query));
  }
}

/** Reads from one open file, which stays what it is if it is replaced meanwhile. */
async function candlesOf(file: CandleFile, query: CandleQuery): Promise<CandleList> {
  const { timeframe, limit } = query;
  const { header } = file;
  const lengthMs = timeframeMs[timeframe];
  const toMs = Math.min(query.end === undefined ? Infinity : Date.parse(query.end), header.endMs + 1);
  let fromMs =
    query.start === undefined ? nextBucketStart(toMs, timeframe) - limit * lengthMs : Date.parse(query.start);

  const candles: CandleList['candles'] = [];
  const rowsAtATime = Math.max(1, Math.floor((barsAtATime * timeframeMs[header.timeframe]) / lengthMs));
  while (candles.length < limit && fromMs < toMs) {
    const maxRows = Math.min(limit - candles.length, rowsAtATime);
    const part = (await readCandlesOf(file, timeframe, { fromMs, toMs, maxRows })).candles;
    const rows = part.time.length;
    for (let row = 0; row < rows; row++) {
      candles.push({
        time: new Date(part.time[row]!).toISOString(),
        open: part.open[row]!,
        high: part.high[row]!,
        low: part.low[row]!,
        close: part.close[row]!,
        volume: part.volume[row]!,
      });
    }
    if (rows < maxRows) break;
    fromMs = part.time[rows - 1]! + 1;
    await setImmediate();
  }
  return { symbol: header.symbol, timeframe, synthetic: header.synthetic, candles };
}

function seriesKey({ symbol, timeframe }: SymbolInfo): string {
  return `${symbol} ${String(timeframeMs[timeframe]).padStart(12, '0')}`;
}
