import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sliceCandles, type Candles } from '@app/backtest';
import { createHash } from 'node:crypto';
import {
  appendFile,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CandleFile, readCandleFile, readCandleFileHeader } from './candle-file.js';
import { CandleFileWriter, writeCandleFile } from './candle-file-writer.js';
import { CandleFileError } from './candle-format.js';

const label = { symbol: 'BTC_USDT', timeframe: '1h', synthetic: true, source: 'made for this test' } as const;
const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);

/** Hours from 2024; every value tells its row and column. */
function hours(rows: number, at: (row: number) => number = (row) => startMs + row * hourMs): Candles {
  const column = (index: number) => Float64Array.from({ length: rows }, (_, row) => row + index / 10);
  return {
    time: Float64Array.from({ length: rows }, (_, row) => at(row)),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candle-file-'));
  path = join(folder, '1h.candles');
});
afterEach(() => rm(folder, { recursive: true }));

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof CandleFileError ? error.code : String(error)),
  );

describe('a candle file', () => {
  it('gives back what was written, with its label and span', async () => {
    const candles = hours(1500);
    const written = await writeCandleFile(path, candles, label);
    const read = await readCandleFile(path);
    expect(read.candles).toEqual(candles);
    expect(read.header).toEqual(written);
    expect(written).toMatchObject({
      ...label,
      rows: 1500,
      startMs,
      endMs: startMs + 1499 * hourMs,
      missing: 0,
    });
  });

  it('lies in memory as one buffer whose columns are views', async () => {
    await writeCandleFile(path, hours(10), label);
    const { candles } = await readCandleFile(path);
    expect(new Set(Object.values(candles).map((column: Float64Array) => column.buffer)).size).toBe(1);
    expect(candles.time.buffer.byteLength).toBe(10 * 6 * 8);
  });

  it('has the documented layout: magic, version, header length, JSON, six columns', async () => {
    const candles = hours(3);
    await writeCandleFile(path, candles, label);
    const bytes = await readFile(path);
    expect(bytes.toString('latin1', 0, 8)).toBe('HRCANDLE');
    expect(bytes.readUInt32LE(8)).toBe(1);
    const columnsAt = 16 + bytes.readUInt32LE(12);
    expect(columnsAt % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 16, columnsAt));
    expect(bytes.length).toBe(columnsAt + 3 * 48);
    expect(bytes.readDoubleLE(columnsAt)).toBe(startMs);
    expect(bytes.readDoubleLE(columnsAt + 3 * 8)).toBe(candles.open[0]);
    expect(bytes.readDoubleLE(columnsAt + 17 * 8)).toBe(candles.volume[2]);
    expect(header.sha256).toBe(createHash('sha256').update(bytes.subarray(columnsAt)).digest('hex'));
  });

  it('counts the bars that its span should have and has not', async () => {
    const header = await writeCandleFile(
      path,
      hours(10, (row) => startMs + (row < 5 ? row : row + 3) * hourMs),
      label,
    );
    expect(header.missing).toBe(3);
  });

  it('is replaced in one step and leaves nothing else behind', async () => {
    await writeCandleFile(path, hours(2000), label);
    const before = await open(path, 'r');
    await writeCandleFile(path, hours(5), label);
    expect((await before.stat()).size).toBeGreaterThan(2000 * 48);
    await before.close();
    expect((await readCandleFile(path)).candles.time).toHaveLength(5);
    expect(await readdir(folder)).toEqual(['1h.candles']);
  });

  it('keeps the old file when the new candles are refused', async () => {
    await writeCandleFile(path, hours(5), label);
    const refused = [
      hours(0),
      { ...hours(5), volume: new Float64Array(4) },
      hours(5, (row) => startMs + (row === 3 ? 2 : row) * hourMs),
      hours(5, (row) => (row === 0 ? NaN : startMs + row)),
    ];
    for (const candles of refused) {
      expect(await codeOf(writeCandleFile(path, candles, label))).toBe('INVALID_COLUMNS');
    }
    expect((await readCandleFile(path)).candles).toEqual(hours(5));
    expect(await readdir(folder)).toEqual(['1h.candles']);
  });
});

