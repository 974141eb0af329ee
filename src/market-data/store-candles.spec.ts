import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCandleFile } from './candle-file.js';
import { removeLeftovers, unfinishedName } from './leftovers.js';
import { storeCandles } from './store-candles.js';

const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);
const label = { symbol: 'AAA', timeframe: '1h', synthetic: false, source: 'made for this test' } as const;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  path = join(folder, 'AAA', '1h.candles');
});
afterEach(() => rm(folder, { recursive: true }));

/** Hours from `from` up to `to`, every price `value`. */
function hours(from: number, to: number, value: number) {
  const time = Float64Array.from({ length: to - from }, (_, i) => startMs + (from + i) * hourMs);
  const price = time.map(() => value);
  const candles: Candles = { time, open: price, high: price, low: price, close: price, volume: price };
  return {
    rows: time.length,
    async *blocks() {
      await Promise.resolve();
      yield candles;
    },
  };
}

describe('storing candles', () => {
  it('keeps every candle of two that merge into one series at the same time', async () => {
    await storeCandles(path, label, hours(0, 10, 1), 'merge');
    await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        storeCandles(path, label, hours(10 * (i + 1), 10 * (i + 2), i + 2), 'merge'),
      ),
    );
    const { candles, header } = await readCandleFile(path);
    expect(header).toMatchObject({ rows: 60, missing: 0 });
    expect(Array.from(candles.close)).toEqual(
      Array.from({ length: 60 }, (_, row) => Math.floor(row / 10) + 1),
    );
    expect(await readdir(join(folder, 'AAA'))).toEqual(['1h.candles']);
  });

  it('leaves the series as it was when the new candles break off', async () => {
    await storeCandles(path, label, hours(0, 10, 1), 'merge');
    const before = await readFile(path);
    const broken = {
      rows: 20,
      async *blocks() {
        yield* hours(10, 20, 2).blocks();
        throw new Error('the input broke off');
      },
    };
    await expect(storeCandles(path, label, broken, 'merge')).rejects.toThrow('broke off');
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(join(folder, 'AAA'))).toEqual(['1h.candles']);
  });
});

describe('what killed writers leave behind', () => {
  it('is removed at once when the process is gone, after an hour when it is another machine’s', async () => {
    const own = unfinishedName('1h.candles');
    const dead = own.replace(`.${process.pid}.`, '.4194300.');
    const host = hostname()
      .replace(/[^A-Za-z0-9-]/g, '-')
      .slice(0, 40);
    const elsewhere = own.replace(`.${host}.`, '.another-host.');
    const old = elsewhere.replace('another', 'older');
    for (const name of [own, dead, elsewhere, old, '1h.candles']) await writeFile(join(folder, name), '');
    const twoHoursAgo = new Date(Date.now() - 2 * hourMs);
    await utimes(join(folder, old), twoHoursAgo, twoHoursAgo);
    expect(await removeLeftovers(folder)).toBe(2);
    expect((await readdir(folder)).sort()).toEqual([own, elsewhere, '1h.candles'].sort());
    expect(await removeLeftovers(join(folder, 'none'))).toBe(0);
  });
});
