import { open, type FileHandle } from 'node:fs/promises';
import type { Candles } from '@app/backtest';
import {
  CandleFileError,
  columnCount,
  decodePrefix,
  firstReadBytes,
  parseHeader,
  refuseBigEndian,
  rowBytes,
  wrongSize,
  type CandleFileHeader,
} from './candle-format.js';
import { checksumOf, type Checksum } from './checksum.js';

/** Which bars to read: opening times in `[fromMs, toMs)`, and of those the first `maxRows`. */
export interface CandleSpan {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly maxRows?: number | undefined;
}

export type { CandleFileHeader } from './candle-format.js';

/** Rows by index, the end excluded. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** Once a search in the time column has narrowed to this many rows, they are read at once. */
const searchBlockRows = 512;
/** Long reads go through the thread pool in pieces, several at a time: two cores hand out memory faster than one. */
const pieceBytes = 2 ** 21;
const piecesAtOnce = 4;

/** Files whose bytes this process has compared with their checksum, by device, inode, size and time of change. */
const checkedFiles = new Set<string>();

/**
 * An open candle file: what it holds stays what it is, whatever takes its place under its name meanwhile.
 *
 * The first reading of a file in a process compares its checksum, later ones of the same file do not.
 */
export class CandleFile {
  private constructor(
    readonly path: string,
    readonly header: CandleFileHeader,
    private readonly file: FileHandle,
    private readonly columnsAt: number,
    /** Another for every file that has had this name. */
    readonly version: string,
    private readonly ignoresChecksum: boolean,
  ) {}

  /**
   * Opens the file, reads its header and checks that it has the size which the header promises.
   *
   * @param options.damaged reads a file all the same whose checksum does not hold, to say what is in it
   * @throws CandleFileError
   */
  static async open(path: string, options: { readonly damaged?: boolean } = {}): Promise<CandleFile> {
    refuseBigEndian(path);
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new CandleFileError('NOT_FOUND', path, 'there is no such candle file', { cause: error });
    }
    try {
      const { dev, ino, size, mtimeNs } = await file.stat({ bigint: true });
      const { header, columnsAt } = await readHeader(file, path, Number(size));
      const version = [dev, ino, size, mtimeNs].join(':');
      return new CandleFile(path, header, file, columnsAt, version, options.damaged ?? false);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Opens a file, uses it and closes it. */
  static async with<Result>(path: string, use: (file: CandleFile) => Promise<Result>): Promise<Result> {
    const file = await CandleFile.open(path);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** Which rows a span means; where it begins and ends is searched in the time column on disk. */
  async rowsIn(span: CandleSpan): Promise<RowRange> {
    const { fromMs = -Infinity, toMs = Infinity, maxRows = Infinity } = span;
    const { rows, startMs, endMs } = this.header;
    const first = fromMs <= startMs ? 0 : await this.#firstRowAt(fromMs);
    const end = toMs > endMs ? rows : await this.#firstRowAt(toMs);
    return { first, end: Math.max(first, Math.min(end, first + maxRows)) };
  }

  /**
   * Reads rows into one buffer whose columns are views, without copying.
   *
   * @param into memory to read into; what it held is lost. Fresh memory otherwise
   * @throws CandleFileError CHECKSUM_MISMATCH at the first reading of a damaged file
   */
  async read({ first, end }: RowRange, into?: ArrayBuffer): Promise<Candles> {
    const rows = end - first;
    const buffer = into ?? newBuffer(rows * rowBytes);
    if (rows === this.header.rows) {
      const bytes = new Uint8Array(buffer, 0, rows * rowBytes);
      const check = this.#isChecked ? null : checksumOf(this.header);
      await readPieces(this.file, this.path, bytes, this.columnsAt, (piece) => check?.update(piece));
      if (check !== null) this.#compare(check);
    } else {
      if (!this.#isChecked) await this.verify();
      await Promise.all(
        Array.from({ length: columnCount }, (_, column) => {
          const bytes = new Uint8Array(buffer, column * rows * 8, rows * 8);
          const position = this.columnsAt + (column * this.header.rows + first) * 8;
          return readPieces(this.file, this.path, bytes, position);
        }),
      );
    }
    return columnsOf(buffer, rows);
  }

  /** Rows block by block in the same memory: a block is overwritten by the next one. */
  async *blocks({ first, end }: RowRange, rowsAtATime: number): AsyncGenerator<Candles, void> {
    if (first === end) return;
    const buffer = newBuffer(Math.min(rowsAtATime, end - first) * rowBytes);
    for (let row = first; row < end; row += rowsAtATime) {
      yield await this.read({ first: row, end: Math.min(end, row + rowsAtATime) }, buffer);
    }
  }

  /**
   * Compares the checksum, whether or not this process did so before.
   *
   * @throws CandleFileError CHECKSUM_MISMATCH
   */
  async verify(): Promise<void> {
    checkedFiles.delete(this.version);
    const total = this.header.rows * rowBytes;
    const chunk = new Uint8Array(Math.min(total, pieceBytes));
    const check = checksumOf(this.header);
    for (let done = 0; done < total; done += chunk.length) {
      const part = chunk.subarray(0, total - done);
      await readFully(this.file, this.path, part, this.columnsAt + done);
      check.update(part);
    }
    this.#compare(check);
  }

  get #isChecked(): boolean {
    return this.ignoresChecksum || checkedFiles.has(this.version);
  }

  #compare(check: Checksum): void {
    const found = check.value();
    if (found !== check.expected) {
      const message = `the columns have checksum ${found}, the header promises ${check.expected}`;
      throw new CandleFileError('CHECKSUM_MISMATCH', this.path, message);
    }
    checkedFiles.add(this.version);
  }

  /** The first row whose opening time is at or after `timeMs`. */
  async #firstRowAt(timeMs: number): Promise<number> {
    let low = 0;
    let high = this.header.rows;
    const timesFrom = async (row: number, rows: number): Promise<Float64Array> => {
      const times = new Float64Array(rows);
      await readFully(this.file, this.path, new Uint8Array(times.buffer), this.columnsAt + row * 8);
      return times;
    };
    while (high - low > searchBlockRows) {
      const middle = (low + high) >>> 1;
      const [time] = await timesFrom(middle, 1);
      if (time! < timeMs) low = middle + 1;
      else high = middle;
    }
    const found = (await timesFrom(low, high - low)).findIndex((time) => time >= timeMs);
    return found === -1 ? high : low + found;
  }
}