describe('reading a span', () => {
  // Longer than a search block, with a gap of 100 hours after row 999.
  const at = (row: number) => startMs + (row < 1000 ? row : row + 100) * hourMs;
  const timesOf = async (span: Parameters<typeof readCandleFile>[1]) =>
    Array.from((await readCandleFile(path, span)).candles.time, (time) => (time - startMs) / hourMs);
  beforeEach(async () => {
    await writeCandleFile(path, hours(3000, at), label);
  });

  it('includes its start and excludes its end, in every column', async () => {
    const { candles } = await readCandleFile(path, { fromMs: at(700), toMs: at(703) });
    expect(candles).toEqual({
      time: Float64Array.of(at(700), at(701), at(702)),
      open: Float64Array.of(700.1, 701.1, 702.1),
      high: Float64Array.of(700.2, 701.2, 702.2),
      low: Float64Array.of(700.3, 701.3, 702.3),
      close: Float64Array.of(700.4, 701.4, 702.4),
      volume: Float64Array.of(700.5, 701.5, 702.5),
    });
  });

  it('begins between two bars with the later', async () => {
    expect(await timesOf({ fromMs: at(41) + 1, toMs: at(43) })).toEqual([42]);
  });

  it('steps over a gap', async () => {
    expect(await timesOf({ fromMs: at(999), toMs: at(1001) })).toEqual([999, 1100]);
    expect(await timesOf({ fromMs: at(999) + 1, toMs: at(1000) })).toEqual([]);
  });

  it('gives at most so many rows, from the start', async () => {
    expect(await timesOf({ fromMs: at(2000), maxRows: 2 })).toEqual([2100, 2101]);
    expect(await timesOf({ maxRows: 1 })).toEqual([0]);
  });

  it('is empty before the first bar, after the last and turned round', async () => {
    expect(await timesOf({ toMs: startMs })).toEqual([]);
    expect(await timesOf({ fromMs: at(2999) + 1 })).toEqual([]);
    expect(await timesOf({ fromMs: at(20), toMs: at(10) })).toEqual([]);
    expect(await timesOf({ fromMs: at(2999) })).toEqual([3099]);
  });
});

describe('a broken file', () => {
  const overwrite = async (position: number, bytes: Uint8Array) => {
    const file = await open(path, 'r+');
    await file.write(bytes, 0, bytes.length, position);
    await file.close();
  };
  beforeEach(async () => {
    await writeCandleFile(path, hours(100), label);
  });

  it('is refused by name when it is not there', async () => {
    expect(await codeOf(readCandleFile(join(folder, 'none.candles')))).toBe('NOT_FOUND');
  });

  it('is refused when it is something else, or empty', async () => {
    await writeFile(path, 'time,open,high,low,close,volume\n2024-01-01,1,2,0,1,5\n');
    expect(await codeOf(readCandleFile(path))).toBe('NOT_A_CANDLE_FILE');
    await writeFile(path, '');
    expect(await codeOf(readCandleFileHeader(path))).toBe('NOT_A_CANDLE_FILE');
  });

  it('is refused when it comes from a later version', async () => {
    await overwrite(8, Uint8Array.of(2));
    expect(await codeOf(readCandleFile(path))).toBe('UNSUPPORTED_VERSION');
  });

  it('is refused when it was cut or has grown', async () => {
    const { length } = await readFile(path);
    await truncate(path, length - 8);
    expect(await codeOf(readCandleFileHeader(path))).toBe('WRONG_SIZE');
    await truncate(path, 20);
    expect(await codeOf(readCandleFile(path))).toBe('WRONG_SIZE');
    await writeCandleFile(path, hours(100), label);
    await appendFile(path, 'x');
    expect(await codeOf(readCandleFile(path))).toBe('WRONG_SIZE');
  });

  it('is refused when its header is damaged', async () => {
    await overwrite(16, Buffer.from('['));
    expect(await codeOf(readCandleFile(path))).toBe('BROKEN_HEADER');
    await overwrite(12, Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    expect(await codeOf(readCandleFile(path))).toBe('BROKEN_HEADER');
  });

  it('is refused when its header lacks a field', async () => {
    const text = (await readFile(path)).toString('latin1').replace('"synthetic"', '"synthetix"');
    await writeFile(path, text, 'latin1');
    const error = await readCandleFile(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'BROKEN_HEADER', path });
    expect(String(error)).toContain('synthetic');
  });

  it('is found out at the first reading when a value has changed, of the whole or of a part', async () => {
    const { length } = await readFile(path);
    await overwrite(length - 5, Uint8Array.of(1));
    expect(await codeOf(readCandleFile(path))).toBe('CHECKSUM_MISMATCH');
    expect(await codeOf(readCandleFile(path, { maxRows: 1 }))).toBe('CHECKSUM_MISMATCH');
    expect(await codeOf(readCandleFile(path, { maxRows: 1 }))).toBe('CHECKSUM_MISMATCH');
  });

  it('is found out by a verification when it went bad after the first reading', async () => {
    await readCandleFile(path);
    const { length } = await readFile(path);
    const { atime, mtime } = await stat(path);
    await overwrite(length - 5, Uint8Array.of(1));
    await utimes(path, atime, mtime);
    expect(await codeOf(CandleFile.with(path, (file) => file.verify()))).toBe('CHECKSUM_MISMATCH');
  });

  it('is checked by SHA-256 when it is from before the faster checksum', async () => {
    const older = (text: string) =>
      text
        .replace(/"gaps":\d+,/, (field) => ' '.repeat(field.length))
        .replace(/,"crc32":"[0-9a-f]{8}"/, (field) => ' '.repeat(field.length));
    await writeFile(path, older((await readFile(path)).toString('latin1')), 'latin1');
    expect((await readCandleFile(path)).header.crc32).toBeUndefined();
    const { length } = await readFile(path);
    await overwrite(length - 5, Uint8Array.of(1));
    expect(await codeOf(readCandleFile(path))).toBe('CHECKSUM_MISMATCH');
  });
});

