import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A row as Binance's public API gives it: opening time, prices and volume as text, closing time, and more. */
export type Kline = [
  number,
  string,
  string,
  string,
  string,
  string,
  number,
  string,
  number,
  string,
  string,
  string,
];

const mostRows = 1000;

/**
 * An exchange on this machine that speaks Binance's public candle format, limits and lies included: what it
 * shall do wrong is set by `mischief`, which sees each request for candles and may answer it itself.
 */
export class FakeExchange {
  readonly requests: { startMs: number; limit: number }[] = [];
  mischief: ((page: Kline[], request: number, response: ServerResponse) => Kline[] | null) | null = null;
  url = '';
  #heldFrom = Infinity;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response);
  });

  /** @param candles opening times of the candles that there are, ascending */
  constructor(
    private readonly times: readonly number[],
    private readonly stepMs: number,
  ) {}

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  /** Leaves requests for candles without an answer, from the so-manieth on; null answers again. */
  holdFrom(request: number | null): void {
    this.#heldFrom = request ?? Infinity;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    response.setHeader('Content-Type', 'application/json');
    if (pathname === '/api/v3/exchangeInfo') response.end(JSON.stringify(exchangeInfo));
    else if (pathname !== '/api/v3/klines' || searchParams.get('symbol') !== 'BTCUSDT') {
      response.writeHead(400).end('{"code":-1121,"msg":"Invalid symbol."}');
    } else {
      const startMs = Number(searchParams.get('startTime'));
      const limit = Math.min(mostRows, Number(searchParams.get('limit') ?? 500));
      this.requests.push({ startMs, limit });
      if (this.requests.length >= this.#heldFrom) return;
      const page = this.times.filter((time) => time >= startMs).slice(0, limit);
      const klines = page.map((time) => this.#kline(time));
      const answer = this.mischief?.(klines, this.requests.length, response) ?? klines;
      if (!response.writableEnded) response.end(JSON.stringify(answer));
    }
  }

  #kline(time: number): Kline {
    const price = 100 + ((time / this.stepMs) % 50);
    const [open, high, low] = [price, price + 2, price - 2].map(String) as [string, string, string];
    return [time, open, high, low, open, '10', time + this.stepMs - 1, '1000', 5, '4', '400', '0'];
  }
}

const exchangeInfo = {
  timezone: 'UTC',
  serverTime: 0,
  rateLimits: [],
  exchangeFilters: [],
  symbols: [
    {
      symbol: 'BTCUSDT',
      status: 'TRADING',
      baseAsset: 'BTC',
      baseAssetPrecision: 8,
      quoteAsset: 'USDT',
      quotePrecision: 8,
      quoteAssetPrecision: 8,
      orderTypes: ['LIMIT'],
      icebergAllowed: true,
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: false,
      filters: [],
      permissions: ['SPOT'],
    },
  ],
};
