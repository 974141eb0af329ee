import { describe, expect, test } from '@jest/globals';
import { AttemptLog, LogScratch } from './attempt-log.js';
import type { LogStream } from './log-stream.js';

const token = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(40)}.${'b'.repeat(43)}`;

function textOf(log: AttemptLog): string {
  const steps = log.text(new LogScratch());
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.toString();
  }
}

/** The log of streams that write in turn and then end, in the order of their first chunks. */
function logOf(...chunks: readonly (readonly [string | null, string | Buffer])[]): string {
  const log = new AttemptLog();
  const streams = new Map<string | null, LogStream>();
  for (const [label, chunk] of chunks) {
    if (!streams.has(label)) streams.set(label, log.stream(label));
    streams.get(label)!.write(Buffer.from(chunk as string));
  }
  for (const stream of streams.values()) stream.end();
  return textOf(log);
}

describe('the log of an attempt', () => {
  test('is what its process wrote, line by line, wherever its chunks end', () => {
    const bytes = [...Buffer.from('one\ntwo é😀\r\n\nthree')];
    expect(logOf(...bytes.map((byte) => [null, Buffer.from([byte])] as const))).toBe(
      'one\ntwo é😀\n\nthree\n',
    );
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

  test('keeps the lines of two streams of one process apart', () => {
    const log = new AttemptLog();
    const [stdout, stderr] = [log.stream('shard 3'), log.stream('shard 3')];
    stdout.write(Buffer.from('half of '));
    stderr.write(Buffer.from('a warning\nand an'));
    stdout.write(Buffer.from('a line\n'));
    stderr.write(Buffer.from('other'));
    stdout.end();
    stderr.end();
    expect(textOf(log)).toBe('[shard 3] a warning\n[shard 3] half of a line\n[shard 3] and another\n');
  });

  test('needs no chunk after it was written', () => {
    const log = new AttemptLog();
    const stream = log.stream(null);
    for (const text of ['a whole line\nand', ' another one\nand the', ' rest']) {
      const chunk = Buffer.from(text);
      stream.write(chunk);
      chunk.fill('?');
    }
    stream.end();
    expect(textOf(log)).toBe('a whole line\nand another one\nand the rest\n');
  });

  test('holds what was written before its text is asked for, and no more', () => {
    const log = new AttemptLog();
    const stream = log.stream(null);
    stream.write(Buffer.from('before\n'));
    const steps = log.text(new LogScratch());
    steps.next();
    stream.write(Buffer.from('after\n'));
    expect(steps.next().value?.toString()).toBe('before\n');
    expect(textOf(log)).toBe('before\nafter\n');
  });

  test('is empty when nothing was written', () => {
    expect(logOf([null, ''])).toBe('');
    expect(textOf(new AttemptLog())).toBe('');
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
    for (const chunk of [long, `${long}after\n`, `before\n${long.slice(0, 9000)}`]) {
      expect(logOf(['shard 1', chunk])).toMatch(/\[redacted\]/);
      expect(logOf(['shard 1', chunk])).not.toMatch(/aaaa|bbbb/);
    }
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
    const stream = log.stream(null);
    for (let i = 0; i < count; i += 1) stream.write(Buffer.from(`line ${i} of a long log\n`));
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
    const stream = log.stream(null);
    for (let i = 0; i < 10_000; i += 1) stream.write(Buffer.from(`${'\u0000'.repeat(50)}${i}\n`));
    const text = textOf(log);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 ** 18);
    expect(text).toMatch(/^\[\d+ bytes before this line were dropped\]\n/);
    expect(text.endsWith('9999\n')).toBe(true);
  });

  test('keeps a part of a line that is longer than all of it as text', () => {
    const log = new AttemptLog();
    log.stream(null).write(Buffer.from(`${'\u0000'.repeat(100_000)}end\n`));
    const text = textOf(log);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 ** 18);
    expect(Buffer.byteLength(text)).toBeGreaterThan(0.8 * 2 ** 18);
    expect(text).toMatch(/^\[\d+ bytes before this line were dropped\]\n(?:(?:\\x00)+\n)+(?:\\x00)+end\n$/);
  });

  test('keeps the last lines of processes that write in turn, each with its label', () => {
    const log = new AttemptLog();
    const streams = ['shard 0', 'shard 1', 'shard 2'].map((label) => log.stream(label));
    for (let i = 0; i < 60_000; i += 1) streams[i % 3]!.write(Buffer.from(`${i}\n`));
    const [notice, ...lines] = textOf(log).trimEnd().split('\n');
    expect(notice).toMatch(/^\[\d+ bytes before this line were dropped\]$/);
    expect(lines.length).toBeGreaterThan(15_000);
    const first = 60_000 - lines.length;
    expect(lines).toEqual(lines.map((_, i) => `[shard ${(first + i) % 3}] ${first + i}`));
  });

  test('begins with a whole line, where lines are long and chunks end anywhere', () => {
    const log = new AttemptLog();
    const stream = log.stream('reduce');
    const output = Buffer.from(Array.from({ length: 3000 }, (_, i) => `<${i}:${'x'.repeat(i)}>\n`).join(''));
    for (let from = 0; from < output.length; from += 65_536) {
      stream.write(output.subarray(from, from + 65_536));
    }
    const [, ...lines] = textOf(log).trimEnd().split('\n');
    const first = 3000 - lines.length;
    expect(lines).toEqual(lines.map((_, i) => `[reduce] <${first + i}:${'x'.repeat(first + i)}>`));
    expect(lines.length).toBeGreaterThan(80);
  });

  test('keeps no more than its bound of a line without an end and of very much output', () => {
    const log = new AttemptLog();
    const endless = Buffer.alloc(2 ** 16, 'x');
    const lines = Buffer.from(`${'word '.repeat(20)}\n`.repeat(600));
    const streams = [log.stream('shard 0'), log.stream('shard 1')] as const;
    const before = process.memoryUsage();
    for (let i = 0; i < 500; i += 1) {
      streams[0].write(endless);
      streams[1].write(lines);
    }
    const after = process.memoryUsage();
    expect(Buffer.byteLength(textOf(log))).toBeLessThanOrEqual(2 ** 18);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 20);
  });
});
