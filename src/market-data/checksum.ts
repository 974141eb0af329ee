import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { CandleFileHeader } from './candle-format.js';

/** A checksum of bytes that come in pieces, and what it should be. */
export interface Checksum {
  readonly expected: string;
  update(bytes: Uint8Array): void;
  value(): string;
}

/** The cheapest checksum that a file's header offers. */
export function checksumOf(header: Pick<CandleFileHeader, 'crc32' | 'sha256'>): Checksum {
  if (header.crc32 === undefined) {
    const hash = createHash('sha256');
    return {
      expected: header.sha256,
      update: (bytes) => void hash.update(bytes),
      value: () => hash.digest('hex'),
    };
  }
  let crc = 0;
  return {
    expected: header.crc32,
    update: (bytes) => (crc = crc32(bytes, crc)),
    value: () => hexOfCrc(crc),
  };
}

export function hexOfCrc(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
