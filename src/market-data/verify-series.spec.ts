import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCandleFile } from './candle-file-writer.js';
import { sampleEndMs, sampleProfiles, sampleSeed, sampleStartMs } from './sample-profiles.js';
import { syntheticCandles } from './synthetic-candles.js';
import { verifySeries } from './verify-series.js';

const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);
const label = { symbol: 'AAA', timeframe: '1h', synthetic: false, source: 'made for this test' } as const;
const at = (row: number) => new Date(startMs + row * hourMs).toISOString();

/** A price that moves by about one percent an hour, up and down in turn. */
function hours(rows: number): Candles {
  const close = Float64Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 100 : 101));
  return {
    time: close.map((_, row) => startMs + row * hourMs),
    open: close.slice(),
    high: close.map((price) => price + 0.5),
    low: close.map((price) => price - 0.5),
    close,
    volume: new Float64Array(rows).fill(1),
  };
}

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  path = join(folder, '1h.candles');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a look at every candle', () => {
  it('finds nothing in a good series', async () => {
    await writeCandleFile(path, hours(200), label);
    const none = { count: 0, first: [] };
    expect(await verifySeries(path)).toEqual({
      symbol: 'AAA',
      timeframe: '1h',
      rows: 200,
      intact: true,
      checksum: 'ok',
      gaps: { count: 0, missing: 0, first: [] },
      wrong_order: none,
      duplicates: none,
      impossible: none,
      off_grid: none,
      spikes: none,
      zero_volume: none,
    });
  });

  it('finds gaps, times off the grid, hours without trade, and a price that came from nowhere', async () => {
    const candles = hours(200);
    candles.time.forEach((time, row) => (candles.time[row] = time + (row >= 120 ? 3 * hourMs : 0)));
    candles.time[10]! += 1000;
    candles.volume[50] = 0;
    candles.high[100] = 180; // 58 % above both neighbours, where an hour moves one
    await writeCandleFile(path, candles, label);
    expect(await verifySeries(path)).toMatchObject({
      intact: true,
      gaps: { count: 1, missing: 3, first: [{ from: at(120), to: at(123), missing: 3 }] },
      off_grid: { count: 1 },
      zero_volume: { count: 1, first: [at(50)] },
      spikes: { count: 1, first: [at(100)] },
    });
  });

  it('finds what no writer of ours lets through: doubled, unordered and impossible candles', async () => {
    const { columnsAt } = await damaged(async (write) => {
      await write(0, 21, startMs + 20 * hourMs); // the time before
      await write(0, 40, startMs); // the first again
      await write(2, 60, 1); // high below everything
    });
    expect(columnsAt % 8).toBe(0);
    expect(await verifySeries(path)).toMatchObject({
      intact: false,
      checksum: 'mismatch',
      duplicates: { count: 1, first: [at(20)] },
      wrong_order: { count: 1, first: [at(0)] },
      impossible: { count: 1, first: [at(60)] },
    });
  });

  it('takes the fat tails of the samples for no spikes', async () => {
    for (const profile of sampleProfiles.slice(0, 3)) {
      const span = { startMs: sampleStartMs, endMs: sampleEndMs, seed: sampleSeed };
      await writeCandleFile(path, syntheticCandles(profile, span), label);
      expect((await verifySeries(path)).spikes.count).toBe(0);
    }
  });

  /** Writes over single values of a stored series of 200 hours, by column and row. */
  async function damaged(
    damage: (write: (column: number, row: number, value: number) => Promise<void>) => Promise<void>,
  ): Promise<{ columnsAt: number }> {
    await writeCandleFile(path, hours(200), label);
    const columnsAt = (await stat(path)).size - 200 * 48;
    const file = await open(path, 'r+');
    await damage(async (column, row, value) => {
      await file.write(
        Buffer.from(Float64Array.of(value).buffer),
        0,
        8,
        columnsAt + (column * 200 + row) * 8,
      );
    });
    await file.close();
    return { columnsAt };
  }
});
