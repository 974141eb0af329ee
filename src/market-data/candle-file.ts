import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Candles } from '@app/backtest';
import { timeframe, timeframeMs } from '@app/contracts';
import { z } from 'zod';

export type CandleFileErrorCode =
  | 'NOT_FOUND'
  | 'NOT_A_CANDLE_FILE'
  | 'UNSUPPORTED_VERSION'
  | 'BROKEN_HEADER'
  | 'WRONG_SIZE'
  | 'CHECKSUM_MISMATCH'
  | 'INVALID_COLUMNS'
  | 'UNSUPPORTED_HOST';

/** A candle file that cannot be read or written; `code` is stable, the message names the file. */
export class CandleFileError extends Error {
  override readonly name = 'CandleFileError';

  constructor(
    readonly code: CandleFileErrorCode,
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${message}`, options);
  }
}

const headerSchema = z.strictObject({
  symbol: z.string().min(1),
  timeframe,
  rows: z.number().int().min(1),
  /** Opening time of the first candle, milliseconds since the Unix epoch. */
  startMs: z.number(),
  /** Opening time of the last candle. */
  endMs: z.number(),
  /** Bars that the span from start to end should have and the file has not. */
  missing: z.number().int().min(0),
  /** True for made-up prices; carried into every answer and result that uses them. */
  synthetic: z.boolean(),
  /** Where the rows came from, for people. */
  source: z.string(),
  /** SHA-256 of the six columns in file order, lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type CandleFileHeader = Readonly<z.infer<typeof headerSchema>>;

export type CandleFileLabel = Pick<CandleFileHeader, 'symbol' | 'timeframe' | 'synthetic' | 'source'>;

/** Which bars to read: opening times in `[fromMs, toMs)`, and of those the first `maxRows`. */
export interface CandleSpan {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly maxRows?: number | undefined;
}

const magic = 'HRCANDLE';
const version = 1;
const prefixBytes = 16;
const firstReadBytes = 4096;
const maxHeaderBytes = 65_536;
const columnNames = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
const rowBytes = columnNames.length * 8;
/** Once a search in the time column has narrowed to this many rows, they are read at once. */
const searchBlockRows = 512;

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
  refuseBigEndian(path);
  checkColumns(path, candles);
  const columns = columnNames.map((name) => bytesOf(candles[name]));
  const hash = createHash('sha256');
  for (const column of columns) hash.update(column);
  const { time } = candles;
  const rows = time.length;
  const startMs = time[0]!;
  const endMs = time[rows - 1]!;
  const header: CandleFileHeader = {
    ...label,
    rows,
    startMs,
    endMs,
    missing: Math.max(0, Math.round((endMs - startMs) / timeframeMs[label.timeframe]) + 1 - rows),
    sha256: hash.digest('hex'),
  };

  await mkdir(dirname(path), { recursive: true });
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(unfinished, 'wx', 0o644);
    try {
      for (const bytes of [encodeHeader(header), ...columns]) await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
  return header;
}

/**
 * Reads the header alone, and checks that the file has the size which the header promises.
 *
 * @throws CandleFileError
 */
export async function readCandleFileHeader(path: string): Promise<CandleFileHeader> {
  return withFile(path, async (file) => (await readHeader(file, path)).header);
}

/**
 * Reads the bars of a span into one new buffer whose columns are views, without copying.
 *
 * The checksum costs more than the reading, so it is compared only with `verify`, which reads the whole file.
 *
 * @throws CandleFileError
 */
export async function readCandleFile(
  path: string,
  span: CandleSpan = {},
  options: { readonly verify?: boolean } = {},
): Promise<{ candles: Candles; header: CandleFileHeader }> {
  return withFile(path, async (file) => {
    const { header, columnsAt } = await readHeader(file, path);
    if (options.verify === true) await verifyChecksum(file, path, header, columnsAt);
    const { fromMs = -Infinity, toMs = Infinity, maxRows = Infinity } = span;
    const timeAt = (row: number): number => columnsAt + row * 8;
    const first = fromMs <= header.startMs ? 0 : await firstRowAt(file, path, timeAt, header.rows, fromMs);
    const end = toMs > header.endMs ? header.rows : await firstRowAt(file, path, timeAt, header.rows, toMs);
    const rows = Math.max(0, Math.min(end - first, maxRows));

    const buffer = newBuffer(rows * rowBytes);
    if (rows === header.rows) await readFully(file, path, new Uint8Array(buffer), columnsAt);
    else {
      for (let i = 0; i < columnNames.length; i++) {
        const column = new Uint8Array(buffer, i * rows * 8, rows * 8);
        await readFully(file, path, column, columnsAt + (i * header.rows + first) * 8);
      }
    }
    return { candles: columnsOf(buffer, rows), header };
  });
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

async function withFile<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result> {
  refuseBigEndian(path);
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CandleFileError('NOT_FOUND', path, 'there is no such candle file', { cause: error });
  }
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readHeader(
  file: FileHandle,
  path: string,
): Promise<{ header: CandleFileHeader; columnsAt: number }> {
  const { size } = await file.stat();
  let bytes = Buffer.alloc(Math.min(size, firstReadBytes));
  await readFully(file, path, bytes, 0);
  if (bytes.length < prefixBytes || bytes.toString('latin1', 0, 8) !== magic) {
    throw new CandleFileError('NOT_A_CANDLE_FILE', path, `does not begin with ${magic}`);
  }
  const found = bytes.readUInt32LE(8);
  if (found !== version) {
    throw new CandleFileError('UNSUPPORTED_VERSION', path, `has version ${found}, this reads ${version}`);
  }
  const headerBytes = bytes.readUInt32LE(12);
  const columnsAt = prefixBytes + headerBytes;
  if (headerBytes % 8 !== 0 || headerBytes > maxHeaderBytes) {
    throw new CandleFileError('BROKEN_HEADER', path, `the header claims ${headerBytes} bytes`);
  }
  if (size < columnsAt) throw wrongSize(path, size, columnsAt);
  if (bytes.length < columnsAt) {
    bytes = Buffer.alloc(columnsAt);
    await readFully(file, path, bytes, 0);
  }
  const header = parseHeader(path, bytes.toString('utf8', prefixBytes, columnsAt));
  const expected = columnsAt + header.rows * rowBytes;
  if (size !== expected) throw wrongSize(path, size, expected);
  return { header, columnsAt };
}

function parseHeader(path: string, text: string): CandleFileHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CandleFileError('BROKEN_HEADER', path, 'the header is not JSON', { cause: error });
  }
  const parsed = headerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new CandleFileError('BROKEN_HEADER', path, `the header is not valid (${fields})`);
}

function encodeHeader(header: CandleFileHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(prefixBytes + headerBytes, ' ');
  bytes.write(magic, 0, 'latin1');
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(headerBytes, 12);
  json.copy(bytes, prefixBytes);
  return bytes;
}

/** The first row whose opening time is at or after `timeMs`, searched in the file's time column. */
async function firstRowAt(
  file: FileHandle,
  path: string,
  timeAt: (row: number) => number,
  rows: number,
  timeMs: number,
): Promise<number> {
  let low = 0;
  let high = rows;
  const one = new Float64Array(1);
  while (high - low > searchBlockRows) {
    const middle = (low + high) >>> 1;
    await readFully(file, path, bytesOf(one), timeAt(middle));
    if (one[0]! < timeMs) low = middle + 1;
    else high = middle;
  }
  const block = new Float64Array(high - low);
  await readFully(file, path, bytesOf(block), timeAt(low));
  const found = block.findIndex((time) => time >= timeMs);
  return found === -1 ? high : low + found;
}

async function verifyChecksum(
  file: FileHandle,
  path: string,
  header: CandleFileHeader,
  columnsAt: number,
): Promise<void> {
  const hash = createHash('sha256');
  const total = header.rows * rowBytes;
  const chunk = new Uint8Array(Math.min(total, 1 << 20));
  for (let done = 0; done < total; done += chunk.length) {
    const part = chunk.subarray(0, total - done);
    await readFully(file, path, part, columnsAt + done);
    hash.update(part);
  }
  const found = hash.digest('hex');
  if (found === header.sha256) return;
  const message = `the columns have checksum ${found}, the header promises ${header.sha256}`;
  throw new CandleFileError('CHECKSUM_MISMATCH', path, message);
}

async function readFully(file: FileHandle, path: string, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const length = Math.min(into.length - done, 2 ** 30);
    const { bytesRead } = await file.read(into, done, length, position + done);
    if (bytesRead === 0) throw wrongSize(path, position + done, position + into.length);
    done += bytesRead;
  }
}

function checkColumns(path: string, candles: Candles): void {
  const rows = candles.time.length;
  const refuse = (message: string): never => {
    throw new CandleFileError('INVALID_COLUMNS', path, message);
  };
  if (rows === 0) refuse('there is no candle to write');
  for (const name of columnNames) {
    if (candles[name].length !== rows) refuse(`${name} has ${candles[name].length} values for ${rows} times`);
  }
  for (let row = 0; row < rows; row++) {
    const ascends = row === 0 || candles.time[row]! > candles.time[row - 1]!;
    if (!ascends || !Number.isFinite(candles.time[row])) refuse(`the time of row ${row} does not ascend`);
  }
}

/** Makes the rename durable; not every file system lets a folder be synced, and the file itself already is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Uninitialised memory of its own: every byte is read into before anyone sees it. */
function newBuffer(bytes: number): ArrayBuffer {
  return bytes === 0 ? new ArrayBuffer(0) : Buffer.allocUnsafeSlow(bytes).buffer;
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function wrongSize(path: string, found: number, expected: number): CandleFileError {
  return new CandleFileError('WRONG_SIZE', path, `has ${found} bytes, its header promises ${expected}`);
}

function refuseBigEndian(path: string): void {
  if (endianness() === 'LE') return;
  throw new CandleFileError('UNSUPPORTED_HOST', path, 'candle files are little-endian, this machine is not');
}
