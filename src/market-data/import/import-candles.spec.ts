import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ImportReport, Timeframe } from '@app/contracts';
import type { Candles } from '@app/backtest';
import { CandleStore } from '../candle-store.js';
import { importCandles, type ImportOrder, ImportRejected } from './import-candles.js';
import { ImportError } from './import-error.js';
import { openTable, type TableOptions } from './table.js';

let folder: string;
let file: string;
let store: CandleStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  file = join(folder, 'upload');
  store = new CandleStore(join(folder, 'market-data'));
});
afterEach(() => rm(folder, { recursive: true }));

type Options = Partial<TableOptions> & Partial<Pick<ImportOrder, 'mode' | 'onBadRows' | 'preview'>>;

async function importFile(content: string | Uint8Array, options: Options = {}): Promise<ImportReport> {
  await writeFile(file, content);
  const { mode = 'merge', onBadRows = 'fail', preview = false, ...given } = options;
  const said: TableOptions = { symbol: 'BTC_USDT', adjusted: false, ...given };
  const table = await openTable(file, said);
  try {
    return await importCandles({
      target: await store.target(said.symbol, table.detected.timeframe),
      source: 'a file of this test',
      detected: table.detected,
      zoneIsGiven: said.time_zone !== undefined,
      mode,
      onBadRows,
      preview,
      spoolPath: join(folder, 'spool'),
      rows: (intake) => table.rows(intake),
      onProgress: () => undefined,
    });
  } finally {
    await table.close();
  }
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof ImportError ? error.code : error),
  );

const stored = async (timeframe: Timeframe = '1h', symbol = 'BTC_USDT'): Promise<Candles> =>
  (await store.read(symbol, timeframe))!.candles;
const timesOf = ({ time }: Candles) => Array.from(time, (ms) => new Date(ms).toISOString());
const kindsOf = (findings: ImportReport['repaired']) =>
  Object.fromEntries(findings.map(({ code, count }) => [code, count]));

const generic = `time,open,high,low,close,volume
2024-01-01T00:00:00Z,10,12,9,11,5
2024-01-01T01:00:00Z,11,13,10,12,6
2024-01-01T02:00:00Z,12,14,11,13,7
`;

