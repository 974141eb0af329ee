import { describe, expect, test } from '@jest/globals';
import { NotStorableError, toStorableJson } from './storable-json.js';

describe('a value made storable', () => {
  test('is what JSON makes of it, with NUL and half surrogates replaced in texts and names', () => {
    const value = {
      text: 'a\u0000b\ud800c😀',
      'na\u0000me': 1,
      dropped: undefined,
      items: [undefined, NaN, Infinity, -0.5, true, null],
      at: new Date(0),
      deep: { empty: {}, none: [] },
    };
    expect(toStorableJson(value)).toEqual({
      text: 'a\ufffdb\ufffdc😀',
      'na\ufffdme': 1,
      items: [null, null, null, -0.5, true, null],
      at: '1970-01-01T00:00:00.000Z',
      deep: { empty: {}, none: [] },
    });
    expect(toStorableJson(undefined)).toBeNull();
    expect(toStorableJson('x')).toBe('x');
  });

  test('keeps a field called __proto__ a field', () => {
    const clean = toStorableJson(JSON.parse('{"__proto__":{"polluted":1}}'));
    expect(JSON.stringify(clean)).toBe('{"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('may hold the same object twice, where that is no cycle', () => {
    const shared = { x: 1 };
    expect(toStorableJson([shared, shared])).toEqual([{ x: 1 }, { x: 1 }]);
  });

  const cycle: { name: string; self?: unknown } = { name: 'a' };
  cycle.self = { back: cycle };
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i += 1) deep = [deep];
  const doubled = Array.from({ length: 60 }).reduce<unknown>((inner) => [inner, inner], 'x');
  const throwing = Object.defineProperty({}, 'x', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });

  test.each([
    ['a BigInt', { rows: [1, 2n] }, 'the value.rows[1] is a BigInt, which JSON cannot hold.'],
    ['a function', { run: () => 1 }, 'the value.run is a function, which JSON cannot hold.'],
    ['a symbol', Symbol('x'), 'the value is a symbol, which JSON cannot hold.'],
    ['a cycle', cycle, 'the value.self.back contains itself.'],
    ['100,000 levels', deep, 'The value has more than 100 levels of arrays and objects.'],
    ['a text of 2 MiB', 'x'.repeat(2 ** 21), 'The value is larger than 1048576 bytes as JSON.'],
    ['a long text of emoji', '😀'.repeat(300_000), 'The value is larger than 1048576 bytes as JSON.'],
    ['a billion holes', new Array(1e9), 'The value is larger than 1048576 bytes as JSON.'],
    ['2^60 shared members', doubled, 'The value is larger than 1048576 bytes as JSON.'],
    [
      'a getter that throws',
      throwing,
      'the value.x cannot be read: its getter or its toJSON throws an error.',
    ],
  ])('is refused with %s', (_, value, message) => {
    expect(() => toStorableJson(value)).toThrow(new NotStorableError(message));
  });

  test('may take exactly the limit', () => {
    expect(toStorableJson('x'.repeat(8), { maxBytes: 10, maxDepth: 1 })).toBe('xxxxxxxx');
    expect(() => toStorableJson('x'.repeat(9), { maxBytes: 10, maxDepth: 1 })).toThrow(NotStorableError);
  });
});
