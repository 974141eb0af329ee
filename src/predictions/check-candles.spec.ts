import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import { minimumRows } from '@app/learning';
import { CandleStore } from '../market-data/candle-store.js';
import { requireTrainable } from './check-candles.js';

const hour = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);
const span = { fromMs: startMs, toMs: Infinity, horizon: 2 };

/** Hourly candles whose close at bar `i` is `close(i)`, with a hole of `hole` hours after bar 30,000. */
function candlesOf(bars: number, closeAt: (bar: number) => number, hole = 0): Candles {
  const close = Float64Array.from({ length: bars }, (_, bar) => closeAt(bar));
  const time = close.map((_, bar) => startMs + (bar + (bar > 30_000 ? hole : 0)) * hour);
  return { time, open: close, high: close, low: close, close, volume: close.map(() => 1) };
}

let folder: string;
let store: CandleStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headroom-check-candles-'));
  store = new CandleStore(folder);
  const zigzag = (bar: number) => 100 + (bar % 7);
  for (const [symbol, candles] of Object.entries({
    GOOD: candlesOf(45_000, zigzag),
    TORN: candlesOf(45_000, zigzag, 60),
    STILL: candlesOf(1000, () => 100),
    RISING: candlesOf(45_000, (bar) => 100 + bar),
  })) {
    await store.write(symbol, '1h', candles, { synthetic: true, source: 'made for this test' });
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const pathOf = async (symbol: string): Promise<string> => (await store.find(symbol, '1h'))!.path;

describe('a look at stored candles before a training is queued', () => {
  it('counts the candles of a span, however many pieces it takes', async () => {
    const path = await pathOf('GOOD');
    expect(await requireTrainable(path, { ...span, timeframe: '1h' })).toBe(45_000);
    expect(await requireTrainable(path, { ...span, timeframe: '4h' })).toBe(11_250);
    const toMs = startMs + 1000 * hour;
    expect(await requireTrainable(path, { ...span, timeframe: '1h', toMs })).toBe(1000);
  });

  it.each([
    ['TORN', 'DATA_GAPS', 'about 60 candles are missing'],
    ['STILL', 'CONSTANT_FEATURES', 'No feature'],
    ['RISING', 'ONE_CLASS_ONLY', 'All 44998 labels are "up"'],
  ])('refuses %s as %s', async (symbol, code, words) => {
    await expect(requireTrainable(await pathOf(symbol), { ...span, timeframe: '1h' })).rejects.toMatchObject({
      status: 422,
      code,
      detail: expect.stringContaining(words),
      extras: { errors: [{ path: 'symbol' }] },
    });
  });

  it('refuses a span with too few candles, or with none', async () => {
    const path = await pathOf('GOOD');
    const few = minimumRows(2) - 1;
    for (const bars of [few, 0]) {
      const toMs = startMs + bars * hour;
      await expect(requireTrainable(path, { ...span, timeframe: '1h', toMs })).rejects.toMatchObject({
        code: 'TOO_FEW_ROWS',
        detail: expect.stringContaining(`there are ${bars}.`),
        extras: { errors: [{ path: 'start_date' }] },
      });
    }
  });
});
