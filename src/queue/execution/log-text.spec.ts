import { describe, expect, test } from '@jest/globals';
import { LogText } from './log-text.js';

/** A text of so many bytes at most, to which lines were added, the newest first. */
function textOf(room: number, ...added: readonly (readonly [string, string | null])[]) {
  const text = new LogText(Buffer.alloc(room));
  let steps = 0;
  let writtenBytes = 0;
  for (const [lines, label] of added) {
    const bytes = Buffer.from(lines);
    writtenBytes += bytes.length;
    for (const _ of text.prepend(bytes, label)) steps += 1;
  }
  return {
    text,
    steps,
    isFull: text.isFull,
    finish: (more = 0) => text.finish(writtenBytes + more).toString(),
  };
}

describe('the text of a log', () => {
  test('has what was added last at its beginning, each line with its label', () => {
    const { finish, isFull } = textOf(500, ['three\nfour\n', 'b'], ['two\n', null], ['one\n', 'a']);
    expect(isFull).toBe(false);
    expect(finish()).toBe('[a] one\ntwo\n[b] three\n[b] four\n');
  });

  test('is empty when nothing was written', () => {
    expect(textOf(500).finish()).toBe('');
    expect(textOf(500, ['', 'a']).finish()).toBe('');
  });

  test('ends its last line', () => {
    expect(textOf(500, ['one\ntwo', 'a']).finish()).toBe('[a] one\n[a] two\n');
  });

  test('keeps empty lines', () => {
    expect(textOf(500, ['\n\none\n\n', 'a']).finish()).toBe('[a] \n[a] \n[a] one\n[a] \n');
  });

  test('says first how much is missing', () => {
    expect(textOf(500, ['one\n', null]).finish(7)).toBe('[7 bytes before this line were dropped]\none\n');
  });

  test('is made of whole pieces until it has no room, with room for the notice', () => {
    const { isFull, finish } = textOf(200, [`${'x'.repeat(90)}\n`, null], [`${'y'.repeat(20)}\n`, null]);
    expect(isFull).toBe(true);
    expect(finish()).toBe(`[21 bytes before this line were dropped]\n${'x'.repeat(90)}\n`);
  });

  test('fits exactly beside the room for the notice', () => {
    expect(textOf(200, [`${'x'.repeat(99)}\n`, null]).isFull).toBe(false);
    expect(textOf(200, [`${'x'.repeat(100)}\n`, null]).isFull).toBe(true);
  });

  test('counts its room by what the text takes, not by what was written', () => {
    expect(textOf(200, [`${'\u0001'.repeat(30)}\n`, null])).toMatchObject({ isFull: true });
    expect(textOf(200, [`${'x'.repeat(30)}\n`, null])).toMatchObject({ isFull: false });
  });
});

describe('the steps in which a text is made', () => {
  test.each<[string, string, number]>([
    ['few lines', 'one\ntwo\n', 1],
    ['4 KiB of lines', 'line of 16 byte\n'.repeat(256), 1],
    ['a little more', 'line of 16 byte\n'.repeat(257), 2],
    ['a long line between short ones', `before\n${'x'.repeat(6000)}\nafter\n`, 3],
    ['a line that is cut', `${'x'.repeat(20_000)}\n`, 3],
  ])('of %s lose and change nothing', (_, lines, steps) => {
    const made = textOf(100_000, [lines, null]);
    expect(made.steps).toBe(steps);
    const text = made.finish();
    expect(text.replaceAll('\n', '')).toBe(lines.replaceAll('\n', ''));
    if (lines.length < 20_000) expect(text).toBe(lines);
    else expect(text.split('\n').map(({ length }) => length)).toEqual([8192, 8192, 3616, 0]);
  });
});

describe('what a text must not show', () => {
  test.each([
    ['token=hush and\nparams: hush\nnext', 'token=[redacted] and\nparams: [redacted]\nnext\n'],
    ['Authorization: Bearer hush\r\nx\r\n', 'Authorization: Bearer [redacted]\nx\n'],
    ['a\rb\u0007\u001b[31m\u0085\tc', 'a\\x0db\\x07\\x1b[31m\\x85\tc\n'],
  ])('is not in %j', (lines, text) => {
    expect(textOf(500, [lines, null]).finish()).toBe(text);
  });
});
