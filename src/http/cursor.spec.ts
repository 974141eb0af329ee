import { describe, expect, test } from '@jest/globals';
import { decodeCursor, encodeCursor, pageOf } from './cursor.js';
import { HttpProblem } from '../problems/http-problem.js';

describe('a page', () => {
  const numberOf = (row: number) => row;

  test('names where the next one begins only when there is more', () => {
    const first = pageOf([9, 8, 7], 2, numberOf, String);
    expect(first.items).toEqual(['9', '8']);
    expect(decodeCursor(first.next_cursor!)).toBe(8);
    expect(pageOf([7], 2, numberOf, String)).toEqual({ items: ['7'], next_cursor: null });
    expect(pageOf([7, 6], 2, numberOf, String).next_cursor).toBeNull();
  });

  test.each(['nonsense', encodeCursor(-1), Buffer.from('s1; drop table').toString('base64url'), ''])(
    'refuses the cursor %j that no page gave',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(HttpProblem);
    },
  );
});
