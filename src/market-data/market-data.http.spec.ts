import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import type { CandleList, Page, Problem, SymbolInfo } from '@app/contracts';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NextFunction, Response } from 'express';
import type { AuthenticatedRequest } from '../http/current-user.decorator.js';
import { readConfig } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { ValidationPipe } from '../http/validation.pipe.js';
import { CandleStore } from './candle-store.js';
import { CandlesModule } from './market-data.module.js';

const alice = 'aaaaaaaa-0000-4000-8000-000000000001';
const bob = 'bbbbbbbb-0000-4000-8000-000000000002';
const startMs = Date.UTC(2024, 0, 1);
const label = { synthetic: true, source: 'made for this test' };

function bars(rows: number, stepMs: number): Candles {
  const price = Float64Array.from({ length: rows }, (_, row) => row + 1);
  const time = price.map((_, row) => startMs + row * stepMs);
  return { time, open: price, high: price, low: price, close: price, volume: price.map(() => 1) };
}

let folder: string;
let app: NestExpressApplication;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'market-data-'));
  const shared = new CandleStore(join(folder, 'market-data'));
  await shared.write('BTC_USDT', '1h', bars(100, 3_600_000), label);
  await shared.write('LONG', '1m', bars(250_000, 60_000), label);
  const own = new CandleStore(join(folder, 'market-data'), { userId: bob });
  await own.write('MINE', '1d', bars(3, 86_400_000), { ...label, synthetic: false });

  const module = await Test.createTestingModule({
    imports: [ConfigModule.with(readConfig({ HEADROOM_DATA_DIR: folder })), CandlesModule],
  }).compile();
  app = module.createNestApplication<NestExpressApplication>({ logger: false });
  app.use((request: AuthenticatedRequest, _response: Response, next: NextFunction) => {
    const userId = request.headers['x-user'] as string;
    request.currentUser = {
      userId,
      username: userId,
      role: 'user',
      isAdmin: false,
      createdAt: new Date(0),
      loginId: 'l',
      expiresAtMs: 0,
    };
    next();
  });
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  status: number;
  body: CandleList & Page<SymbolInfo> & Problem;
}

async function get(path: string, user = alice): Promise<Answer> {
  const answer = await fetch(`${url}/market-data/${path}`, { headers: { 'x-user': user } });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}
const closesOf = ({ candles }: CandleList): number[] => candles.map(({ close }) => close);

describe('GET market-data/symbols', () => {
  it('lists what the caller sees and no one else’s', async () => {
    const symbolsOf = async (user: string) =>
      (await get('symbols', user)).body.items.map(({ symbol }) => symbol);
    expect(await symbolsOf(alice)).toEqual(['BTC_USDT', 'LONG']);
    expect(await symbolsOf(bob)).toEqual(['BTC_USDT', 'LONG', 'MINE']);
    const { body } = await get('symbols');
    expect(body.next_cursor).toBeNull();
    expect(body.items[0]).toEqual({
      symbol: 'BTC_USDT',
      timeframe: '1h',
      start: '2024-01-01T00:00:00.000Z',
      end: '2024-01-05T03:00:00.000Z',
      rows: 100,
      synthetic: true,
      shared: true,
    });
  });
});

describe('a list of series', () => {
  it.each(['symbols', 'datasets'])('comes in pages: %s', async (list) => {
    const first = (await get(`${list}?limit=2`, bob)).body;
    const rest = (await get(`${list}?limit=2&cursor=${first.next_cursor!}`, bob)).body;
    const symbols = [...first.items, ...rest.items].map(({ symbol }) => symbol);
    expect([first.items.length, rest.items.length, rest.next_cursor]).toEqual([2, 1, null]);
    // Of datasets the own ones come first.
    expect(symbols).toEqual(list === 'symbols' ? ['BTC_USDT', 'LONG', 'MINE'] : ['MINE', 'BTC_USDT', 'LONG']);
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'cursor=nonsense', 'page=2'])('refuses %s', async (query) => {
    expect((await get(`symbols?${query}`)).status).toBe(400);
  });
});

