import { open, rm, type FileHandle } from 'node:fs/promises';
import { sliceCandles, type Candles } from '@app/backtest';
import { columnsOf } from './candle-file.js';
import { columnNames, rowBytes } from './candle-format.js';
import { emptyCandles, mergeCandles, type CandleBlocks, type OnOverlap } from './candle-merge.js';

/** One candle that is being imported. */
export interface CandleRow {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** Two rows of one time in the input: the later one is kept. `row` is the later one's number, null when unknown. */
export type OnDuplicate = (row: number | null, timeMs: number, areEqual: boolean) => void;

const readRows = 4096;

/**
 * Sorts any number of candles in bounded memory: sorted runs go to a temporary file, and are merged when read.
 */
export class CandleSpool {
  readonly #run: Candles;
  readonly #numbers: Float64Array;
  readonly #runs: { readonly offset: number; readonly rows: number }[] = [];
  #filled = 0;
  #offset = 0;
  #rows = 0;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly onDuplicate: OnDuplicate,
    private readonly runRows: number,
  ) {
    this.#run = emptyCandles(runRows);
    this.#numbers = new Float64Array(runRows);
  }

  /** @param runRows how many rows are held in memory and sorted at once */
  static async create(path: string, onDuplicate: OnDuplicate, runRows = 2 ** 17): Promise<CandleSpool> {
    return new CandleSpool(path, await open(path, 'w+', 0o600), onDuplicate, runRows);
  }

  /** Rows held, duplicates within a run left out. */
  get rows(): number {
    return this.#rows + this.#filled;
  }

  /** True when it is full and `flush` must be awaited before the next one. */
  push(row: CandleRow, number: number): boolean {
    const at = this.#filled++;
    for (const name of columnNames) this.#run[name][at] = row[name];
    this.#numbers[at] = number;
    return this.#filled === this.runRows;
  }

  /** Sorts what is held and moves it to the file. */
  async flush(): Promise<void> {
    const rows = this.#sorted();
    this.#filled = 0;
    if (rows.time.length === 0) return;
    this.#runs.push({ offset: this.#offset, rows: rows.time.length });
    this.#rows += rows.time.length;
    for (const name of columnNames) {
      const column = rows[name];
      const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
      for (let done = 0; done < bytes.length;) {
        done += (await this.file.write(bytes, done, bytes.length - done, this.#offset + done)).bytesWritten;
      }
      this.#offset += bytes.length;
    }
  }

  /** Everything, ascending, each time once; may be read again. Duplicates between runs are reported while reading. */
  candles(reportDuplicates: boolean): CandleBlocks {
    const sources = this.#runs.map((run) => this.#blocksOf(run));
    if (sources.length === 1) return sources[0]!;
    const onOverlap: OnOverlap = (timeMs, areEqual) => {
      if (reportDuplicates) this.onDuplicate(null, timeMs, areEqual);
    };
    return mergeCandles(sources, onOverlap);
  }

  async remove(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
  }

  async *#blocksOf({ offset, rows }: { offset: number; rows: number }): AsyncGenerator<Candles, void> {
    const buffer = new ArrayBuffer(Math.min(rows, readRows) * rowBytes);
    for (let row = 0; row < rows; row += readRows) {
      const count = Math.min(readRows, rows - row);
      const block = columnsOf(buffer, count);
      for (const [column, name] of columnNames.entries()) {
        const bytes = new Uint8Array(buffer, block[name].byteOffset, count * 8);
        const { bytesRead } = await this.file.read(
          bytes,
          0,
          bytes.length,
          offset + (column * rows + row) * 8,
        );
        if (bytesRead !== bytes.length) throw new Error(`${this.path} was cut short`);
      }
      yield block;
    }
  }

  /** The rows held in order of time, of several with one time the last. */
  #sorted(): Candles {
    const { time } = this.#run;
    const rows = this.#filled;
    let ascends = true;
    for (let row = 1; ascends && row < rows; row++) ascends = time[row]! > time[row - 1]!;
    if (ascends) return sliceCandles(this.#run, 0, rows);

    // Stable: of rows with one time, the order of the input remains.
    const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
      (a, b) => time[a]! - time[b]! || a - b,
    );
    const sorted = emptyCandles(rows);
    let kept = 0;
    for (const [i, row] of order.entries()) {
      const next = order[i + 1];
      if (next !== undefined && time[next] === time[row]) {
        const areEqual = columnNames.every((name) => this.#run[name][row] === this.#run[name][next]);
        this.onDuplicate(this.#numbers[next]!, time[row]!, areEqual);
        continue;
      }
      for (const name of columnNames) sorted[name][kept] = this.#run[name][row]!;
      kept++;
    }
    return sliceCandles(sorted, 0, kept);
  }
}
