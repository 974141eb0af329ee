import { z } from 'zod';
import { candle, datasetInfo, gap } from './market-data.js';
import { dateForms, dateOrInstant, instant, queryFlag, symbol, timeframe } from './primitives.js';
import { taskErrorOrNull, taskStatus } from './tasks.js';

export const csvLayouts = ['binance', 'cryptodatadownload', 'yahoo', 'stooq', 'generic'] as const;
export const timeFormats = ['s', 'ms', 'us', 'ns', 'yyyymmdd', 'iso', 'dmy', 'mdy'] as const;
export type TimeFormat = (typeof timeFormats)[number];

/** What is said of an uploaded file. All but the symbol is detected when it is left out. */
export const importOptions = z.strictObject({
  symbol: symbol.describe(
    'what the candles of the file are of, such as BTC_USDT; required with a file (a JSON body names its own)',
  ),
  timeframe: timeframe
    .optional()
    .describe('length of a candle; the usual distance of the first thousand rows when left out'),
  mode: z
    .enum(['merge', 'replace'])
    .default('merge')
    .describe(
      'merge, the default: new candles win where both have one; replace: the stored series gives way to them',
    ),
  on_bad_rows: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe(
      'fail, the default: one refused row fails the import; skip: such rows are left out and counted',
    ),
  layout: z.enum(csvLayouts).optional().describe('whose layout a CSV file has; detected when left out'),
  delimiter: z
    .enum([',', ';', 'tab', '|'])
    .optional()
    .describe('what stands between the cells of a CSV file; detected when left out'),
  columns: z
    .string()
    .max(2000)
    .regex(/^[^,]*(,[^,]*)*$/)
    .optional()
    .describe(
      'what each column is, in order: time, time_of_day, open, high, low, close, volume, symbol, adjusted_close ' +
        'or - for none of these; by the names in the header when left out',
    ),
  time_format: z
    .enum(timeFormats)
    .optional()
    .describe(
      's, ms, us or ns since 1970, yyyymmdd, iso (the year first), dmy or mdy (the day or the month first); ' +
        'detected when left out',
    ),
  time_zone: z
    .string()
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/)
    .optional()
    .describe(
      'IANA zone of times that name none, such as America/New_York; UTC is assumed and counted otherwise',
    ),
  filename: z.string().max(200).optional().describe('shown as the source of the candles'),
});
export type ImportOptions = z.infer<typeof importOptions>;

export const importQuery = importOptions.extend({
  shared: queryFlag.describe("true: everybody's data, for admins only; false, the default: the user's own"),
  preview: queryFlag.describe('true: detect, look at the first thousand rows and store nothing'),
  adjusted: queryFlag.describe('true: prices adjusted for splits and dividends, from an "Adj Close" column'),
});
export type ImportQuery = z.infer<typeof importQuery>;

export const exchangeId = z
  .string()
  .regex(/^[a-z0-9]{2,32}$/, 'must be the name of an exchange as ccxt has it, such as binance or kraken')
  .describe('name of an exchange as ccxt has it, such as binance or kraken');

const downloadOf = {
  exchange: exchangeId,
  symbol,
  timeframe,
  shared: z
    .boolean()
    .default(false)
    .describe("true: everybody's data, for admins only; false: the user's own"),
};

export const downloadRequest = z.strictObject({
  ...downloadOf,
  start: dateOrInstant
    .optional()
    .describe(`earliest opening time, inclusive: ${dateForms}. After the last stored candle when left out`),
  end: dateOrInstant
    .optional()
    .describe(`end of the opening times, exclusive: ${dateForms}. Now when left out`),
});
export type DownloadRequest = z.infer<typeof downloadRequest>;

/** Keeps a series fresh: a download of what is new, every so many minutes. */
export const scheduleRequest = z.strictObject({
  ...downloadOf,
  start: dateOrInstant
    .optional()
    .describe(
      `where to begin while no candle of the series is stored, inclusive: ${dateForms}. Every download goes on ` +
        'from the last stored candle otherwise',
    ),
  every_minutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(60)
    .describe('minutes from one download to the next, up to a week'),
});
export type ScheduleRequest = z.infer<typeof scheduleRequest>;

