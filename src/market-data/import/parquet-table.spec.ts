import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import { openTable, type Table, type TableOptions } from './table.js';
import { RowValidator, type RawRow } from './row-validator.js';

const startMs = Date.UTC(2024, 0, 1);
const hourMs = 3_600_000;
const rows = 300;
const times = Array.from({ length: rows }, (_, i) => startMs + i * hourMs);
const prices: ColumnSource[] = ['open', 'high', 'low', 'close', 'volume'].map((name, column) => ({
  name,
  data: times.map((_, i) => 10 + i + column),
  type: 'DOUBLE',
}));

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  path = join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

async function read(
  columnData: ColumnSource[],
  options: Partial<TableOptions> = {},
): Promise<{ rows: RawRow[]; detected: Table['detected'] }> {
  await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 100 })));
  const table = await openTable(path, { symbol: 'BTC_USDT', adjusted: false, ...options });
  try {
    const found: RawRow[] = [];
    for await (const row of table.rows(new RowValidator(table.detected.timeframe, true))) found.push(row);
    return { rows: found, detected: table.detected };
  } finally {
    await table.close();
  }
}

describe('a Parquet file', () => {
  it.each<[string, ColumnSource, string]>([
    ['timestamps', { name: 'timestamp', data: times.map((ms) => new Date(ms)), type: 'TIMESTAMP' }, 'ms'],
    ['milliseconds', { name: 'open_time', data: times.map(BigInt), type: 'INT64' }, 'ms'],
    ['microseconds', { name: 'ts', data: times.map((ms) => BigInt(ms) * 1000n), type: 'INT64' }, 'us'],
    ['seconds', { name: 'unix', data: times.map((ms) => ms / 1000), type: 'INT32' }, 's'],
    ['text', { name: 'date', data: times.map((ms) => new Date(ms).toISOString()), type: 'STRING' }, 'iso'],
  ])('is read with its times as %s, over several row groups', async (_, time, format) => {
    const { rows: found, detected } = await read([time, ...prices]);
    expect(detected).toMatchObject({ format: 'parquet', time_format: format, timeframe: '1h' });
    expect(detected.columns.time).toBe(time.name);
    expect(found.map((row) => ('ms' in row.time ? row.time.ms : row.time.problem))).toEqual(times);
    expect(found[250]).toMatchObject({
      number: 251,
      open: 260,
      high: 261,
      low: 262,
      close: 263,
      volume: 264,
    });
  });

  it('takes what is null for no number', async () => {
    const broken = prices.map((column) =>
      column.name === 'close' ? { ...column, data: [null, ...Array.from(column.data).slice(1)] } : column,
    );
    const { rows: found } = await read([{ name: 'unix', data: times.map(BigInt), type: 'INT64' }, ...broken]);
    expect([found[0]!.close, found[1]!.close]).toEqual([NaN, 14]);
  });

  const good = () => read([{ name: 'unix', data: times.map(BigInt), type: 'INT64' }, ...prices]);

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20), 'PARQUET_BROKEN'],
    [
      'with a footer that claims to be larger than the file',
      (bytes: Buffer) => {
        bytes.writeUInt32LE(bytes.length + 1, bytes.length - 8);
        return bytes;
      },
      'PARQUET_BROKEN',
    ],
    [
      'with a footer of a gigabyte',
      (bytes: Buffer) => {
        bytes.writeUInt32LE(2 ** 30, bytes.length - 8);
        return bytes;
      },
      'IMPORT_TOO_LARGE',
    ],
    ['with scrambled pages', (bytes: Buffer) => bytes.fill(0xff, 4, 600), 'PARQUET_BROKEN'],
  ])('%s is refused by name', async (_, damage, code) => {
    await good();
    await writeFile(path, damage(await readFile(path)));
    const open = async () => {
      const table = await openTable(path, { symbol: 'BTC_USDT', adjusted: false });
      try {
        for await (const row of table.rows(new RowValidator('1h', true)))
          expect(row.number).toBeGreaterThan(0);
      } finally {
        await table.close();
      }
    };
    await expect(open()).rejects.toMatchObject({ code });
  });

  it('with a page that unpacks to far too much is left there', async () => {
    const text = ['x'.repeat(65 * 2 ** 20), ...times.slice(1).map((ms) => new Date(ms).toISOString())];
    const columnData: ColumnSource[] = [{ name: 'date', data: text, type: 'STRING' }, ...prices];
    const packed = parquetWriteBuffer({ columnData, codec: 'GZIP', compressors: { GZIP: gzipSync } });
    expect(packed.byteLength).toBeLessThan(2 ** 18);
    await writeFile(path, new Uint8Array(packed));
    await expect(openTable(path, { symbol: 'BTC_USDT', adjusted: false })).rejects.toMatchObject({
      code: 'IMPORT_TOO_LARGE',
      message: expect.stringMatching(/^A page of the file unpacks to 68\d{6} bytes/),
    });
  });

  it('without the columns of a candle is refused, and says what it has', async () => {
    const open = read([{ name: 'a', data: times, type: 'DOUBLE' }, ...prices.slice(1)]);
    await expect(open).rejects.toMatchObject({
      code: 'COLUMNS_UNKNOWN',
      message: expect.stringContaining('time, open; the columns are a, high, low, close, volume'),
    });
  });

  it('whose column names hold NUL is refused with a message that can be stored', async () => {
    const open = read(prices.map((column) => ({ ...column, name: `${column.name}\u0000` })));
    await expect(open).rejects.toMatchObject({
      code: 'COLUMNS_UNKNOWN',
      message: expect.stringContaining('the columns are open\ufffd, high\ufffd,'),
    });
  });
});

describe('a text file', () => {
  it('whose header is cut within an emoji is refused with a message that can be stored', async () => {
    const header = ['time', 'open', 'high', 'low', '😀'.repeat(600)].join(',');
    await writeFile(path, `${header}\n2024-01-01T00:00:00Z,10,12,9,11\n2024-01-01T01:00:00Z,11,13,10,12\n`);
    const message = await openTable(path, { symbol: 'BTC_USDT', adjusted: false }).catch(String);
    expect(message).toMatch(
      /No column was recognised as close; the columns are time, open, high, low, (?:😀)+…\./u,
    );
    expect(message).not.toMatch(/\p{Surrogate}/u);
  });
});
