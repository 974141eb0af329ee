import type { FileHandle } from 'node:fs/promises';
import { ImportError } from './import-error.js';

/** Where the packed bytes of an entry lie, `end` included. */
export interface ZipEntry {
  readonly start: number;
  readonly end: number;
  readonly isDeflated: boolean;
}

const endRecord = { signature: 0x06054b50, bytes: 22, longestComment: 65_535 };
const directoryEntry = { signature: 0x02014b50, bytes: 46 };
const localHeader = { signature: 0x04034b50, bytes: 30 };
const longestDirectory = 65_536;

/**
 * The one file in a ZIP archive (PKWARE APPNOTE 4.3): vendors pack one table each. Names in the archive are
 * not used for anything.
 *
 * @throws ImportError ARCHIVE_UNSUPPORTED for none or several files, encryption, ZIP64, or other packing than deflate
 */
export async function findOnlyEntry(file: FileHandle): Promise<ZipEntry> {
  const { size } = await file.stat();
  const tail = await read(file, Math.max(0, size - endRecord.bytes - endRecord.longestComment), size);
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (at === -1 || tail.length - at < endRecord.bytes) throw refused('it has no directory');
  const directoryBytes = tail.readUInt32LE(at + 12);
  const directoryAt = tail.readUInt32LE(at + 16);
  if (
    directoryAt === 0xffffffff ||
    directoryBytes > longestDirectory ||
    directoryAt + directoryBytes > size
  ) {
    throw refused('its directory is too large or broken');
  }
  const files = entriesOf(await read(file, directoryAt, directoryAt + directoryBytes));
  if (files.length !== 1) throw refused(`it holds ${files.length} files instead of one`);
  const [{ flags, method, packedBytes, headerAt }] = files as [DirectoryEntry];
  if ((flags & 1) !== 0) throw refused('it is encrypted');
  if (method !== 0 && method !== 8) throw refused(`it is packed by method ${method}, not deflate`);
  if (packedBytes === 0xffffffff || headerAt === 0xffffffff) throw refused('it is ZIP64');
  const header = await read(file, headerAt, headerAt + localHeader.bytes);
  if (header.length < localHeader.bytes || header.readUInt32LE(0) !== localHeader.signature) {
    throw refused('the file in it has no header');
  }
  const start = headerAt + localHeader.bytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (packedBytes === 0 || start + packedBytes > size) throw refused('the file in it is empty or cut short');
  return { start, end: start + packedBytes - 1, isDeflated: method === 8 };
}

interface DirectoryEntry {
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly headerAt: number;
}

/** The files of the directory, without folders and what macOS adds. */
function entriesOf(directory: Buffer): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at + directoryEntry.bytes <= directory.length;) {
    if (directory.readUInt32LE(at) !== directoryEntry.signature) break;
    const nameBytes = directory.readUInt16LE(at + 28);
    const nameAt = at + directoryEntry.bytes;
    const name = directory.toString('utf8', nameAt, nameAt + nameBytes);
    if (!name.endsWith('/') && !name.startsWith('__MACOSX/')) {
      entries.push({
        flags: directory.readUInt16LE(at + 8),
        method: directory.readUInt16LE(at + 10),
        packedBytes: directory.readUInt32LE(at + 20),
        headerAt: directory.readUInt32LE(at + 42),
      });
    }
    at = nameAt + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function read(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  return bytes.subarray(0, bytesRead);
}

function refused(why: string): ImportError {
  return new ImportError('ARCHIVE_UNSUPPORTED', `The ZIP archive cannot be read: ${why}.`);
}
