// What all measurements share: closed loops, medians and percentiles.
import { performance } from 'node:perf_hooks';

/** Does `count` pieces of work, `concurrency` at a time; the seconds it took. */
export async function closedLoop(count, concurrency, work) {
  let next = 0;
  const startedAt = performance.now();
  const loop = async () => {
    while (next < count) {
      next += 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return (performance.now() - startedAt) / 1000;
}

export function quantile(list, share) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const median = (list) => quantile(list, 0.5);

/** A promise and the function that settles it. */
export function deferred() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
