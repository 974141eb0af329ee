import { open, type FileHandle } from 'node:fs/promises';
import { columnNames } from '../candle-format.js';
import type { CandleRow } from '../candle-spool.js';

const rowValues = columnNames.length;
const rowBytes = rowValues * 8;
const rowsAtATime = 4096;

/**
 * What a download has so far, in a file that outlives its process: a row of six numbers after another. A row
 * that was only half written when the process was killed is forgotten.
 */
export class PartialDownload {
  private constructor(
    private readonly file: FileHandle,
    /** Rows that an attempt before this one left. */
    readonly resumedRows: number,
    private length: number,
    private lastMs: number | null,
  ) {}

  static async open(path: string): Promise<PartialDownload> {
    const file = await open(path, 'a+', 0o600);
    const { size } = await file.stat();
    const rows = Math.floor(size / rowBytes);
    await file.truncate(rows * rowBytes);
    const partial = new PartialDownload(file, rows, rows, null);
    for await (const { time } of partial.rows()) {
      if (Number.isFinite(time)) partial.lastMs = Math.max(time, partial.lastMs ?? -Infinity);
    }
    return partial;
  }

  /** The latest opening time; null when there is none. */
  get latestMs(): number | null {
    return this.lastMs;
  }

  get rowCount(): number {
    return this.length;
  }

  async append(rows: readonly CandleRow[]): Promise<void> {
    const values = new Float64Array(rows.length * rowValues);
    for (const [i, row] of rows.entries()) {
      for (const [column, name] of columnNames.entries()) values[i * rowValues + column] = row[name];
      if (Number.isFinite(row.time)) this.lastMs = Math.max(row.time, this.lastMs ?? -Infinity);
    }
    await this.file.appendFile(new Uint8Array(values.buffer));
    this.length += rows.length;
  }

  /** All rows, in the order in which they came. */
  async *rows(): AsyncGenerator<CandleRow, void> {
    const values = new Float64Array(rowsAtATime * rowValues);
    for (let row = 0; row < this.length; row += rowsAtATime) {
      const count = Math.min(rowsAtATime, this.length - row);
      await this.file.read(new Uint8Array(values.buffer), 0, count * rowBytes, row * rowBytes);
      for (let i = 0; i < count; i++) {
        const [time, open, high, low, close, volume] = values.subarray(i * rowValues, (i + 1) * rowValues);
        yield { time: time!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
      }
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
