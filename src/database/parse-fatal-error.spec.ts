import { describe, expect, test } from '@jest/globals';
import { parseFatalError } from './parse-fatal-error.js';

/** A wire-protocol message: letter, length (itself and the body), body. */
function message(letter: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body));
  bytes.write(letter, 0);
  bytes.writeUInt32BE(4 + Buffer.byteLength(body), 1);
  bytes.write(body, 5);
  return bytes;
}
const errorOf = (severity: string, code: string, text: string) =>
  message('E', `S${severity}\0V${severity}\0C${code}\0M${text}\0Fxlog.c\0\0`);

describe('the last word of an embedded database', () => {
  test('is a panic, whatever was answered before it', () => {
    const answer = Buffer.concat([
      message('1', ''),
      message('C', 'INSERT 0 1\0'),
      errorOf('PANIC', '53100', 'could not write to file "pg_wal/xlogtemp.42": No space left on device'),
    ]);
    expect(parseFatalError(answer)).toEqual({
      code: '53100',
      message: 'could not write to file "pg_wal/xlogtemp.42": No space left on device',
    });
  });

  test('is no error that only ends a statement, and no row that reads like one', () => {
    expect(parseFatalError(errorOf('ERROR', '23505', 'duplicate key'))).toBeNull();
    expect(parseFatalError(message('D', 'ESPANIC\0VPANIC\0C53100\0\0'))).toBeNull();
    expect(parseFatalError(new Uint8Array())).toBeNull();
  });
});