describe('the layouts of vendors', () => {
  it('knows a plain table with a header', async () => {
    const report = await importFile(generic);
    expect(report.detected).toEqual({
      format: 'csv',
      compression: 'none',
      layout: 'generic',
      delimiter: ',',
      has_header: true,
      skipped_lines: 0,
      columns: { time: 'time', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' },
      time_format: 'iso',
      time_zone: 'as written, else UTC',
      timeframe: '1h',
    });
    expect(report.rows).toEqual({ read: 3, kept: 3, repaired: 0, refused: 0 });
    expect(await stored()).toEqual({
      time: Float64Array.of(...[0, 1, 2].map((hour) => Date.UTC(2024, 0, 1, hour))),
      open: Float64Array.of(10, 11, 12),
      high: Float64Array.of(12, 13, 14),
      low: Float64Array.of(9, 10, 11),
      close: Float64Array.of(11, 12, 13),
      volume: Float64Array.of(5, 6, 7),
    });
    expect(report.dataset).toMatchObject({
      symbol: 'BTC_USDT',
      timeframe: '1h',
      start: '2024-01-01T00:00:00.000Z',
      end: '2024-01-01T02:00:00.000Z',
      rows: 3,
      added: 3,
      overlapping: 0,
      missing: 0,
    });
  });

  it.each([
    ['milliseconds', 1_704_067_200_000, 60_000, 'ms'],
    ['microseconds', 1_735_689_600_000_000, 60_000_000, 'us'],
  ])('knows the archives of Binance, which have no header, in %s', async (_, start, step, format) => {
    const row = (i: number) =>
      `${start + i * step},42283.58,42298.62,42261.02,42298.61,35.92724000,${start + (i + 1) * step - 1},1519032.7,1327,23.2,984131.9,0`;
    const report = await importFile([0, 1, 2].map(row).join('\n'));
    expect(report.detected).toMatchObject({
      layout: 'binance',
      has_header: false,
      time_format: format,
      timeframe: '1m',
    });
    expect(await stored('1m')).toMatchObject({
      open: Float64Array.of(42283.58, 42283.58, 42283.58),
      volume: Float64Array.of(35.92724, 35.92724, 35.92724),
    });
    expect((await stored('1m')).time[0]).toBe(format === 'ms' ? start : start / 1000);
  });

  it('knows CryptoDataDownload: an address first, newest row first, two volumes', async () => {
    const report = await importFile(`https://www.CryptoDataDownload.com
unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,tradecount
1704074400000,2024-01-01 02:00:00,BTC/USDT,12,14,11,13,7,84,3
1704070800000,2024-01-01 01:00:00,BTC/USDT,11,13,10,12,6,66,2
1704067200000,2024-01-01 00:00:00,BTC/USDT,10,12,9,11,5,50,1
`);
    expect(report.detected).toMatchObject({
      layout: 'cryptodatadownload',
      skipped_lines: 1,
      time_format: 'ms',
    });
    expect(report.order).toBe('descending');
    expect(report.rows).toEqual({ read: 3, kept: 3, repaired: 0, refused: 0 });
    expect(await stored()).toMatchObject({
      open: Float64Array.of(10, 11, 12),
      volume: Float64Array.of(5, 6, 7),
    });
  });

  const yahoo = `Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,100,110,90,105,52.5,1000
2024-01-03,106,112,104,110,55,2000
2024-01-04,null,null,null,null,null,null
2024-01-05,110,111,100,101,101,1500
`;
  it('knows Yahoo, and names the rows that it left blank', async () => {
    const report = await importFile(yahoo, { symbol: 'AAPL', onBadRows: 'skip' });
    expect(report.detected).toMatchObject({ layout: 'yahoo', timeframe: '1d' });
    expect(report.refused).toEqual([
      { code: 'NOT_A_NUMBER', count: 1, first: [{ row: 4, message: 'open at 2024-01-04 is no number' }] },
    ]);
    expect(report.rows).toEqual({ read: 4, kept: 3, repaired: 0, refused: 1 });
    expect(Array.from((await stored('1d', 'AAPL')).close)).toEqual([105, 110, 101]);
  });

  it('adjusts all prices of Yahoo when asked to', async () => {
    await importFile(yahoo, { symbol: 'AAPL', onBadRows: 'skip', adjusted: true });
    const { open, high, close } = await stored('1d', 'AAPL');
    expect([open[0], high[0], close[0], close[2]]).toEqual([50, 55, 52.5, 101]);
  });

  it('knows Stooq: names in brackets, date and time in columns of their own', async () => {
    const report = await importFile(
      `<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
EURUSD,60,20240102,100000,1.1,1.2,1.0,1.15,10,0
EURUSD,60,20240102,110000,1.15,1.25,1.05,1.2,11,0
`,
      { symbol: 'EUR_USD', time_zone: 'Europe/Warsaw' },
    );
    expect(report.detected).toMatchObject({ layout: 'stooq', time_format: 'yyyymmdd', timeframe: '1h' });
    // Winter in Warsaw is an hour ahead of UTC.
    expect(timesOf(await stored('1h', 'EUR_USD'))).toEqual([
      '2024-01-02T09:00:00.000Z',
      '2024-01-02T10:00:00.000Z',
    ]);
    expect(report.repaired).toEqual([]);
  });

  it('knows semicolons, decimal commas and days that come first', async () => {
    const report = await importFile(
      `Datum;Open;High;Low;Close;Volume
30.12.2023;1,5;2,5;1,0;2,0;100
31.12.2023;2,0;3,0;1,5;2,5;200
01.01.2024;2,5;3,5;2,0;3,0;300
`.replace('Datum', 'Date'),
    );
    expect(report.detected).toMatchObject({ delimiter: ';', time_format: 'dmy', timeframe: '1d' });
    expect(Array.from((await stored('1d')).close)).toEqual([2, 2.5, 3]);
  });

  it('takes columns, zone and format as they are said', async () => {
    await importFile('x|3|1|2|1.5|01/02/2024 09:00\nx|4|2|3|2.5|01/02/2024 10:00\n', {
      delimiter: '|',
      columns: '-,high,low,open,close,time',
      time_format: 'dmy',
      time_zone: 'America/New_York',
    });
    expect(timesOf(await stored())).toEqual(['2024-02-01T14:00:00.000Z', '2024-02-01T15:00:00.000Z']);
    expect(Array.from((await stored()).high)).toEqual([3, 4]);
    expect(Array.from((await stored()).volume)).toEqual([0, 0]);
  });

  it('unpacks gzip, with a mark of UTF-8 in front', async () => {
    const report = await importFile(gzipSync(`\uFEFF${generic.replaceAll('\n', '\r\n')}`));
    expect(report.detected).toMatchObject({ compression: 'gzip', columns: { time: 'time' } });
    expect(report.rows.kept).toBe(3);
  });
});

describe('rows that are not as they should be', () => {
  const header = 'time,open,high,low,close,volume\n';
  const hour = (h: number) => new Date(Date.UTC(2024, 0, 1, h)).toISOString();

  it('fail the import, which then stores nothing and says why', async () => {
    await importFile(generic);
    const before = (await store.find('BTC_USDT', '1h'))!.header.sha256;
    const error = await importFile(
      `${header}${hour(5)},1,2,1,1,1\n${hour(6)},NaN,2,1,1,1\n${hour(7)},1,2,1,1,1\n`,
    ).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ImportRejected);
    const { code, message, report } = error as ImportRejected;
    expect(code).toBe('ROWS_REFUSED');
    expect(message).toContain('1 of 3 rows cannot be used (NOT_A_NUMBER 1; row 3: open at');
    expect(report).toMatchObject({ dataset: null, rows: { read: 3, kept: 2, refused: 1 } });
    expect((await store.find('BTC_USDT', '1h'))!.header.sha256).toBe(before);
  });

  it('are left out by kind when that is asked for, the first ten of each named', async () => {
    const rows = [
      `${hour(0)},1,2,1,1,1`,
      ...Array.from({ length: 12 }, (_, i) => `${hour(i + 1)},0,2,1,1,1`),
      `${hour(13)},1,1,2,1,1`,
      `${hour(14)},1,2,1,1,-1`,
      `gibberish,1,2,1,1,1`,
      `2024-01-01T15:30:00Z,1,2,1,1,1`,
      `1969-12-31T00:00:00Z,1,2,1,1,1`,
      `${hour(16)},1,2`,
      `${hour(17)},1,2,1,1,1`,
    ];
    const { refused, rows: counts } = await importFile(header + rows.join('\n'), { onBadRows: 'skip' });
    expect(kindsOf(refused)).toEqual({
      PRICE_NOT_POSITIVE: 12,
      HIGH_BELOW_LOW: 1,
      VOLUME_NEGATIVE: 1,
      TIME_UNREADABLE: 1,
      TIME_OFF_GRID: 1,
      TIME_OUT_OF_RANGE: 1,
      TOO_FEW_FIELDS: 1,
    });
    expect(refused[0]!.first).toHaveLength(10);
    expect(refused[0]!.first[0]).toEqual({ row: 3, message: `open at ${hour(1)} is 0` });
    expect(counts).toEqual({ read: 20, kept: 2, repaired: 0, refused: 18 });
    expect(timesOf(await stored())).toEqual([hour(0), hour(17)]);
  });

  it('are put right where that is safe, and counted', async () => {
    const rows = [
      `2024-01-01 00:00,1,2,1,1,1`, // no zone
      `${hour(2)},1,2,1,3,1`, // close above high
      `${hour(1)},1,2,1,1,`, // no volume, and before the last
      `${hour(3)},1,2,1,1,1`,
      `${hour(3)},1,2,1,1,1`, // the same again
      `${hour(4)},1,2,1,1,1`,
      `${hour(4)},1,2,1,2,1`, // other values: these count
    ];
    const report = await importFile(header + rows.join('\n'));
    expect(kindsOf(report.repaired)).toEqual({
      TIME_ZONE_ASSUMED: 1,
      RANGE_WIDENED: 1,
      VOLUME_MISSING: 1,
      DUPLICATE: 1,
      CONFLICTING_DUPLICATE: 1,
      OUT_OF_ORDER: 1,
    });
    expect(report.order).toBe('mixed');
    expect(report.rows).toEqual({ read: 7, kept: 5, repaired: 6, refused: 0 });
    expect(await stored()).toMatchObject({
      high: Float64Array.of(2, 2, 3, 2, 2),
      close: Float64Array.of(1, 1, 3, 1, 2),
      volume: Float64Array.of(1, 0, 1, 1, 1),
    });
  });

  it('of hours that clocks skip or repeat are refused by name', async () => {
    const rows = ['2024-03-31 01:00', '2024-03-31 02:30', '2024-10-27 02:00', '2024-10-27 03:00'];
    const { refused } = await importFile(header + rows.map((time) => `${time},1,2,1,1,1`).join('\n'), {
      time_zone: 'Europe/Berlin',
      timeframe: '1h',
      onBadRows: 'skip',
    });
    expect(kindsOf(refused)).toEqual({ TIME_NOT_ON_THE_CLOCK: 1, TIME_AMBIGUOUS: 1 });
    expect(timesOf(await stored())).toEqual(['2024-03-31T00:00:00.000Z', '2024-10-27T02:00:00.000Z']);
  });

  it('of days that begin at a midnight elsewhere keep their date', async () => {
    const rows = ['2024-01-02 00:00:00-05:00', '2024-01-03 00:00:00-05:00'];
    const report = await importFile(header + rows.map((time) => `${time},1,2,1,1,1`).join('\n'));
    expect(kindsOf(report.repaired)).toEqual({ DAY_AS_WRITTEN: 2 });
    expect(timesOf(await stored('1d'))).toEqual(['2024-01-02T00:00:00.000Z', '2024-01-03T00:00:00.000Z']);
  });
});

