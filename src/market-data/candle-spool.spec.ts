import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import fc from 'fast-check';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeCandles } from './candle-merge.js';
import { CandleSpool } from './candle-spool.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(() => rm(folder, { recursive: true }));

const row = (time: number, value: number) => ({
  time,
  open: value,
  high: value,
  low: value,
  close: value,
  volume: value,
});

/** Times and closes of blocks, copied at once: their memory is used again. */
async function pairsOf(blocks: AsyncIterable<Candles>): Promise<[number, number][]> {
  const pairs: [number, number][] = [];
  for await (const { time, close } of blocks) time.forEach((at, i) => pairs.push([at, close[i]!]));
  return pairs;
}

describe('a spool', () => {
  it('gives rows of any order ascending, of one time the last, however small its runs', async () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), async (input, runRows) => {
        let duplicates = 0;
        const spool = await CandleSpool.create(join(folder, 'spool'), () => (duplicates += 1), runRows);
        for (const [i, [time, value]] of input.entries()) {
          if (spool.push(row(time, value), i)) await spool.flush();
        }
        await spool.flush();
        const expected = [...new Map(input)].sort(([a], [b]) => a - b);
        expect(await pairsOf(spool.candles(true))).toEqual(expected);
        expect(duplicates).toBe(input.length - expected.length);
        // Once more, without a second report.
        expect(await pairsOf(spool.candles(false))).toEqual(expected);
        expect(duplicates).toBe(input.length - expected.length);
        await spool.remove();
      }),
      { numRuns: 100 },
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('tells rows that come again from those that contradict, and which they are', async () => {
    const found: unknown[] = [];
    const spool = await CandleSpool.create(join(folder, 'spool'), (...duplicate) => found.push(duplicate), 4);
    const input = [row(2, 1), row(1, 1), row(2, 1), row(1, 5), row(2, 9)];
    for (const [i, candle] of input.entries()) if (spool.push(candle, i + 1)) await spool.flush();
    await spool.flush();
    expect(await pairsOf(spool.candles(true))).toEqual([
      [1, 5],
      [2, 9],
    ]);
    expect(found).toEqual([
      [4, 1, false],
      [3, 2, true],
      [null, 2, false],
    ]);
    await spool.remove();
  });
});

describe('merging', () => {
  const source = async function* (pairs: readonly [number, number][], rowsAtATime: number) {
    const shared = Array.from({ length: 6 }, () => new Float64Array(rowsAtATime));
    for (let from = 0; from < pairs.length; from += rowsAtATime) {
      const part = pairs.slice(from, from + rowsAtATime);
      part.forEach(([time, value], i) => {
        shared.forEach((column, c) => (column[i] = c === 0 ? time : value));
      });
      const [time, open, high, low, close, volume] = shared.map((column) => column.subarray(0, part.length));
      await Promise.resolve();
      yield { time: time!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
    }
  };

  it('takes the candle of the latest source wherever several have one', async () => {
    const series = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(series, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        async (lists, rowsIn, rowsOut) => {
          const sources = lists.map((times, n) =>
            times.sort((a, b) => a - b).map((time): [number, number] => [time, n]),
          );
          let overlaps = 0;
          const merged = mergeCandles(
            sources.map((pairs) => source(pairs, rowsIn)),
            () => (overlaps += 1),
            rowsOut,
          );
          const expected = [...new Map(sources.flat())].sort(([a], [b]) => a - b);
          expect(await pairsOf(merged)).toEqual(expected);
          expect(overlaps).toBe(sources.flat().length - expected.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});
