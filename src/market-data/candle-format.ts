import { endianness } from 'node:os';
import { timeframe } from '@app/contracts';
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
  /** In how many places bars are missing; absent in files of the first days. */
  gaps: z.number().int().min(0).optional(),
  /** True for made-up prices; carried into every answer and result that uses them. */
  synthetic: z.boolean(),
  /** Where the rows came from, for people. */
  source: z.string(),
  /** SHA-256 of the six columns in file order, lower-case hex: the name of this very data in results. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** CRC-32 of the same bytes, lower-case hex: what readers compare, since it costs a third. Absent where `gaps` is. */
  crc32: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
});
export type CandleFileHeader = Readonly<z.infer<typeof headerSchema>>;

export type CandleFileLabel = Pick<CandleFileHeader, 'symbol' | 'timeframe' | 'synthetic' | 'source'>;

export const columnNames = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
export const columnCount = columnNames.length;
export const rowBytes = columnCount * 8;
/** Holds the whole header of nearly every file. */
export const firstReadBytes = 4096;

const magic = 'HRCANDLE';
const version = 1;
const prefixBytes = 16;
const maxHeaderBytes = 65_536;

/**
 * Reads what stands before the JSON header.
 *
 * @param bytes the beginning of a file that is `size` bytes long
 * @throws CandleFileError NOT_A_CANDLE_FILE, UNSUPPORTED_VERSION, BROKEN_HEADER or WRONG_SIZE
 */
export function decodePrefix(
  path: string,
  bytes: Buffer,
  size: number,
): { headerAt: number; columnsAt: number } {
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
  return { headerAt: prefixBytes, columnsAt };
}

/** @throws CandleFileError BROKEN_HEADER */
export function parseHeader(path: string, text: string): CandleFileHeader {
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

/** Prefix and JSON header, padded to `leastBytes` and so that the columns begin at a multiple of eight. */
export function encodeHeader(header: CandleFileHeader, leastBytes = 0): Buffer {
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const headerBytes = Math.ceil(Math.max(json.length, leastBytes - prefixBytes) / 8) * 8;
  const bytes = Buffer.alloc(prefixBytes + headerBytes, ' ');
  bytes.write(magic, 0, 'latin1');
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(headerBytes, 12);
  json.copy(bytes, prefixBytes);
  return bytes;
}

/** How many bytes prefix and header of such a file take at most, whatever its rows turn out to be. */
export function mostHeaderBytes(label: CandleFileLabel): number {
  const most = Number.MAX_SAFE_INTEGER;
  return encodeHeader({
    ...label,
    rows: most,
    startMs: -most,
    endMs: -most,
    missing: most,
    gaps: most,
    sha256: '0'.repeat(64),
    crc32: '0'.repeat(8),
  }).length;
}

export function wrongSize(path: string, found: number, expected: number): CandleFileError {
  return new CandleFileError('WRONG_SIZE', path, `has ${found} bytes, its header promises ${expected}`);
}

/** @throws CandleFileError UNSUPPORTED_HOST */
export function refuseBigEndian(path: string): void {
  if (endianness() === 'LE') return;
  throw new CandleFileError('UNSUPPORTED_HOST', path, 'candle files are little-endian, this machine is not');
}
