import { describe, expect, test } from '@jest/globals';
import { pageByKey, pageOf } from './cursor.js';
import { fittingItems, jsonBytes } from './page-size.js';

describe('the items of a page', () => {
  test('are all that fit into its bytes of UTF-8', () => {
    // Each takes two quotes, two bytes and a comma.
    const items = ['é', 'é', 'é'];
    expect(fittingItems(items, 15)).toEqual(items);
    expect(fittingItems(items, 14)).toEqual(['é', 'é']);
  });

  test('are at least one, however large, so that the next page gets further', () => {
    expect(fittingItems(['x'.repeat(100), 'y'], 10)).toEqual(['x'.repeat(100)]);
    expect(fittingItems([], 10)).toEqual([]);
  });
});

describe('a list of large items', () => {
  const rows = Array.from({ length: 20 }, (_, n) => ({ n: 100 - n, text: 'x'.repeat(300_000) }));

  test('comes in pages of less than 2 MB that lead to every item', () => {
    const seen: number[] = [];
    let rest = rows;
    for (;;) {
      const page = pageOf(
        rest.slice(0, 11),
        10,
        ({ n }) => n,
        (row) => row,
      );
      expect(jsonBytes(page)).toBeLessThan(2_000_000);
      seen.push(...page.items.map(({ n }) => n));
      if (page.next_cursor === null) break;
      rest = rows.slice(seen.length);
    }
    expect(seen).toEqual(rows.map(({ n }) => n));
  });

  test('comes so in the order of its keys, too', () => {
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = pageByKey(rows, { limit: 10, cursor }, ({ n }) => String(n).padStart(3, '0'));
      expect(jsonBytes(page)).toBeLessThan(2_000_000);
      seen.push(...page.items.map(({ n }) => String(n)));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(rows.map(({ n }) => String(n)).reverse());
  });
});
