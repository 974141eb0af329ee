import { expect, test } from '@jest/globals';
import { LogStream } from './log-stream.js';
import { maxLineBytes } from './long-lines.js';

function stream() {
  const given: string[] = [];
  const lines = new LogStream((bytes) => void given.push(bytes.toString()));
  return { given, lines, write: (text: string) => lines.write(Buffer.from(text)) };
}

test('a line is given only once its end has come, or nothing more does', () => {
  const { given, lines, write } = stream();
  write('one\ntwo\nhal');
  write('');
  write('f');
  expect(given).toEqual(['one\ntwo\n']);
  write(' done\nrest');
  expect(given.join('')).toBe('one\ntwo\nhalf done\n');
  lines.end();
  lines.end();
  expect(given.join('')).toBe('one\ntwo\nhalf done\nrest\n');
});

test('the end of a stream without an unfinished line adds none', () => {
  const { given, lines, write } = stream();
  lines.end();
  write('whole\n');
  lines.end();
  expect(given).toEqual(['whole\n']);
});

test('output after the end starts a new line', () => {
  const { given, lines, write } = stream();
  write('before');
  lines.end();
  write('after\n');
  expect(given.join('')).toBe('before\nafter\n');
});

test.each([maxLineBytes - 1, maxLineBytes, maxLineBytes + 1, 3 * maxLineBytes + 5])(
  'a line of %s bytes comes whole, in lines of the limit at most, wherever its chunks end',
  (bytes) => {
    for (const step of [1000, maxLineBytes + 1, bytes]) {
      const { given, lines, write } = stream();
      for (let from = 0; from < bytes; from += step) write('x'.repeat(Math.min(step, bytes - from)));
      lines.end();
      const text = given.join('');
      expect(text.replaceAll('\n', '')).toBe('x'.repeat(bytes));
      expect(text.endsWith('x\n')).toBe(true);
      expect(text.trimEnd().split('\n')).toHaveLength(Math.ceil(bytes / maxLineBytes));
    }
  },
);

test('a line that is too long is given as far as it is cut, before its end has come', () => {
  const { given, write } = stream();
  write(`${'x'.repeat(8000)} ${'y'.repeat(500)}`);
  expect(given).toEqual([`${'x'.repeat(8000)} `, '\n']);
  write('\n');
  expect(given.slice(2).join('')).toBe(`${'y'.repeat(500)}\n`);
});
