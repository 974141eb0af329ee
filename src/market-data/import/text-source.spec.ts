import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { TextSource } from './text-source.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'text-source-'));
  path = join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

interface Entry {
  name: string;
  content: string;
  method?: number;
  flags?: number;
}

/** A ZIP archive as APPNOTE 4.3 has it: local headers and data, then the directory, then its end record. */
function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, method = 8, flags = 0 } of entries) {
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    const made = Buffer.from([20, 0]);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, shared, rest, Buffer.from(name)]),
    );
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

async function textOf(content: Uint8Array, mostBytes?: number): Promise<string> {
  await writeFile(path, content);
  const source = await TextSource.open(path, mostBytes);
  let text = '';
  for await (const chunk of source.stream()) text += String(chunk);
  return text;
}

describe('a ZIP archive', () => {
  const table = { name: 'BTCUSDT-1m.csv', content: 'a,b\n1,2\n'.repeat(1000) };

  it('gives the one file in it, packed or not, whatever stands beside it', async () => {
    expect(await textOf(zip([table]))).toBe(table.content);
    expect(await textOf(zip([{ ...table, method: 0 }]))).toBe(table.content);
    const beside = [
      { name: 'folder/', content: '' },
      { name: '__MACOSX/._x', content: 'x' },
    ];
    expect(await textOf(zip([...beside, table]))).toBe(table.content);
  });

  it.each([
    ['two files', [table, { ...table, name: 'b' }], 'holds 2 files'],
    ['no file', [], 'holds 0 files'],
    ['an encrypted file', [{ ...table, flags: 1 }], 'encrypted'],
    ['another packing', [{ ...table, method: 14 }], 'method 14'],
    ['an empty file', [{ ...table, method: 0, content: '' }], 'empty'],
  ])('with %s is refused', async (_, entries, why) => {
    await expect(textOf(zip(entries))).rejects.toMatchObject({
      code: 'ARCHIVE_UNSUPPORTED',
      message: expect.stringContaining(why),
    });
  });

  it('that lies about where its parts are is refused', async () => {
    const whole = zip([table]);
    const moved = Buffer.from(whole);
    moved.writeUInt32LE(0x7fffffff, whole.length - 6);
    await expect(textOf(moved)).rejects.toMatchObject({ code: 'ARCHIVE_UNSUPPORTED' });
    await expect(textOf(whole.subarray(0, 60))).rejects.toMatchObject({ code: 'ARCHIVE_UNSUPPORTED' });
  });
});

describe('a packed file that unpacks to far too much', () => {
  // Six MiB of the same row take a few KiB.
  const bomb = '1,1,1,1,1,1\n'.repeat(2 ** 19);
  const most = 2 ** 20;

  it.each([
    ['gzip', gzipSync(bomb)],
    ['ZIP', zip([{ name: 'x', content: bomb }])],
  ])('is left at the limit: %s', async (_, packed) => {
    expect(packed.length).toBeLessThan(bomb.length / 200);
    await expect(textOf(packed, most)).rejects.toMatchObject({ code: 'IMPORT_TOO_LARGE' });
  });
});