export const scheduleInfo = z.object({
  schedule_id: z.string(),
  exchange: z.string(),
  symbol: z.string(),
  timeframe,
  start: instant.nullable().describe('where it began while no candle was stored; null where nobody said'),
  every_minutes: z.number().int().describe('minutes from one download to the next'),
  shared: z.boolean().describe("true: everybody's data; false: the user's own"),
  created_at: instant,
  next_run_at: instant.describe('when the next download is queued'),
  last_import_id: z
    .string()
    .nullable()
    .describe('the last download, for GET /api/market-data/imports/{import_id}; null before the first'),
});
export type ScheduleInfo = z.infer<typeof scheduleInfo>;

const rowFinding = z.object({
  code: z.string().describe('the kind, a stable word such as DUPLICATE or HIGH_BELOW_LOW'),
  count: z.number().int().describe('how many there are of it'),
  first: z
    .array(
      z.object({
        row: z
          .number()
          .int()
          .nullable()
          .describe('number of the row in the input, from 1; null where it is of none'),
        message: z.string().describe('what was found, for people'),
      }),
    )
    .max(10)
    .describe('the first ten'),
});
export type RowFinding = z.infer<typeof rowFinding>;

/** What an import or a download found and did. */
export const importReport = z.object({
  source: z.string().describe('the name of the file, or the exchange and its market'),
  preview: z.boolean().describe('true: the input was only looked at'),
  detected: z
    .object({
      format: z.enum(['csv', 'parquet']),
      compression: z.enum(['none', 'gzip', 'zip']),
      layout: z.string().describe(`${csvLayouts.join(', ')} or parquet`),
      delimiter: z.string().nullable().describe('what stands between the cells; null for Parquet'),
      has_header: z.boolean().nullable().describe('whether a line names the columns; null for Parquet'),
      skipped_lines: z.number().int().describe('lines before the header or the first row'),
      columns: z.record(z.string(), z.string()).describe('by field, the name of the column it is read from'),
      time_format: z.enum(timeFormats).describe('how times are written, as the query says it'),
      time_zone: z.string().describe('of times that name none, for people'),
      timeframe,
    })
    .nullable()
    .describe('how the file was read; null for a download'),
  order: z
    .enum(['ascending', 'descending', 'mixed'])
    .nullable()
    .describe('of the times in the input; null below two rows'),
  rows: z.object({
    read: z.number().int().describe('rows of the input'),
    kept: z.number().int().describe('candles that came of them'),
    repaired: z.number().int().describe('repairs; a row may need several'),
    refused: z.number().int().describe('rows that are no candle'),
  }),
  repaired: z.array(rowFinding).describe('what was put right, by kind'),
  refused: z.array(rowFinding).describe('why rows were refused, by kind'),
  first_rows: z.array(candle).describe('the first five candles, as they were understood'),
  download: z
    .object({
      exchange: z.string(),
      pages: z.number().int().describe('answers of the exchange'),
      retries: z.number().int().describe('questions that were asked again after an error'),
      resumed_rows: z.number().int().describe('candles that were there from before an interruption'),
    })
    .nullable()
    .describe('how the download went; null for a file'),
  dataset: z
    .object({
      symbol: z.string(),
      timeframe,
      shared: datasetInfo.shape.shared,
      start: datasetInfo.shape.start,
      end: datasetInfo.shape.end,
      rows: datasetInfo.shape.rows,
      added: z.number().int().describe('candles of times that had none'),
      overlapping: z.number().int().describe('candles that took the place of stored ones'),
      replaced_synthetic: z.boolean().describe('made-up candles were stored and gave way'),
      missing: datasetInfo.shape.missing,
      gaps: z.array(gap).max(10).describe('the first ten places where candles are missing'),
      sha256: datasetInfo.shape.sha256,
    })
    .nullable()
    .describe('what is stored now; null when nothing was stored'),
});
export type ImportReport = z.infer<typeof importReport>;

export const importInfo = z.object({
  import_id: z.string().describe('also the task_id of its task'),
  status: taskStatus,
  error: taskErrorOrNull,
  report: importReport
    .nullable()
    .describe('what was found, also by an import that failed; null before its end and where it read nothing'),
});
export type ImportInfo = z.infer<typeof importInfo>;
