import { describe, expect, test } from '@jest/globals';
import { AttemptLog } from './attempt-log.js';

const token = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(40)}.${'b'.repeat(43)}`;

function textOf(log: AttemptLog): string {
  log.finish();
  return [...log.text()].join('');
}

function logOf(...chunks: readonly (readonly [string | null, string | Buffer])[]): string {
  const log = new AttemptLog();
  for (const [label, chunk] of chunks) log.append(label, Buffer.from(chunk as string));
  return textOf(log);
}

describe('the log of an attempt', () => {
  test('is what its process wrote, line by line, wherever its chunks end', () => {
    const log = new AttemptLog();
    for (const byte of Buffer.from('one\ntwo é😀\r\n\nthree')) log.append(null, Buffer.from([byte]));
    expect(textOf(log)).toBe('one\ntwo é😀\n\nthree\n');
  });

  test('names the process of each line, and keeps their lines apart', () => {
    expect(
      logOf(
        ['shard 3', 'a1\na'],
        ['shard 4', 'b1'],
        ['reduce', 'c\n'],
        ['shard 3', '2\na3\n'],
        ['shard 4', '\nb2'],
      ),
    ).toBe('[shard 3] a1\n[reduce] c\n[shard 3] a2\n[shard 3] a3\n[shard 4] b1\n[shard 4] b2\n');
  });

  test('is empty when nothing was written', () => {
    expect(logOf([null, ''])).toBe('');
    expect(new AttemptLog().isEmpty).toBe(true);
  });

  test('writes out control characters other than tabs, and replaces what is no UTF-8', () => {
    expect(logOf([null, 'a\tb\u0000\u001b[2J\r50 %\r60 %\u007f\u009b\n'])).toBe(
      'a\tb\\x00\\x1b[2J\\x0d50 %\\x0d60 %\\x7f\\x9b\n',
    );
    expect(logOf([null, Buffer.from([0x61, 0xff, 0xc3, 0x0a])])).toBe('a\ufffd\ufffd\n');
  });

  test('holds no secrets, also where a long line is cut', () => {
    expect(logOf([null, `Bearer abc ${token}\nFailed query: select 1\nparams: hush\nafter\n`])).toBe(
      'Bearer [redacted] [redacted]\nFailed query: select 1\nparams: [redacted]\nafter\n',
    );
    const long = `${'x'.repeat(8100)} ${token} ${'y'.repeat(9000)}\n`;
    expect(logOf([null, long])).not.toMatch(/aaaa|bbbb/);
  });

  test('splits lines of more than 8 KiB between characters, each with its label', () => {
    const lines = logOf(['shard 0', '😀'.repeat(5000)]).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^\[shard 0\] (?:😀)+$/u);
    expect(lines.map((line) => line.slice('[shard 0] '.length)).join('')).toBe('😀'.repeat(5000));
  });

  test('keeps the last 256 KiB and says first how much was dropped', () => {
    const log = new AttemptLog();
    const count = 100_000;
    for (let i = 0; i < count; i += 1) log.append(null, Buffer.from(`line ${i} of a long log\n`));
    const text = textOf(log);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 ** 18);
    expect(Buffer.byteLength(text)).toBeGreaterThan(0.98 * 2 ** 18);
    const [notice, ...lines] = text.trimEnd().split('\n');
    const dropped = Number(/^\[(\d+) bytes before this line were dropped\]$/.exec(notice!)?.[1]);
    const kept = Buffer.byteLength(lines.join('\n')) + 1;
    const written = Array.from({ length: count }, (_, i) => `line ${i} of a long log\n`.length);
    expect(dropped + kept).toBe(written.reduce((sum, bytes) => sum + bytes, 0));
    expect(lines[0]).toMatch(/^line \d+ of a long log$/);
    expect(lines.at(-1)).toBe(`line ${count - 1} of a long log`);
  });

  test('stays below 256 KiB where text becomes longer than it was', () => {
    const log = new AttemptLog();
    for (let i = 0; i < 10_000; i += 1) log.append(null, Buffer.from(`${'\u0000'.repeat(50)}${i}\n`));
    const text = textOf(log);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 ** 18);
    expect(text).toMatch(/^\[\d+ bytes before this line were dropped\]\n/);
    expect(text.endsWith('9999\n')).toBe(true);
  });

  test('keeps no more than its bound of a line without an end and of very much output', () => {
    const log = new AttemptLog();
    const endless = Buffer.alloc(2 ** 16, 'x');
    const lines = Buffer.from(`${'word '.repeat(20)}\n`.repeat(600));
    const before = process.memoryUsage();
    for (let i = 0; i < 500; i += 1) {
      log.append('shard 0', endless);
      log.append('shard 1', lines);
    }
    const after = process.memoryUsage();
    log.finish();
    expect(Buffer.byteLength([...log.text()].join(''))).toBeLessThanOrEqual(2 ** 18);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20 * 2 ** 20);
  });
});