/**
 * Reads the header alone, and checks that the file has the size which the header promises.
 *
 * @throws CandleFileError
 */
export function readCandleFileHeader(path: string): Promise<CandleFileHeader> {
  return CandleFile.with(path, (file) => Promise.resolve(file.header));
}

/**
 * Reads the bars of a span into one new buffer whose columns are views, without copying.
 *
 * @throws CandleFileError
 */
export function readCandleFile(
  path: string,
  span: CandleSpan = {},
): Promise<{ candles: Candles; header: CandleFileHeader }> {
  return CandleFile.with(path, async (file) => ({
    candles: await file.read(await file.rowsIn(span)),
    header: file.header,
  }));
}

/** The six columns laid end to end in `buffer`, as views. */
export function columnsOf(buffer: ArrayBuffer, rows: number): Candles {
  const column = (index: number): Float64Array => new Float64Array(buffer, index * rows * 8, rows);
  return {
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

async function readHeader(
  file: FileHandle,
  path: string,
  size: number,
): Promise<{ header: CandleFileHeader; columnsAt: number }> {
  let bytes = Buffer.alloc(Math.min(size, firstReadBytes));
  await readFully(file, path, bytes, 0);
  const { columnsAt, headerAt } = decodePrefix(path, bytes, size);
  if (bytes.length < columnsAt) {
    bytes = Buffer.alloc(columnsAt);
    await readFully(file, path, bytes, 0);
  }
  const header = parseHeader(path, bytes.toString('utf8', headerAt, columnsAt));
  const expected = columnsAt + header.rows * rowBytes;
  if (size !== expected) throw wrongSize(path, size, expected);
  return { header, columnsAt };
}

/** Reads in pieces, several at a time; `onPiece` sees them in order. */
async function readPieces(
  file: FileHandle,
  path: string,
  into: Uint8Array,
  position: number,
  onPiece: (piece: Uint8Array) => void = () => undefined,
): Promise<void> {
  const pieces = Array.from({ length: Math.ceil(into.length / pieceBytes) }, (_, i) =>
    into.subarray(i * pieceBytes, (i + 1) * pieceBytes),
  );
  const reads: Promise<void>[] = [];
  const begin = (i: number) => {
    const piece = pieces[i];
    if (piece === undefined) return;
    const read = readFully(file, path, piece, position + i * pieceBytes);
    // Awaited in order below; until then, a later one that fails is not unheard.
    read.catch(() => undefined);
    reads.push(read);
  };
  for (let i = 0; i < piecesAtOnce; i++) begin(i);
  for (let i = 0; i < pieces.length; i++) {
    await reads[i];
    begin(i + piecesAtOnce);
    onPiece(pieces[i]!);
  }
}

async function readFully(file: FileHandle, path: string, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw wrongSize(path, position + done, position + into.length);
    done += bytesRead;
  }
}

/** Uninitialised memory of its own: every byte is read into before anyone sees it. */
function newBuffer(bytes: number): ArrayBuffer {
  return bytes === 0 ? new ArrayBuffer(0) : Buffer.allocUnsafeSlow(bytes).buffer;
}
