import { describe, expect, test } from '@jest/globals';
import { storableSummary } from './task-summary.js';

describe('a summary', () => {
  test('is cleaned', () => {
    expect(storableSummary({ a: 'x\u0000', b: undefined })).toEqual({ value: { a: 'x\ufffd' } });
  });

  test.each([
    ['a BigInt', { rows: 1n }, /the value\.rows is a BigInt/],
    ['2 MiB', 'x'.repeat(2 ** 21), /larger than 1048576 bytes/],
  ])('with %s is an error that says so', (_, summary, message) => {
    expect(storableSummary(summary)).toEqual({
      error: { code: 'RESULT_INVALID', message: expect.stringMatching(message) },
    });
  });
});
