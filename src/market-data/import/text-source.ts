import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { pipeline, Readable, Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { ImportError } from './import-error.js';
import { findOnlyEntry } from './zip-archive.js';

export type Compression = 'none' | 'gzip' | 'zip';

/** What a small file may unpack to at most. */
const mostUnpackedBytes = 8 * 2 ** 30;
const headBytes = 256 * 1024;
const readBytes = 256 * 1024;

/** Whether the file is Parquet, which begins and ends with its name. */
export async function isParquet(path: string): Promise<boolean> {
  return withFile(path, async (file) => (await firstBytes(file, 4)).toString('latin1') === 'PAR1');
}

/** A text file that may be packed: how, its beginning, and the whole of it as a stream. */
export class TextSource {
  private constructor(
    readonly compression: Compression,
    /** The first 256 KiB at most, unpacked. */
    readonly head: string,
    /** The head is the whole text. */
    readonly headIsAll: boolean,
    private readonly fileBytes: number,
    private readonly packed: () => ReadStream,
    private readonly unpacked: (packed: ReadStream) => Readable,
  ) {}

  /**
   * Looks at a file's beginning.
   *
   * @throws ImportError for what is no text, or an archive of several files
   */
  static async open(path: string, mostBytes = mostUnpackedBytes): Promise<TextSource> {
    const { compression, packed, unpack } = await packingOf(path);
    const limited = (stream: ReadStream) => limit(unpack(stream), mostBytes);
    const { bytes, isAll } = await beginningOf(limited(packed()));
    refuseOtherThanText(bytes);
    const head = bytes.toString('utf8').replace(/^\uFEFF/, '');
    return new TextSource(compression, head, isAll, (await stat(path)).size, packed, limited);
  }

  /** The unpacked bytes; it fails with IMPORT_TOO_LARGE when they are too many. */
  stream(): Readable {
    this.#reading = this.packed();
    return this.unpacked(this.#reading);
  }

  /** How much of the file has been read since `stream` was called, 0 to 1. */
  get fractionRead(): number {
    return Math.min(1, (this.#reading?.bytesRead ?? 0) / Math.max(1, this.fileBytes));
  }

  #reading: ReadStream | null = null;
}

interface Packing {
  readonly compression: Compression;
  readonly packed: () => ReadStream;
  readonly unpack: (packed: ReadStream) => Readable;
}

async function packingOf(path: string): Promise<Packing> {
  const first = await withFile(path, (file) => firstBytes(file, 4));
  const from = (options: { start?: number; end?: number } = {}) =>
    createReadStream(path, { ...options, highWaterMark: readBytes });
  if (first[0] === 0x1f && first[1] === 0x8b) {
    return { compression: 'gzip', packed: from, unpack: (packed) => through(packed, createGunzip()) };
  }
  if (first.toString('latin1', 0, 2) === 'PK') {
    const { start, end, isDeflated } = await withFile(path, findOnlyEntry);
    return {
      compression: 'zip',
      packed: () => from({ start, end }),
      unpack: (packed) => (isDeflated ? through(packed, createInflateRaw()) : packed),
    };
  }
  return { compression: 'none', packed: from, unpack: (packed) => packed };
}

function limit(stream: Readable, mostBytes: number): Readable {
  let seen = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= mostBytes) done(null, chunk);
      else done(new ImportError('IMPORT_TOO_LARGE', `The file unpacks to more than ${mostBytes} bytes.`));
    },
  });
  return through(stream, meter);
}

/** Errors of the first are those of the last, and whoever destroys the last destroys the first. */
function through<Last extends Transform>(stream: Readable, last: Last): Last {
  pipeline(stream, last, () => undefined);
  return last;
}

async function beginningOf(stream: Readable): Promise<{ bytes: Buffer; isAll: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= headBytes) return { bytes: Buffer.concat(chunks).subarray(0, headBytes), isAll: false };
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new ImportError('ARCHIVE_UNSUPPORTED', `The file cannot be unpacked: ${why}.`, { cause: error });
  }
  return { bytes: Buffer.concat(chunks), isAll: true };
}

function refuseOtherThanText(bytes: Buffer): void {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new ImportError('ENCODING_UNSUPPORTED', 'The file is UTF-16; save it as UTF-8.');
  }
  if (bytes.includes(0)) {
    throw new ImportError('NOT_A_TABLE', 'The file is neither text nor Parquet, nor gzip or ZIP of text.');
  }
}

async function firstBytes(file: FileHandle, count: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(count), 0, count, 0);
  return buffer.subarray(0, bytesRead);
}

async function withFile<Value>(path: string, use: (file: FileHandle) => Promise<Value>): Promise<Value> {
  const file = await open(path, 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