describe('GET market-data/candles', () => {
  it('gives candles from start up to but without end, marked synthetic', async () => {
    const { status, body } = await get(
      'candles?symbol=btc/usdt&timeframe=1h&start=2024-01-01T05:00:00Z&end=2024-01-01T07:00:00Z',
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      symbol: 'BTC_USDT',
      timeframe: '1h',
      synthetic: true,
      candles: [
        { time: '2024-01-01T05:00:00.000Z', open: 6, high: 6, low: 6, close: 6, volume: 1 },
        { time: '2024-01-01T06:00:00.000Z', open: 7, high: 7, low: 7, close: 7, volume: 1 },
      ],
    });
  });

  it('gives the first of them from a start, the last without one', async () => {
    const first = await get('candles?symbol=BTCUSDT&timeframe=1h&start=2024-01-02&limit=2');
    expect(closesOf(first.body)).toEqual([25, 26]);
    const last = await get('candles?symbol=BTCUSDT&timeframe=1h&limit=2');
    expect(closesOf(last.body)).toEqual([99, 100]);
    const beforeEnd = await get('candles?symbol=BTCUSDT&timeframe=1h&end=2024-01-02&limit=2');
    expect(closesOf(beforeEnd.body)).toEqual([23, 24]);
  });

  it('resamples to the last of them likewise, the unfinished one included', async () => {
    const { body } = await get('candles?symbol=BTC_USDT&timeframe=1d&limit=2');
    expect(body.candles.map(({ time, close, volume }) => [time, close, volume])).toEqual([
      ['2024-01-04T00:00:00.000Z', 96, 24],
      ['2024-01-05T00:00:00.000Z', 100, 4],
    ]);
  });

  it('resamples more bars than it reads at a time without a seam', async () => {
    // 250,000 minutes are 173 days and 14 h 40 min; the last day has 880 of them.
    const { body } = await get('candles?symbol=LONG&timeframe=1d&start=2024-01-01&limit=5000');
    const volumes = body.candles.map(({ volume }) => volume);
    expect(volumes).toEqual([...Array<number>(173).fill(1440), 880]);
    expect(closesOf(body).slice(0, 2)).toEqual([1440, 2880]);
  });

  it('gives an empty list for a range without candles', async () => {
    for (const range of ['start=2030-01-01', 'end=2020-01-01', 'start=2024-01-03&end=2024-01-02']) {
      const { status, body } = await get(`candles?symbol=BTC_USDT&${range}`);
      expect([status, body.candles]).toEqual([200, []]);
    }
  });

  it('names the symbol that it does not know, and those that it does', async () => {
    const { status, body } = await get('candles?symbol=NOPE_USDT');
    expect([status, body.code]).toEqual([422, 'NO_MARKET_DATA']);
    expect(body.detail).toContain('NOPE_USDT');
    expect(body.detail).toContain('BTC_USDT, LONG');
  });

  it('answers for another user’s data as for none', async () => {
    const { status, body } = await get('candles?symbol=MINE&timeframe=1d');
    expect([status, body.code]).toEqual([422, 'NO_MARKET_DATA']);
    expect((await get('candles?symbol=MINE&timeframe=1d', bob)).body.candles).toHaveLength(3);
  });

  it('refuses a timeframe that the data cannot give', async () => {
    expect((await get('candles?symbol=BTC_USDT&timeframe=15m')).body.code).toBe('NO_MARKET_DATA');
  });

  it('refuses what is no query', async () => {
    for (const query of ['', 'symbol=../etc', 'symbol=BTC_USDT&limit=5001', 'symbol=BTC_USDT&timeframe=3h']) {
      expect((await get(`candles?${query}`)).status).toBe(400);
    }
  });
});
