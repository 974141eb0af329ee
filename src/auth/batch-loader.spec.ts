import { describe, expect, it } from '@jest/globals';
import { BatchLoader } from './batch-loader.js';

/** A lookup whose queries end when the test says so. */
function lookup() {
  const queries: { keys: string[]; end: (found: Map<string, number>) => void; fail: () => void }[] = [];
  const gathered = new BatchLoader<number>(
    (keys) =>
      new Promise((resolve, reject) => {
        queries.push({ keys, end: resolve, fail: () => reject(new Error('away')) });
      }),
  );
  return { queries, gathered };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a gathered lookup', () => {
  it('asks at once, and for all that come meanwhile together, each key once', async () => {
    const { queries, gathered } = lookup();
    const first = gathered.get('a');
    const later = [gathered.get('b'), gathered.get('c'), gathered.get('b'), gathered.get('a')];
    expect(queries.map(({ keys }) => keys)).toEqual([['a']]);
    queries[0]!.end(new Map([['a', 1]]));
    expect(await first).toBe(1);
    await turn();
    expect(queries.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c', 'a']]);
    // What has changed since the first query shows: 'a' was asked for anew.
    queries[1]!.end(new Map([['b', 2]]));
    expect(await Promise.all(later)).toEqual([2, undefined, 2, undefined]);
  });

  it('tells those who asked what went wrong, and goes on for the next', async () => {
    const { queries, gathered } = lookup();
    const first = gathered.get('a');
    const second = gathered.get('b');
    queries[0]!.fail();
    await expect(first).rejects.toThrow('away');
    await turn();
    queries[1]!.end(new Map([['b', 2]]));
    expect(await second).toBe(2);
    const third = gathered.get('c');
    queries[2]!.end(new Map());
    expect(await third).toBeUndefined();
  });
});
