import { timeframes, timeframeMs, type ImportReport, type ImportQuery, type Timeframe } from '@app/contracts';
import { detectCsvLayout } from './csv-layout.js';
import { csvRows } from './csv-rows.js';
import { ImportError } from './import-error.js';
import { ParquetTable } from './parquet-table.js';
import { RowValidator, type RawRow } from './row-validator.js';
import { isParquet, TextSource } from './text-source.js';
import { TimeReader } from './time-format.js';

/** What an import needs to know of an uploaded file. */
export type TableOptions = Omit<ImportQuery, 'shared' | 'preview' | 'mode' | 'on_bad_rows'>;

/** A file of candles whose layout is known. */
export interface Table {
  readonly detected: NonNullable<ImportReport['detected']>;
  /** How much of it has been read when so many rows have, 0 to 1. */
  fractionRead(rows: number): number;
  rows(intake: RowValidator): AsyncGenerator<RawRow, void>;
  close(): Promise<void>;
}

const sampleRows = 1000;

/**
 * Opens a file and finds out all about it that the options leave open.
 *
 * @throws ImportError
 */
export async function openTable(path: string, options: TableOptions): Promise<Table> {
  requireKnownZone(options.time_zone);
  const table = (await isParquet(path)) ? await openParquet(path, options) : await openText(path, options);
  try {
    const timeframe = options.timeframe ?? (await timeframeOf(table));
    return { ...table, detected: { ...table.detected, timeframe } };
  } catch (error) {
    await table.close();
    throw error;
  }
}

type UndatedTable = Omit<Table, 'detected'> & { detected: Omit<Table['detected'], 'timeframe'> };

async function openText(path: string, options: TableOptions): Promise<UndatedTable> {
  const source = await TextSource.open(path);
  const layout = detectCsvLayout(source.head, source.headIsAll, options);
  const columns = { ...layout.columns };
  if (!options.adjusted) delete columns.adjusted_close;
  requireAdjusted(options, columns.adjusted_close);
  const nameOf = (index: number) => layout.header?.[index] ?? `column ${index + 1}`;
  const entries = Object.entries(columns).map(([field, index]) => [field, nameOf(index)] as const);
  const times = new TimeReader(layout.timeFormat, options.time_zone ?? null);
  return {
    detected: {
      format: 'csv',
      compression: source.compression,
      layout: layout.name,
      delimiter: layout.delimiter === '\t' ? 'tab' : layout.delimiter,
      has_header: layout.header !== null,
      skipped_lines: layout.skippedLines,
      columns: Object.fromEntries(entries),
      time_format: layout.timeFormat,
      time_zone: options.time_zone ?? 'as written, else UTC',
    },
    fractionRead: () => source.fractionRead,
    rows: (intake) => csvRows(source, { ...layout, columns }, times, intake),
    close: () => Promise.resolve(),
  };
}

async function openParquet(path: string, options: TableOptions): Promise<UndatedTable> {
  const parquet = await ParquetTable.open(path, options);
  try {
    requireAdjusted(options, parquet.columns.adjusted_close);
  } catch (error) {
    await parquet.close();
    throw error;
  }
  return {
    detected: {
      format: 'parquet',
      compression: 'none',
      layout: 'parquet',
      delimiter: null,
      has_header: null,
      skipped_lines: 0,
      columns: { ...parquet.columns },
      time_format: parquet.timeFormat,
      time_zone: options.time_zone ?? 'as stored, else UTC',
    },
    fractionRead: (rows) => rows / Math.max(1, parquet.rowCount),
    rows: () => parquet.rows(new TimeReader(parquet.timeFormat, options.time_zone ?? null), options.adjusted),
    close: () => parquet.close(),
  };
}

/**
 * The distance between rows that follow each other: of the commonest ones the shortest, since rows may be missing.
 *
 * @throws ImportError TIMEFRAME_UNKNOWN
 */
async function timeframeOf(table: UndatedTable): Promise<Timeframe> {
  const steps = new Map<number, number>();
  let before: number | null = null;
  let seen = 0;
  // Only the times count here; what is wrong with a row is said when it is imported.
  for await (const { time } of table.rows(new RowValidator('1m', true))) {
    if ('ms' in time) {
      const step = before === null ? 0 : Math.abs(time.ms - before);
      if (step > 0) steps.set(step, (steps.get(step) ?? 0) + 1);
      before = time.ms;
    }
    seen += 1;
    if (seen === sampleRows) break;
  }
  const most = Math.max(0, ...steps.values());
  const common = [...steps].filter(([, count]) => count >= most / 2).map(([step]) => step);
  const step = Math.min(...common);
  const found = timeframes.find((name) => timeframeMs[name] === step);
  if (found !== undefined) return found;
  const message =
    common.length === 0
      ? 'The timeframe cannot be told from fewer than two times; say timeframe=1h, for instance.'
      : `Rows are ${step / 1000} s apart, which is none of ${timeframes.join(', ')}; say the timeframe.`;
  throw new ImportError('TIMEFRAME_UNKNOWN', message);
}

function requireAdjusted(options: TableOptions, column: number | string | undefined): void {
  if (options.adjusted && column === undefined) {
    throw new ImportError('COLUMNS_UNKNOWN', 'There is no column of adjusted closes.');
  }
}

function requireKnownZone(zone: string | undefined): void {
  if (zone === undefined) return;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
  } catch (error) {
    throw new ImportError('TIME_ZONE_UNKNOWN', `"${zone}" is no time zone such as America/New_York.`, {
      cause: error,
    });
  }
}
