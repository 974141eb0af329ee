import { expect, test } from 'vitest';
import { EventParser } from '@/api/event-parser';

test('finds the same messages however the text is cut', () => {
  const text =
    'retry: 3000\n\nid: e-1\ndata: {"a":1}\n\n: a comment\n\nid: e-2\r\ndata: first\r\ndata: second\r\n\r\n';
  for (let cut = 0; cut <= text.length; cut += 1) {
    const parser = new EventParser();
    const messages = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
    expect(messages).toEqual([
      { data: '{"a":1}', id: 'e-1' },
      { data: 'first\nsecond', id: 'e-2' },
    ]);
  }
});

test('keeps the last id for messages that bring none', () => {
  const parser = new EventParser();
  expect(parser.push('id: e-7\ndata: a\n\ndata: b\n\n')).toEqual([
    { data: 'a', id: 'e-7' },
    { data: 'b', id: 'e-7' },
  ]);
});
