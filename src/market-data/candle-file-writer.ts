import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Candles } from '@app/backtest';
import { timeframeMs } from '@app/contracts';
import {
  CandleFileError,
  columnCount,
  columnNames,
  encodeHeader,
  mostHeaderBytes,
  refuseBigEndian,
  rowBytes,
  type CandleFileHeader,
  type CandleFileLabel,
} from './candle-format.js';
import { hexOfCrc } from './checksum.js';
import { unfinishedName } from './leftovers.js';

const chunkBytes = 2 ** 20;

/**
 * Writes candles under their final name in one step: whoever reads `path` sees the old file or the whole
 * new one, also after a crash.
 *
 * @throws CandleFileError INVALID_COLUMNS for no rows, columns of unequal length or times that do not ascend
 */
export async function writeCandleFile(
  path: string,
  candles: Candles,
  label: CandleFileLabel,
): Promise<CandleFileHeader> {
  const writer = await CandleFileWriter.create(path, label, candles.time.length);
  try {
    await writer.append(candles);
    const header = await writer.finish();
    await writer.publish();
    return header;
  } finally {
    await writer.discard();
  }
}

/**
 * Writes a candle file whose rows come in blocks, oldest first, in bounded memory.
 *
 * `append` any number of times, `finish` (complete, on the disk), `publish` (seen under its name), and in any
 * case `discard`, which removes what was not published.
 *
 * Each column has room for `capacity` rows in the unfinished file; `finish` moves them together.
 */
export class CandleFileWriter {
  #rows = 0;
  #gaps = 0;
  #startMs = NaN;
  #endMs = NaN;

  private constructor(
    private readonly path: string,
    private readonly label: CandleFileLabel,
    private readonly capacity: number,
    private readonly unfinished: string,
    private readonly file: FileHandle,
    private readonly columnsAt: number,
  ) {}

  /** @param capacity at most so many rows will be appended */
  static async create(path: string, label: CandleFileLabel, capacity: number): Promise<CandleFileWriter> {
    refuseBigEndian(path);
    await mkdir(dirname(path), { recursive: true });
    const unfinished = join(dirname(path), unfinishedName(basename(path)));
    const file = await open(unfinished, 'wx+', 0o644);
    return new CandleFileWriter(path, label, capacity, unfinished, file, mostHeaderBytes(label));
  }

  get rows(): number {
    return this.#rows;
  }

  /** @throws CandleFileError INVALID_COLUMNS for columns of unequal length, times that do not ascend, or too many rows */
  async append(candles: Candles): Promise<void> {
    this.#check(candles);
    for (const [column, name] of columnNames.entries()) {
      const at = this.columnsAt + (column * this.capacity + this.#rows) * 8;
      await writeFully(this.file, bytesOf(candles[name]), at);
    }
    this.#rows += candles.time.length;
  }

  /** @throws CandleFileError INVALID_COLUMNS when no row was appended */
  async finish(): Promise<CandleFileHeader> {
    if (this.#rows === 0) this.#refuse('there is no candle to write');
    const sha256 = createHash('sha256');
    let crc = 0;
    const chunk = new Uint8Array(Math.min(chunkBytes, this.#rows * 8));
    for (let column = 0; column < columnCount; column++) {
      const from = this.columnsAt + column * this.capacity * 8;
      const to = this.columnsAt + column * this.#rows * 8;
      for (let done = 0; done < this.#rows * 8; done += chunk.length) {
        const part = chunk.subarray(0, this.#rows * 8 - done);
        const { bytesRead } = await this.file.read(part, 0, part.length, from + done);
        if (bytesRead !== part.length) throw new Error(`${this.unfinished} was cut short`);
        sha256.update(part);
        crc = crc32(part, crc);
        if (from !== to) await writeFully(this.file, part, to + done);
      }
    }
    await this.file.truncate(this.columnsAt + this.#rows * rowBytes);
    const bars = Math.round((this.#endMs - this.#startMs) / timeframeMs[this.label.timeframe]) + 1;
    const header: CandleFileHeader = {
      ...this.label,
      rows: this.#rows,
      startMs: this.#startMs,
      endMs: this.#endMs,
      missing: Math.max(0, bars - this.#rows),
      gaps: this.#gaps,
      sha256: sha256.digest('hex'),
      crc32: hexOfCrc(crc),
    };
    await writeFully(this.file, encodeHeader(header, this.columnsAt), 0);
    await this.file.sync();
    return header;
  }

  /** Puts the finished file in the place of what has its name. */
  async publish(): Promise<void> {
    await rename(this.unfinished, this.path);
    await syncFolder(dirname(this.path));
  }

  async discard(): Promise<void> {
    await this.file.close();
    await rm(this.unfinished, { force: true });
  }

  #check(candles: Candles): void {
    const { time } = candles;
    for (const name of columnNames) {
      if (candles[name].length !== time.length) {
        this.#refuse(`${name} has ${candles[name].length} values for ${time.length} times`);
      }
    }
    if (this.#rows + time.length > this.capacity) this.#refuse(`there are more than ${this.capacity} rows`);
    const lengthMs = timeframeMs[this.label.timeframe];
    let before = this.#endMs;
    for (let row = 0; row < time.length; row++) {
      const at = time[row]!;
      // The first row of all has NaN before it.
      if (!Number.isFinite(at) || at <= before)
        this.#refuse(`the time of row ${this.#rows + row} does not ascend`);
      if (Math.round((at - before) / lengthMs) > 1) this.#gaps++;
      before = at;
    }
    if (this.#rows === 0 && time.length > 0) this.#startMs = time[0]!;
    this.#endMs = before;
  }

  #refuse(message: string): never {
    throw new CandleFileError('INVALID_COLUMNS', this.path, message);
  }
}

/** Makes the rename durable; not every file system lets a folder be synced, and the file itself already is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
