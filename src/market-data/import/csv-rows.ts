import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import type { TextSource } from './text-source.js';
import { timeTextOf, type CsvLayout } from './csv-layout.js';
import { ImportError } from './import-error.js';
import type { RawRow, RowValidator } from './row-validator.js';
import type { TimeReader } from './time-format.js';

const longestRecordBytes = 65_536;

/**
 * The rows of a text file, one after another. Rows that cannot be taken apart go to the intake directly.
 *
 * Rows are numbered from the first line of the file; blank lines do not count.
 *
 * @throws ImportError NOT_A_TABLE for a line of more than 64 KiB or an unclosed quote, IMPORT_TOO_LARGE
 */
export async function* csvRows(
  source: TextSource,
  layout: CsvLayout,
  times: TimeReader,
  intake: RowValidator,
): AsyncGenerator<RawRow, void> {
  const { columns } = layout;
  const parser = parse({
    delimiter: layout.delimiter,
    bom: true,
    from_line: layout.skippedLines + 1,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRecordBytes,
  });
  pipeline(source.stream(), parser, () => undefined);
  const fewest = 1 + Math.max(columns.time, columns.open, columns.high, columns.low, columns.close);
  const numberIn = (text: string | undefined): number => numberOf(text, layout.decimalComma);
  let number = layout.skippedLines;
  let symbol: string | null = null;
  let isHeader = layout.header !== null;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      number += 1;
      if (isHeader) {
        isHeader = false;
        continue;
      }
      if (record.length < fewest) {
        intake.refuse(
          'TOO_FEW_FIELDS',
          number,
          () => `${record.length} columns instead of ${fewest} or more`,
        );
        continue;
      }
      if (columns.symbol !== undefined) {
        const named = record[columns.symbol] ?? '';
        symbol ??= named;
        if (named !== symbol) {
          intake.refuse('OTHER_SYMBOL', number, () => `${named} among rows of ${String(symbol)}`);
          continue;
        }
      }
      const timeText = timeTextOf(record, columns);
      const close = numberIn(record[columns.close]);
      // Splits and dividends change all prices of a row alike.
      const factor =
        columns.adjusted_close === undefined ? 1 : numberIn(record[columns.adjusted_close]) / close;
      yield {
        number,
        time: times.read(timeText),
        timeText,
        open: numberIn(record[columns.open]) * factor,
        high: numberIn(record[columns.high]) * factor,
        low: numberIn(record[columns.low]) * factor,
        close: close * factor,
        volume: columns.volume === undefined ? undefined : numberIn(record[columns.volume]),
      };
    }
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (!code.startsWith('CSV_')) throw error;
    throw new ImportError(
      'NOT_A_TABLE',
      `The table cannot be read near row ${number}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

/** NaN for what is no number, an empty cell included. */
function numberOf(text: string | undefined, decimalComma: boolean): number {
  const written = text?.trim().replace(/^\$/, '') ?? '';
  if (written === '') return NaN;
  return Number(decimalComma ? written.replace(',', '.') : written);
}