describe('a file that is replaced while it is read', () => {
  it('goes on as it was for who has it open', async () => {
    await writeCandleFile(path, hours(5), label);
    const before = await CandleFile.open(path);
    const after = await writeCandleFile(path, hours(7), label);
    const { candles } = { candles: await before.read(await before.rowsIn({})) };
    expect(candles).toEqual(hours(5));
    expect(before.header.sha256).not.toBe(after.sha256);
    await before.close();
    expect((await readCandleFile(path)).candles).toEqual(hours(7));
  });
});

describe('a file written in blocks', () => {
  it('is the same file as one written at once, whatever room was reserved', async () => {
    const whole = await writeCandleFile(path, hours(1000), label);
    const other = join(folder, 'blocks.candles');
    const writer = await CandleFileWriter.create(other, label, 5000);
    for (let row = 0; row < 1000; row += 300) {
      await writer.append(sliceCandles(hours(1000), row, Math.min(1000, row + 300)));
    }
    expect(await writer.finish()).toEqual(whole);
    await writer.publish();
    await writer.discard();
    expect(await readFile(other)).toEqual(await readFile(path));
    expect(await readdir(folder)).toEqual(['1h.candles', 'blocks.candles']);
  });

  it('counts gaps within and between blocks', async () => {
    const at = (row: number) => startMs + (row + (row >= 3 ? 2 : 0) + (row >= 5 ? 1 : 0)) * hourMs;
    const writer = await CandleFileWriter.create(path, label, 10);
    for (const [from, to] of [
      [0, 3],
      [3, 10],
    ] as const) {
      await writer.append(sliceCandles(hours(10, at), from, to));
    }
    expect(await writer.finish()).toMatchObject({ rows: 10, gaps: 2, missing: 3 });
    await writer.discard();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('reading block by block', () => {
  it('gives every row once, in the same memory', async () => {
    await writeCandleFile(path, hours(10), label);
    const closes: number[][] = [];
    await CandleFile.with(path, async (file) => {
      for await (const { close } of file.blocks({ first: 1, end: 9 }, 3)) closes.push([...close]);
    });
    expect(closes).toEqual([
      [1.4, 2.4, 3.4],
      [4.4, 5.4, 6.4],
      [7.4, 8.4],
    ]);
  });
});
