import { expect, test } from '@jest/globals';
import { cutOf, maxLineBytes } from './long-lines.js';

/** A line of `x`, with other bytes at some places. */
function lineWith(...parts: readonly (readonly [number, string | readonly number[]])[]): Buffer {
  const line = Buffer.alloc(maxLineBytes + 100, 'x');
  for (const [at, bytes] of parts) Buffer.from(bytes as string).copy(line, at);
  return line;
}

test.each<[string, Buffer, number]>([
  ['at the limit when it has no separator', lineWith(), 8192],
  ['behind its last separator', lineWith([7000, ' '], [8000, ',']), 8001],
  ['behind a separator that is the last byte', lineWith([8191, ';']), 8192],
  ['not behind a separator beyond the limit', lineWith([8192, '\t']), 8192],
  ['behind the first separator of its last part', lineWith([6144, '\t']), 6145],
  ['at the limit when its separator is before that part', lineWith([6143, ' ']), 8192],
  ['before a character of two bytes that goes beyond', lineWith([8191, 'é']), 8191],
  ['before a character of three bytes that goes beyond', lineWith([8190, '€']), 8190],
  ['before a character of four bytes that goes beyond', lineWith([8189, '😀']), 8189],
  ['behind a character that ends at the limit', lineWith([8188, '😀']), 8192],
  ['near the limit where bytes are no characters', lineWith([8000, Array<number>(200).fill(0x80)]), 8188],
])('a long line is cut %s', (_, line, cut) => {
  expect(cutOf(line)).toBe(cut);
});
