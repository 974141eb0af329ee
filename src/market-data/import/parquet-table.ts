import { open, type FileHandle } from 'node:fs/promises';
import {
  parquetMetadataAsync,
  parquetScan,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type ParquetParsers,
  type SchemaElement,
} from 'hyparquet';
import { compressors as knownCompressors } from 'hyparquet-compressors';
import type { TimeFormat } from '@app/contracts';
import { columnsByName, columnsByWord, fields, requireColumns, type Field } from './column-names.js';
import { timeFormatOf, type LayoutOptions } from './csv-layout.js';
import { ImportError } from './import-error.js';
import type { RawRow } from './row-validator.js';
import type { TimeReader } from './time-format.js';

/** A minute for each of 95 years. */
export const mostRows = 50_000_000;
const mostFooterBytes = 16 * 2 ** 20;
const mostPageBytes = 64 * 2 ** 20;
const mostSliceBytes = 512 * 2 ** 20;
const rowsAtATime = 2 ** 17;
const sampleRows = 200;

/** Timestamps as milliseconds; the default would make an object of each. */
const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (micros: bigint) => Number(micros) / 1e3,
  timestampFromNanoseconds: (nanos: bigint) => Number(nanos / 1000n) / 1e3,
  dateFromDays: (days: number) => days * 86_400_000,
  // A column of JSON or geometry is none of a candle's.
  jsonFromBytes: () => null,
  geometryFromBytes: () => null,
  geographyFromBytes: () => null,
};

/** How the cells of a time column are to be taken. */
type TimeColumn = 'instant' | 'wall-clock' | 'text';

/** A Parquet file of candles. */
export class ParquetTable {
  private constructor(
    private readonly handle: FileHandle,
    private readonly buffer: AsyncBuffer,
    private readonly metadata: FileMetaData,
    /** The name of the column that holds each field. */
    readonly columns: Readonly<Partial<Record<Field, string>>>,
    private readonly timeColumn: TimeColumn,
    readonly timeFormat: TimeFormat,
  ) {}

