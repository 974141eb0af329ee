import { parse } from 'csv-parse/sync';
import type { ImportOptions, TimeFormat } from '@app/contracts';
import { boundedText } from '@app/text';
import { columnsByName, columnsByWord, requireColumns, type FieldColumns } from './column-names.js';
import { ImportError } from './import-error.js';
import { detectTimeFormat } from './time-format.js';

/** What somebody may say of a table instead of having it found out. */
export type LayoutOptions = Pick<
  ImportOptions,
  'symbol' | 'layout' | 'delimiter' | 'columns' | 'time_format'
>;

type CsvLayoutName = NonNullable<ImportOptions['layout']>;

/** How a text file is to be read. */
export interface CsvLayout {
  readonly name: CsvLayoutName;
  readonly delimiter: string;
  /** Lines before the header or the first row: comments, a vendor's address. */
  readonly skippedLines: number;
  readonly header: readonly string[] | null;
  readonly columns: FieldColumns & Readonly<Record<'time' | 'open' | 'high' | 'low' | 'close', number>>;
  readonly timeFormat: TimeFormat;
  /** `1.234,5` instead of `1234.5`; only where the delimiter is another. */
  readonly decimalComma: boolean;
}

const delimiters = [',', ';', '\t', '|'] as const;
const sampleLines = 200;
/** Of a cell that a message shows. */
const maxSampleCodePoints = 80;
/** What Binance's archives hold, without a header. */
const binanceColumns = 'time,open,high,low,close,volume,-,-,-,-,-,-';
const plainColumns = ['time,open,high,low,close', 'time,open,high,low,close,volume'] as const;

/**
 * Finds out how a table is written, from its first lines; what the options say is taken for granted.
 *
 * @param head the beginning of the file
 * @param headIsAll whether it is the whole; otherwise its last line may be cut
 * @throws ImportError
 */
export function detectCsvLayout(head: string, headIsAll: boolean, options: LayoutOptions): CsvLayout {
  const lines = head.split(/\r\n|\n|\r/).slice(0, sampleLines + 1);
  if (!headIsAll || lines.at(-1) === '') lines.pop();
  const delimiter = delimiterOf(lines, options.delimiter);
  const skippedLines = linesBeforeTable(lines, delimiter);
  const records = recordsOf(lines.slice(skippedLines), delimiter);
  const first = records[0];
  if (first === undefined) throw new ImportError('NO_ROWS', 'The file has no rows.');
  const header = isHeader(first) ? first.map((name) => name.trim()) : null;
  const rows = header === null ? records : records.slice(1);
  const name = options.layout ?? nameOf(header, rows, lines.slice(0, skippedLines));
  const columns = columnsOf(name, header, rows, options);
  requireColumns(columns, header ?? first);
  const samples = rows.map((row) => timeTextOf(row, columns));
  return {
    name,
    delimiter,
    skippedLines,
    header,
    columns,
    timeFormat: options.time_format ?? timeFormatOf(samples),
    decimalComma:
      delimiter !== ',' && rows.some((row) => /^-?\d+,\d+$/.test(row[columns.close]?.trim() ?? '')),
  };
}

/** The cell of the time, with the time of day behind it where that has a column of its own. */
export function timeTextOf(row: readonly string[], columns: FieldColumns): string {
  const time = row[columns.time!]?.trim() ?? '';
  if (columns.time_of_day === undefined) return time;
  const timeOfDay = row[columns.time_of_day]?.trim() ?? '';
  return timeOfDay === '' ? time : `${time} ${timeOfDay}`;
}

/** @throws ImportError TIME_FORMAT_UNKNOWN */
export function timeFormatOf(samples: readonly string[]): TimeFormat {
  const format = detectTimeFormat(samples);
  const shown = boundedText(JSON.stringify(samples.find((text) => text !== '') ?? ''), maxSampleCodePoints);
  if (format === 'ambiguous') {
    const message = `Day and month of ${shown} cannot be told apart; say time_format=dmy or mdy.`;
    throw new ImportError('TIME_FORMAT_UNKNOWN', message);
  }
  if (format !== null) return format;
  throw new ImportError(
    'TIME_FORMAT_UNKNOWN',
    `The times, such as ${shown}, are of no format that is known.`,
  );
}

function delimiterOf(lines: readonly string[], given: ImportOptions['delimiter']): string {
  if (given !== undefined) return given === 'tab' ? '\t' : given;
  // The one that gives most lines the same number of columns, five at least.
  let best: { delimiter: string; lines: number } | null = null;
  for (const delimiter of delimiters) {
    const counts = lines.map((line) => line.split(delimiter).length).filter((count) => count >= 5);
    const most = Math.max(
      0,
      ...[...new Set(counts)].map((count) => counts.filter((other) => other === count).length),
    );
    if (most > (best?.lines ?? 0)) best = { delimiter, lines: most };
  }
  if (best === null) {
    throw new ImportError('NOT_A_TABLE', 'No table was found: no line has five columns or more.');
  }
  return best.delimiter;
}

function linesBeforeTable(lines: readonly string[], delimiter: string): number {
  const first = lines.findIndex((line) => !line.startsWith('#') && line.split(delimiter).length >= 5);
  return Math.max(0, first);
}

function recordsOf(lines: readonly string[], delimiter: string): string[][] {
  try {
    return parse(lines.join('\n'), {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ImportError('NOT_A_TABLE', `The table cannot be read: ${why}`, { cause: error });
  }
}

/** Names hold letters where rows hold numbers: at most the time, a symbol and an empty or `null` cell are no numbers there. */
function isHeader(cells: readonly string[]): boolean {
  const words = cells.filter(
    (cell) => /^[<"]?[A-Za-z_/]/.test(cell.trim()) && !/^(null|nan|n\/a)$/i.test(cell.trim()),
  );
  return words.length >= 4 || words.length > cells.length / 2;
}

function nameOf(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  before: readonly string[],
): CsvLayoutName {
  const names = new Set(header?.map((name) => name.toLowerCase()));
  if (before.some((line) => /cryptodatadownload/i.test(line))) return 'cryptodatadownload';
  if (names.has('unix') && names.has('symbol')) return 'cryptodatadownload';
  if (names.has('<ticker>') || names.has('<date>')) return 'stooq';
  if (names.has('adj close')) return 'yahoo';
  if (names.has('open_time') && names.has('close_time')) return 'binance';
  if (header === null && rows[0]?.length === 12 && /^\d{10,16}$/.test(rows[0][0]!.trim())) return 'binance';
  return 'generic';
}

function columnsOf(
  name: CsvLayoutName,
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  options: LayoutOptions,
): FieldColumns {
  if (options.columns !== undefined) return columnsByWord(options.columns);
  if (header !== null) return columnsByName(header, options.symbol);
  if (name === 'binance') return columnsByWord(binanceColumns);
  const plain = plainColumns.find((words) => words.split(',').length === rows[0]?.length);
  if (plain !== undefined) return columnsByWord(plain);
  throw new ImportError(
    'COLUMNS_UNKNOWN',
    `The file has no header and ${rows[0]?.length ?? 0} columns; name them with columns=time,open,high,low,close,volume (- for others).`,
  );
}