describe('files that are not imported at all', () => {
  it.each([
    ['binary', Buffer.from([1, 0, 2, 0]), {}, 'NOT_A_TABLE'],
    ['UTF-16', Buffer.from('\uFEFFtime,open', 'utf16le'), {}, 'ENCODING_UNSUPPORTED'],
    ['prose', 'Dear Sir,\nplease find enclosed\n', {}, 'NOT_A_TABLE'],
    ['an empty file', '', {}, 'NOT_A_TABLE'],
    ['a header alone', 'time,open,high,low,close,volume\n', {}, 'TIME_FORMAT_UNKNOWN'],
    ['unknown columns', 'a,b,c,d,e\n1,2,3,4,5\n', {}, 'COLUMNS_UNKNOWN'],
    ['ambiguous dates', 'date,open,high,low,close\n01/02/2024,1,2,1,1\n', {}, 'TIME_FORMAT_UNKNOWN'],
    ['an odd timeframe', generic.replace('T01:', 'T03:').replace('T02:', 'T06:'), {}, 'TIMEFRAME_UNKNOWN'],
    ['a zone on no map', generic, { time_zone: 'Mars/Olympus' }, 'TIME_ZONE_UNKNOWN'],
    ['a broken gzip', gzipSync(generic).subarray(0, 60), {}, 'ARCHIVE_UNSUPPORTED'],
    ['a quote that never ends', generic.replace('12,14', '"12,14') + 'x'.repeat(100_000), {}, 'NOT_A_TABLE'],
  ] as const)('names what is wrong with %s', async (_, content, options, code) => {
    expect(await codeOf(importFile(content, options))).toBe(code);
    expect(await readdir(folder)).toEqual(['upload']);
  });
});