  /** @throws ImportError for what is no table of candles, and for files made to exhaust whoever reads them */
  static async open(path: string, options: LayoutOptions): Promise<ParquetTable> {
    const handle = await open(path, 'r');
    try {
      const buffer = bufferOf(handle, (await handle.stat()).size);
      const metadata = await readable(() => metadataOf(buffer));
      const names = metadata.schema.slice(1).map(({ name }) => name);
      const indices =
        options.columns === undefined ? columnsByName(names, options.symbol) : columnsByWord(options.columns);
      requireColumns(indices, names);
      const columns: Partial<Record<Field, string>> = {};
      for (const field of fields) {
        const index = indices[field];
        if (index !== undefined && field !== 'time_of_day') columns[field] = names[index]!;
      }
      const element = metadata.schema.find(({ name }) => name === columns.time)!;
      const timeColumn = timeColumnOf(element);
      const unsure = new ParquetTable(handle, buffer, metadata, columns, timeColumn, 'iso');
      if (timeColumn === 'wall-clock') return unsure;
      const timeFormat =
        timeColumn === 'instant' ? 'ms' : (options.time_format ?? timeFormatOf(await unsure.#firstTimes()));
      return new ParquetTable(handle, buffer, metadata, columns, timeColumn, timeFormat);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get rowCount(): number {
    return Number(this.metadata.num_rows);
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** The rows, numbered from 1. @throws ImportError PARQUET_BROKEN, IMPORT_TOO_LARGE */
  async *rows(times: TimeReader, adjusted: boolean): AsyncGenerator<RawRow, void> {
    let number = 0;
    for await (const block of this.#blocks(Infinity)) {
      const { open, high, low, close, volume, adjusted_close } = block;
      for (let row = 0; row < block.time!.length; row++) {
        number += 1;
        const timeText = timeTextOf(block.time![row], this.timeColumn);
        const closes = numberOf(close![row]);
        const factor = adjusted ? numberOf(adjusted_close![row]) / closes : 1;
        yield {
          number,
          time: times.read(timeText),
          timeText,
          open: numberOf(open![row]) * factor,
          high: numberOf(high![row]) * factor,
          low: numberOf(low![row]) * factor,
          close: closes * factor,
          volume: volume === undefined ? undefined : numberOf(volume[row]),
        };
      }
    }
  }

  async #firstTimes(): Promise<string[]> {
    for await (const block of this.#blocks(sampleRows)) {
      return Array.from(block.time!, (cell) => timeTextOf(cell, this.timeColumn));
    }
    return [];
  }

  async *#blocks(rowLimit: number): AsyncGenerator<Partial<Record<Field, ArrayLike<unknown>>>, void> {
    const { buffer: file, metadata } = this;
    const columns = Object.entries(this.columns) as [Field, string][];
    const options = { file, metadata, compressors, parsers, columns: columns.map(([, name]) => name) };
    const scan = await readable(() => parquetScan(options));
    for (const { rowStart, rowEnd } of scan.ranges) {
      for (let from = rowStart; from < Math.min(rowEnd, rowLimit); from += rowsAtATime) {
        const to = Math.min(rowEnd, from + rowsAtATime, rowLimit);
        const block: Partial<Record<Field, ArrayLike<unknown>>> = {};
        for (const [field, column] of columns) {
          block[field] = await readable(() => scan.readColumn({ column, rowStart: from, rowEnd: to }));
          if (block[field].length !== to - from) throw broken('a column is shorter than the table');
        }
        yield block;
      }
    }
  }
}

/** A page says how large it is unpacked, and is believed only up to a limit. */
const compressors: Compressors = Object.fromEntries(
  Object.entries(knownCompressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputBytes: number) => {
      if (outputBytes > mostPageBytes) {
        throw new ImportError('IMPORT_TOO_LARGE', `A page of the file unpacks to ${outputBytes} bytes.`);
      }
      return decompress(input, outputBytes);
    },
  ]),
);

async function metadataOf(buffer: AsyncBuffer): Promise<FileMetaData> {
  const tail = new DataView(await buffer.slice(Math.max(0, buffer.byteLength - 8)));
  if (tail.byteLength === 8 && tail.getUint32(0, true) > mostFooterBytes) {
    throw new ImportError('IMPORT_TOO_LARGE', `The footer of the file has ${tail.getUint32(0, true)} bytes.`);
  }
  const metadata = await parquetMetadataAsync(buffer, { parsers, geoparquet: false });
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (rows !== Number(metadata.num_rows) || rows < 0) throw broken('its parts do not add up to its rows');
  if (rows > mostRows) {
    throw new ImportError('IMPORT_TOO_LARGE', `The file has ${rows} rows; ${mostRows} are possible.`);
  }
  if (metadata.schema.length - 1 !== metadata.schema[0]?.num_children) {
    throw new ImportError('COLUMNS_UNKNOWN', 'The table has nested columns; only flat ones can be read.');
  }
  return metadata;
}

function bufferOf(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const length = Math.min(end, byteLength) - start;
      if (length < 0) throw broken('it refers to bytes outside of it');
      if (length > mostSliceBytes) {
        throw new ImportError('IMPORT_TOO_LARGE', `A column of a row group takes ${length} bytes.`);
      }
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, start);
      if (bytesRead !== length) throw broken('it was cut short');
      return bytes.buffer;
    },
  };
}

function timeColumnOf({ type, logical_type, converted_type }: SchemaElement): TimeColumn {
  if (logical_type?.type === 'TIMESTAMP') return logical_type.isAdjustedToUTC ? 'instant' : 'wall-clock';
  if (converted_type === 'TIMESTAMP_MILLIS' || converted_type === 'TIMESTAMP_MICROS') return 'instant';
  if (type === 'INT96') return 'instant';
  return logical_type?.type === 'DATE' || converted_type === 'DATE' ? 'wall-clock' : 'text';
}

function timeTextOf(cell: unknown, column: TimeColumn): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell !== 'number' && typeof cell !== 'bigint') return '';
  if (column !== 'wall-clock') return String(cell);
  const date = new Date(Number(cell));
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, -1);
}

function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : NaN;
}

/** What the library throws for a damaged file, it throws without a code. */
async function readable<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw broken(error instanceof Error ? error.message : String(error), error);
  }
}

function broken(why: string, cause?: unknown): ImportError {
  return new ImportError('PARQUET_BROKEN', `The Parquet file cannot be read: ${why}.`, { cause });
}
