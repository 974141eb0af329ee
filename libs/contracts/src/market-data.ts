import { z } from 'zod';
import { dateOrInstant, instant, symbol, timeframe } from './primitives.js';
import { taskError, taskStatus } from './tasks.js';

export const symbolInfo = z.object({
  symbol: z.string(),
  timeframe,
  start: instant,
  end: instant.describe('opening time of the last candle'),
  rows: z.number().int(),
  synthetic: z.boolean(),
  shared: z.boolean(),
});
export type SymbolInfo = z.infer<typeof symbolInfo>;

export const candleQuery = z.strictObject({
  symbol,
  timeframe: timeframe.default('1h'),
  start: dateOrInstant.optional(),
  end: dateOrInstant.optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
});
export type CandleQuery = z.infer<typeof candleQuery>;

export const candleList = z.object({
  symbol: z.string(),
  timeframe,
  synthetic: z.boolean(),
  candles: z.array(
    z.object({
      time: instant,
      open: z.number(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: z.number(),
    }),
  ),
});
export type CandleList = z.infer<typeof candleList>;

/** A stored series, whether or not another one hides it. */
export const datasetInfo = symbolInfo.extend({
  owner: z.enum(['own', 'shared']),
  hidden: z.boolean().describe('shared data that own data of the symbol hides'),
  missing: z.number().int().describe('candles that the span should have and has not'),
  gaps: z.number().int().nullable().describe('in how many places; null for files of old'),
  source: z.string(),
  sha256: z.string(),
});
export type DatasetInfo = z.infer<typeof datasetInfo>;

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((word) => word === 'true');

/** Whose data: the caller's own, or with `shared=true` everybody's. */
export const ownershipQuery = z.strictObject({ shared: flag });
export type OwnershipQuery = z.infer<typeof ownershipQuery>;

export const datasetParams = z.strictObject({ symbol, timeframe });
export type DatasetParams = z.infer<typeof datasetParams>;

export const csvLayouts = ['binance', 'cryptodatadownload', 'yahoo', 'stooq', 'generic'] as const;
export const timeFormats = ['s', 'ms', 'us', 'ns', 'yyyymmdd', 'iso', 'dmy', 'mdy'] as const;
export type TimeFormat = (typeof timeFormats)[number];

/** What is said of an uploaded file. All but the symbol is detected when it is left out. */
export const importOptions = z.strictObject({
  symbol,
  timeframe: timeframe.optional(),
  mode: z.enum(['merge', 'replace']).default('merge').describe('merge: new candles win where both have one'),
  on_bad_rows: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe('fail: one refused row fails the import; skip: such rows are left out and counted'),
  layout: z.enum(csvLayouts).optional(),
  delimiter: z.enum([',', ';', 'tab', '|']).optional(),
  columns: z
    .string()
    .max(2000)
    .regex(/^[^,]*(,[^,]*)*$/)
    .optional()
    .describe('what each column is, in order: time, time_of_day, open, high, low, close, volume or -'),
  time_format: z.enum(timeFormats).optional(),
  time_zone: z
    .string()
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/)
    .optional()
    .describe('IANA zone of times that name none; UTC is assumed and counted otherwise'),
  filename: z.string().max(200).optional(),
});
export type ImportOptions = z.infer<typeof importOptions>;

export const importQuery = importOptions.extend({
  shared: flag.describe("everybody's data; admins only"),
  preview: flag.describe('detect and show only; nothing is stored'),
  adjusted: flag.describe('prices adjusted for splits and dividends, from an "Adj Close" column'),
});
export type ImportQuery = z.infer<typeof importQuery>;

export const exchangeId = z
  .string()
  .regex(/^[a-z0-9]{2,32}$/, 'must be the name of an exchange as ccxt has it, such as binance or kraken');

const downloadOf = {
  exchange: exchangeId,
  symbol,
  timeframe,
  start: dateOrInstant.optional().describe('the last stored candle and on when left out'),
  shared: z.boolean().default(false),
};

