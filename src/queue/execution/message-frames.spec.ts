import { describe, expect, test } from '@jest/globals';
import { FrameReader, toFrame } from './message-frames.js';

function read(chunks: readonly string[], maxBytes?: number): (string | null)[] {
  const frames: (string | null)[] = [];
  const reader = new FrameReader((frame) => void frames.push(frame), maxBytes);
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return frames;
}

describe('a stream of messages', () => {
  test('is cut at line ends, wherever its chunks end', () => {
    const bytes = Buffer.from('{"a":"é😀"}\n\n"b"\nrest');
    const frames: (string | null)[] = [];
    const reader = new FrameReader((frame) => void frames.push(frame));
    for (const byte of bytes) reader.push(Buffer.from([byte]));
    expect(frames).toEqual(['{"a":"é😀"}', '', '"b"']);
  });

  test('gives a line beyond the limit as null once and goes on with the next', () => {
    expect(read(['12345\n123456\n', '1234', '5678', '9\nok\n'], 5)).toEqual(['12345', null, null, 'ok']);
  });

  test('keeps nothing of a line without an end', () => {
    const frames: (string | null)[] = [];
    const reader = new FrameReader((frame) => void frames.push(frame), 1000);
    for (let i = 0; i < 1000; i += 1) reader.push(Buffer.alloc(1000, 120));
    expect(frames).toEqual([null]);
  });
});

test('what JSON cannot say is sent as null', () => {
  expect([toFrame(undefined), toFrame(() => 1), toFrame({ a: 'x\ny' })]).toEqual([
    'null\n',
    'null\n',
    '{"a":"x\\ny"}\n',
  ]);
});
