import { describe, expect, test } from '@jest/globals';
import { parseTaskMessage } from './task-messages.js';

const use = { loadedAtMs: null, cpuSeconds: 0.5, peakRamMb: 80 };
const parse = (message: unknown) => parseTaskMessage(JSON.stringify(message));

describe('a progress message', () => {
  test('is cut to 500 code points and cleaned', () => {
    const message = parse({ type: 'progress', description: `a\u0000${'😀'.repeat(600)}`, progress: 0.5 });
    expect(message).toEqual({ type: 'progress', description: `a\ufffd${'😀'.repeat(497)}…`, progress: 0.5 });
  });

  test.each([
    [1.5, 1],
    [-3, 0],
    [null, null],
    [0.25, 0.25],
  ])('with progress %p counts as %p', (progress, expected) => {
    expect(parse({ type: 'progress', description: 'x', progress })).toMatchObject({ progress: expected });
  });
});

test('the error of a failure is bounded and cleaned', () => {
  const error = { code: 'not a code', message: `bad \u0000${'x'.repeat(5000)}` };
  const message = parse({ type: 'failed', error, use });
  expect(message).toMatchObject({ type: 'failed', error: { code: 'TASK_FAILED' }, use });
  const text = message?.type === 'failed' ? message.error.message : '';
  expect(Array.from(text)).toHaveLength(2000);
  expect(text.startsWith('bad \ufffdx')).toBe(true);
});

test.each<[string, string]>([
  ['null', 'null'],
  ['a word', '"ready"'],
  ['a number', '7'],
  ['an array', '[]'],
  ['no JSON', '{"type":'],
  ['nothing', ''],
  ['a million open brackets', '['.repeat(1_000_000)],
  ['a million levels', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
  ['an unknown type', '{"type":"hello"}'],
  ['an extra field', '{"type":"child-started","x":1}'],
  ['a description that is no text', '{"type":"progress","description":7,"progress":null}'],
  ['no progress', '{"type":"progress","description":"x"}'],
  ['progress beyond all numbers', '{"type":"progress","description":"x","progress":1e999}'],
  ['no use', '{"type":"done","summary":1}'],
  ['a use below zero', JSON.stringify({ type: 'done', summary: 1, use: { ...use, cpuSeconds: -1 } })],
  ['a use that is no number', JSON.stringify({ type: 'done', summary: 1, use: { ...use, peakRamMb: 'x' } })],
])('%s is no message', (_, frame) => {
  expect(parseTaskMessage(frame)).toBeNull();
});
