import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Timeframe } from '@app/contracts';
import type { CandleFileError } from './candle-format.js';
import { CandleStore } from './candle-store.js';
import { canonicalSymbol, resolveSymbol } from './symbol-name.js';

const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);
const alice = { userId: 'aaaaaaaa-0000-4000-8000-000000000001' };
const bob = { userId: 'bbbbbbbb-0000-4000-8000-000000000002' };
const label = { synthetic: false, source: 'made for this test' };

/** Bars of `stepMs` from 2024-01-01; the close is the row, the volume 1. */
function bars(rows: number, stepMs = hourMs): Candles {
  const rising = Float64Array.from({ length: rows }, (_, row) => row + 1);
  return {
    time: rising.map((row) => startMs + (row - 1) * stepMs),
    open: rising,
    high: rising.map((price) => price + 0.5),
    low: rising.map((price) => price - 0.5),
    close: rising,
    volume: new Float64Array(rows).fill(1),
  };
}

let folder: string;
let shared: CandleStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candle-store-'));
  shared = new CandleStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('symbols', () => {
  it.each(['BTC_USDT', 'BTC/USDT', 'btc-usdt', ' Btc/Usdt ', 'BTCUSDT', 'btcusdt'])(
    'finds BTC_USDT by %j',
    (text) => {
      expect(resolveSymbol(text, ['ETH_USDT', 'BTC_USDT'])).toBe('BTC_USDT');
    },
  );

  it('finds a symbol stored without a separator by its pair', () => {
    expect(resolveSymbol('BTC/USDT', ['BTCUSDT'])).toBe('BTCUSDT');
  });

  it('prefers its own spelling, and guesses nothing between two', () => {
    expect(resolveSymbol('AB_C', ['A_BC', 'AB_C'])).toBe('AB_C');
    expect(resolveSymbol('ABC', ['A_BC', 'AB_C'])).toBeNull();
  });

  it.each(['', '..', '../x', 'A/../B', '/etc', 'A\\B', 'A_B_C', 'A\0B', '.', 'A.B', 'Ä', 'A'.repeat(17)])(
    'takes %j for no symbol',
    (text) => {
      expect(canonicalSymbol(text)).toBeNull();
    },
  );
});

describe('a store of candles', () => {
  it('is empty where there is no folder', async () => {
    const nowhere = new CandleStore(join(folder, 'none'), alice);
    expect(await nowhere.list()).toEqual([]);
    expect(await nowhere.find('BTC_USDT', '1h')).toBeNull();
    expect(await nowhere.read('BTC_USDT', '1h')).toBeNull();
  });

  it('lists each series with its span, by symbol and timeframe', async () => {
    await shared.write('eth/usdt', '1d', bars(2, 24 * hourMs), { ...label, synthetic: true });
    await shared.write('ETH_USDT', '1h', bars(48), label);
    await shared.write('AAPL', '1d', bars(1, 24 * hourMs), label);
    const eth = { symbol: 'ETH_USDT', start: '2024-01-01T00:00:00.000Z', shared: true };
    const aapl = {
      symbol: 'AAPL',
      timeframe: '1d',
      start: eth.start,
      end: eth.start,
      rows: 1,
      synthetic: false,
    };
    expect(await shared.list()).toEqual([
      { ...aapl, shared: true },
      { ...eth, timeframe: '1h', end: '2024-01-02T23:00:00.000Z', rows: 48, synthetic: false },
      { ...eth, timeframe: '1d', end: '2024-01-02T00:00:00.000Z', rows: 2, synthetic: true },
    ]);
  });

  it('leaves broken files out of the list and says which', async () => {
    await shared.write('AAA', '1h', bars(3), label);
    await writeFile(join(folder, 'shared', 'AAA', '1d.candles'), 'not candles');
    const broken: CandleFileError[] = [];
    const store = new CandleStore(folder, { onBrokenFile: (error) => broken.push(error) });
    expect((await store.list()).map(({ timeframe }) => timeframe)).toEqual(['1h']);
    expect(broken.map(({ code }) => code)).toEqual(['NOT_A_CANDLE_FILE']);
    await expect(store.read('AAA', '1d')).rejects.toMatchObject({ code: 'NOT_A_CANDLE_FILE' });
  });

  it('ignores files and folders that are none of its own', async () => {
    await mkdir(join(folder, 'shared', 'lower_case'), { recursive: true });
    await mkdir(join(folder, 'shared', 'EMPTY'));
    await writeFile(join(folder, 'shared', 'README'), '');
    await shared.write('AAA', '1h', bars(3), label);
    await writeFile(join(folder, 'shared', 'AAA', '.1h.candles.0.tmp'), '');
    await writeFile(join(folder, 'shared', 'AAA', '3h.candles'), '');
    expect(await shared.symbols()).toEqual(['AAA']);
    expect(await shared.list()).toHaveLength(1);
  });
});

