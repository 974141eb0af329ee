import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCandleFile } from './candle-file.js';
import { CandleStore } from './candle-store.js';
import { sampleProfiles } from './sample-profiles.js';
import { writeSampleData } from './write-sample-data.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-data-'));
  await writeSampleData(join(folder, 'market-data'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the sample data', () => {
  it('is hourly and daily candles of eight symbols for 2022 to 2025, all marked synthetic', async () => {
    const list = await new CandleStore(join(folder, 'market-data')).list();
    expect(new Set(list.map(({ symbol }) => symbol)).size).toBe(8);
    for (const timeframe of ['1h', '1d'] as const) {
      const entries = list.filter((entry) => entry.timeframe === timeframe);
      expect(entries).toHaveLength(8);
      for (const entry of entries) {
        expect(entry).toMatchObject({ start: '2022-01-01T00:00:00.000Z', synthetic: true, shared: true });
        expect(entry.rows).toBe(timeframe === '1d' ? 1461 : 35_064);
      }
    }
  });

  it('has days that are made of its hours', async () => {
    const series = join(folder, 'market-data', 'shared', 'BTC_USDT');
    const hours = (await readCandleFile(join(series, '1h.candles'))).candles;
    const days = (await readCandleFile(join(series, '1d.candles'))).candles;
    expect(days.open[1]).toBe(hours.open[24]);
    expect(days.high[1]).toBe(Math.max(...hours.high.subarray(24, 48)));
    expect(days.low[1]).toBe(Math.min(...hours.low.subarray(24, 48)));
    expect(days.close[1]).toBe(hours.close[47]);
    expect(days.volume[1]).toBeCloseTo(
      hours.volume.subarray(24, 48).reduce((a, b) => a + b),
      6,
    );
  });

  it('leaves nothing unfinished behind', async () => {
    expect(await readdir(join(folder, 'market-data'))).toEqual(['shared']);
  });

  it('is written once: shared data that is there stays as it is, even if it is none', async () => {
    expect(await writeSampleData(join(folder, 'market-data'))).toBe(0);
    await mkdir(join(folder, 'emptied', 'shared'), { recursive: true });
    expect(await writeSampleData(join(folder, 'emptied'))).toBe(0);
    expect(await readdir(join(folder, 'emptied', 'shared'))).toEqual([]);
  });

  it('comes from one of two processes that write it at the same time, whole', async () => {
    const two = sampleProfiles.slice(0, 2);
    const both = join(folder, 'both');
    const written = await Promise.all([writeSampleData(both, two), writeSampleData(both, two)]);
    expect(written.sort()).toEqual([0, 2]);
    expect(await readdir(both)).toEqual(['shared']);
    expect(await new CandleStore(both).list()).toHaveLength(4);
  });
});
