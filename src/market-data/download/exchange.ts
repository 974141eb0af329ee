import type { Timeframe } from '@app/contracts';
import { boundedText } from '@app/text';
import type { Exchange as CcxtExchange, OHLCV } from 'ccxt';
import { DownloadError } from './download-error.js';

/** One market of an exchange, of which candles can be asked for. */
export interface Exchange {
  /** As the exchange writes the symbol, for people. */
  readonly market: string;
  /** How many candles one answer holds at most. */
  readonly pageRows: number;
  /**
   * Candles from `sinceMs` on, as the exchange gives them: perhaps in another order, doubled or incomplete.
   *
   * @throws DownloadError `isTemporary` when asking again may help
   */
  fetch(sinceMs: number, rows: number): Promise<OHLCV[]>;
}

const fewestPageRows = 100;
const usualPageRows = 500;
/** Of what an exchange says about a failure. */
const maxReasonCodePoints = 300;

/**
 * Connects to an exchange through ccxt, which is loaded now: 100 MB and most of a second that only a task
 * should pay.
 *
 * @param symbol as we write it: `BTC_USDT`, or `BTCUSDT`
 * @param address of a proxy or mirror that takes the place of the exchange's own hosts; null for none
 * @throws DownloadError
 */
export async function connectToExchange(
  id: string,
  symbol: string,
  timeframe: Timeframe,
  address: string | null,
): Promise<Exchange> {
  const { default: ccxt } = await import('ccxt');
  const known = Object.hasOwn(ccxt.exchanges, id) || ccxt.exchanges.includes(id);
  if (!known) throw new DownloadError('UNKNOWN_EXCHANGE', `"${id}" is no exchange that ccxt knows.`);
  const make = (ccxt as unknown as Record<string, new (config: object) => CcxtExchange>)[id]!;
  // Candles of the spot market only: half the markets need not be listed then.
  const exchange = new make({ options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } } });
  if (address !== null) exchange.urls.api = withHost(exchange.urls.api, address) as typeof exchange.urls.api;

  const asking = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof DownloadError) throw error;
      const reason = boundedText(error instanceof Error ? error.message : String(error), maxReasonCodePoints);
      const isTemporary = error instanceof ccxt.OperationFailed;
      if (error instanceof ccxt.BadSymbol) throw unknownSymbol(id, symbol, error);
      throw new DownloadError(isTemporary ? 'EXCHANGE_UNAVAILABLE' : 'EXCHANGE_REFUSED', reason, {
        cause: error,
        isTemporary,
        retryAfterMs: isTemporary ? retryAfterMs(exchange) : null,
      });
    }
  };

  let market: string | null = null;
  return {
    get market() {
      return market ?? symbol;
    },
    pageRows: pageRowsOf(exchange),
    async fetch(sinceMs, rows) {
      return asking(async () => {
        market ??= await findMarket(exchange, id, symbol, timeframe);
        return exchange.fetchOHLCV(market, timeframe, sinceMs, rows);
      });
    },
  };
}

async function findMarket(
  exchange: CcxtExchange,
  id: string,
  symbol: string,
  timeframe: Timeframe,
): Promise<string> {
  const markets = await exchange.loadMarkets();
  const wanted = symbol.replace('_', '/');
  const joined = symbol.replace('_', '');
  const name = Object.hasOwn(markets, wanted)
    ? wanted
    : Object.values(markets).find(
        (market) => market?.spot === true && `${market.base}${market.quote}` === joined,
      )?.symbol;
  if (name === undefined) throw unknownSymbol(id, symbol);
  const offered = Object.keys(exchange.timeframes);
  if (!offered.includes(timeframe)) {
    const message = `${id} has no ${timeframe} candles; it has ${offered.join(', ')}.`;
    throw new DownloadError('TIMEFRAME_UNSUPPORTED', message);
  }
  return name;
}

function unknownSymbol(id: string, symbol: string, cause?: unknown): DownloadError {
  return new DownloadError('UNKNOWN_SYMBOL', `${id} trades no ${symbol.replace('_', '/')}.`, { cause });
}

function pageRowsOf(exchange: CcxtExchange): number {
  const features = exchange.features as { spot?: { fetchOHLCV?: { limit?: number } } } | undefined;
  return Math.max(fewestPageRows, features?.spot?.fetchOHLCV?.limit ?? usualPageRows);
}

/** Seconds or a date, as HTTP has it. */
function retryAfterMs(exchange: CcxtExchange): number | null {
  const headers = (exchange.last_response_headers ?? {}) as Record<string, string>;
  const value = headers['Retry-After'] ?? headers['retry-after'];
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** The same addresses on another host, however deep they lie. */
function withHost(value: unknown, address: string): unknown {
  if (typeof value === 'string') return value.replace(/^https?:\/\/[^/]+/, address);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withHost(member, address)]));
}