describe('finding the file for a timeframe', () => {
  const storedFor = async (timeframe: Timeframe) =>
    (await shared.find('AAA', timeframe))?.header.timeframe ?? null;

  it('takes the exact one, else the longest that makes it up', async () => {
    await shared.write('AAA', '5m', bars(3, 300_000), label);
    await shared.write('AAA', '1h', bars(3), label);
    await shared.write('AAA', '4h', bars(3, 4 * hourMs), label);
    expect(await storedFor('1h')).toBe('1h');
    expect(await storedFor('1d')).toBe('4h');
    expect(await storedFor('6h')).toBe('1h');
    expect(await storedFor('15m')).toBe('5m');
    expect(await storedFor('1m')).toBeNull();
  });

  it('reads what it finds, resampled', async () => {
    await shared.write('AAA', '1h', bars(72), label);
    const read = await shared.read('AAA', '1d');
    expect(read?.candles).toEqual({
      time: Float64Array.of(startMs, startMs + 24 * hourMs, startMs + 48 * hourMs),
      open: Float64Array.of(1, 25, 49),
      high: Float64Array.of(24.5, 48.5, 72.5),
      low: Float64Array.of(0.5, 24.5, 48.5),
      close: Float64Array.of(24, 48, 72),
      volume: Float64Array.of(24, 24, 24),
    });
    expect(read).toMatchObject({
      header: { timeframe: '1h' },
      sha256: read?.header.sha256,
      synthetic: false,
    });
  });

  it('makes candles at the edge of a span of all their bars', async () => {
    await shared.write('AAA', '1h', bars(96), label);
    const day = 24 * hourMs;
    const closes = async (fromMs?: number, toMs?: number, maxRows?: number) =>
      Array.from((await shared.read('AAA', '1d', fromMs, toMs, maxRows))!.candles.close);
    expect(await closes(startMs + 1, startMs + 2 * day)).toEqual([48]);
    expect(await closes(startMs + day, startMs + day + 1)).toEqual([48]);
    expect(await closes(startMs, startMs + day)).toEqual([24]);
    expect(await closes(startMs + day, undefined, 2)).toEqual([48, 72]);
    expect(await closes(startMs + 9 * day)).toEqual([]);
  });

  it('gives as many rows as asked for across gaps, each whole', async () => {
    const gappy = bars(30);
    // Twelve hours of the first day, then eighteen of the third.
    gappy.time.forEach((_, row) => (gappy.time[row] = startMs + (row < 12 ? row : row + 36) * hourMs));
    await shared.write('AAA', '1h', gappy, label);
    const read = await shared.read('AAA', '1d', undefined, undefined, 1);
    expect(Array.from(read!.candles.time)).toEqual([startMs]);
    expect(Array.from(read!.candles.volume)).toEqual([12]);
  });
});

describe('whose data it is', () => {
  it("shows a user's own data in place of shared data of the same symbol", async () => {
    await shared.write('BTC_USDT', '1h', bars(10), label);
    await shared.write('BTC_USDT', '1d', bars(10, 24 * hourMs), label);
    await new CandleStore(folder, alice).write('BTC_USDT', '4h', bars(7, 4 * hourMs), label);
    const seen = async (store: CandleStore) =>
      (await store.list()).map(({ timeframe, shared }) => [timeframe, shared]);
    expect(await seen(new CandleStore(folder, alice))).toEqual([['4h', false]]);
    expect(await new CandleStore(folder, alice).find('BTC_USDT', '1h')).toBeNull();
    for (const store of [shared, new CandleStore(folder, bob)]) {
      expect(await seen(store)).toEqual([
        ['1h', true],
        ['1d', true],
      ]);
    }
  });

  it('lets a user add to a shared symbol by any spelling without making a second', async () => {
    await shared.write('BTC_USDT', '1h', bars(10), label);
    await new CandleStore(folder, alice).write('btcusdt', '1h', bars(7), label);
    expect(await new CandleStore(folder, alice).symbols()).toEqual(['BTC_USDT']);
  });

  it('hides a shared symbol that is spelt otherwise', async () => {
    await new CandleStore(folder, alice).write('BTCUSDT', '1h', bars(7), label);
    await shared.write('BTC_USDT', '1h', bars(10), label);
    expect(await new CandleStore(folder, alice).symbols()).toEqual(['BTCUSDT']);
    expect((await new CandleStore(folder, alice).read('BTC/USDT', '1h'))?.candles.time).toHaveLength(7);
  });

  it('never leaves its folder, whatever the names', async () => {
    await new CandleStore(folder, bob).write('SECRET', '1h', bars(3), label);
    const store = new CandleStore(folder, alice);
    const names = [
      `../${bob.userId}/SECRET`,
      '../users/SECRET',
      '..',
      '.',
      '/',
      'SECRET/..',
      'SECRET',
      '%2e%2e',
    ];
    for (const name of names) {
      expect(await store.find(name, '1h')).toBeNull();
      expect(await store.read(name, '1h')).toBeNull();
    }
    await expect(store.write('../EVIL', '1h', bars(3), label)).rejects.toThrow(RangeError);
    for (const userId of ['..', '../x', 'a/b', '', '.', 'a'.repeat(65), 'a\0']) {
      expect(() => new CandleStore(folder, { userId })).toThrow(RangeError);
    }
    expect(await readdir(folder)).toEqual(['users']);
  });
});