export const downloadRequest = z.strictObject({
  ...downloadOf,
  end: dateOrInstant.optional().describe('now when left out'),
});
export type DownloadRequest = z.infer<typeof downloadRequest>;

/** Keeps a series fresh: a download of what is new, every so many minutes. */
export const scheduleRequest = z.strictObject({
  ...downloadOf,
  every_minutes: z.int().min(1).max(10_080).default(60),
});
export type ScheduleRequest = z.infer<typeof scheduleRequest>;

export const scheduleInfo = z.object({
  schedule_id: z.string(),
  exchange: z.string(),
  symbol: z.string(),
  timeframe,
  start: instant.nullable(),
  every_minutes: z.number().int(),
  shared: z.boolean(),
  created_at: instant,
  next_run_at: instant,
  last_import_id: z.string().nullable(),
});
export type ScheduleInfo = z.infer<typeof scheduleInfo>;

const rowFinding = z.object({
  code: z.string(),
  count: z.number().int(),
  first: z.array(z.object({ row: z.number().int().nullable(), message: z.string() })).max(10),
});
export type RowFinding = z.infer<typeof rowFinding>;

const candle = candleList.shape.candles.element;
export type Candle = z.infer<typeof candle>;

const gap = z.object({ from: instant, to: instant, missing: z.number().int() });
export type Gap = z.infer<typeof gap>;

/** What an import or a download found and did. */
export const importReport = z.object({
  source: z.string(),
  preview: z.boolean(),
  detected: z
    .object({
      format: z.enum(['csv', 'parquet']),
      compression: z.enum(['none', 'gzip', 'zip']),
      layout: z.string(),
      delimiter: z.string().nullable(),
      has_header: z.boolean().nullable(),
      skipped_lines: z.number().int(),
      columns: z.record(z.string(), z.string()),
      time_format: z.enum(timeFormats),
      time_zone: z.string(),
      timeframe,
    })
    .nullable()
    .describe('null for a download'),
  order: z.enum(['ascending', 'descending', 'mixed']).nullable(),
  rows: z.object({
    read: z.number().int(),
    kept: z.number().int(),
    repaired: z.number().int(),
    refused: z.number().int(),
  }),
  repaired: z.array(rowFinding),
  refused: z.array(rowFinding),
  first_rows: z.array(candle),
  download: z
    .object({
      exchange: z.string(),
      pages: z.number().int(),
      retries: z.number().int(),
      resumed_rows: z.number().int(),
    })
    .nullable(),
  dataset: z
    .object({
      symbol: z.string(),
      timeframe,
      shared: z.boolean(),
      start: instant,
      end: instant,
      rows: z.number().int(),
      added: z.number().int(),
      overlapping: z.number().int(),
      replaced_synthetic: z.boolean(),
      missing: z.number().int(),
      gaps: z.array(gap).max(10),
      sha256: z.string(),
    })
    .nullable()
    .describe('what is stored now; null when nothing was stored'),
});
export type ImportReport = z.infer<typeof importReport>;

export const importInfo = z.object({
  import_id: z.string(),
  status: taskStatus,
  error: taskError.nullable(),
  report: importReport.nullable(),
});
export type ImportInfo = z.infer<typeof importInfo>;

const finding = z.object({ count: z.number().int(), first: z.array(instant).max(10) });

/** What a look at every candle of a series found. */
export const verification = z.object({
  symbol: z.string(),
  timeframe,
  rows: z.number().int(),
  intact: z.boolean().describe('the checksum holds, and no candle is impossible, doubled or out of order'),
  checksum: z.enum(['ok', 'mismatch']),
  gaps: z.object({ count: z.number().int(), missing: z.number().int(), first: z.array(gap).max(10) }),
  wrong_order: finding,
  duplicates: finding,
  impossible: finding.describe('no number, a price not above zero, or a high or low that does not hold'),
  off_grid: finding.describe('not opening at a whole multiple of the timeframe'),
  spikes: finding.describe('far outside its neighbours, by the measure of the moves before it'),
  zero_volume: finding,
});
export type Verification = z.infer<typeof verification>;