describe('a preview', () => {
  it('shows layout, counts and first rows, and stores nothing', async () => {
    const report = await importFile(generic + 'x,1,2,1,1,1\n', { preview: true });
    expect(report).toMatchObject({ preview: true, dataset: null, rows: { read: 4, kept: 3, refused: 1 } });
    expect(report.first_rows[0]).toEqual({
      time: '2024-01-01T00:00:00.000Z',
      open: 10,
      high: 12,
      low: 9,
      close: 11,
      volume: 5,
    });
    expect(await store.list()).toEqual([]);
  });
});

describe('a second import of a symbol', () => {
  const next = `time,open,high,low,close,volume
2024-01-01T02:00:00Z,20,24,19,23,7
2024-01-01T05:00:00Z,21,24,19,23,8
`;
  it('is merged: new times are added, and where both have a candle the new one counts', async () => {
    await importFile(generic);
    const report = await importFile(next, { timeframe: '1h' });
    expect(report.dataset).toMatchObject({ rows: 4, added: 1, overlapping: 1, missing: 2 });
    expect(report.dataset?.gaps).toEqual([
      { from: '2024-01-01T03:00:00.000Z', to: '2024-01-01T05:00:00.000Z', missing: 2 },
    ]);
    expect(Array.from((await stored()).open)).toEqual([10, 11, 20, 21]);
  });

  it('is put in its place when asked to', async () => {
    await importFile(generic);
    const report = await importFile(next, { timeframe: '1h', mode: 'replace' });
    expect(report.dataset).toMatchObject({ rows: 2, overlapping: 0 });
    expect(Array.from((await stored()).open)).toEqual([20, 21]);
  });

  it('never mixes with made-up candles: they give way, in all timeframes', async () => {
    const label = { synthetic: true, source: 'made up' };
    const day = Float64Array.of(Date.UTC(2024, 0, 1));
    const one = Float64Array.of(1);
    const madeUp = { time: day, open: one, high: one, low: one, close: one, volume: one };
    await store.write('BTC_USDT', '1h', madeUp, label);
    await store.write('BTC_USDT', '1d', madeUp, label);
    const report = await importFile(generic);
    expect(report.dataset).toMatchObject({ rows: 3, replaced_synthetic: true });
    expect((await store.list()).map(({ timeframe, synthetic }) => [timeframe, synthetic])).toEqual([
      ['1h', false],
    ]);
  });
});
