import { setImmediate } from 'node:timers/promises';
import { TaskFailedError, writeResult, type TaskContext } from '@app/tasks-sdk';
import { z } from 'zod';

export const drawdownRequest = z.strictObject({
  returns: z.array(z.number().gt(-1).max(10)).min(2).max(10_000).describe('of each trade, a fraction'),
  runs: z.int().min(100).max(100_000).default(10_000),
  seed: z.int().min(0).default(1),
});
export type DrawdownRequest = z.infer<typeof drawdownRequest>;

/** Draws the trades in random order, with replacement, and finds how deep the drawdowns are. */
export default async function runDrawdownOdds(payload: unknown, context: TaskContext): Promise<unknown> {
  const { returns, runs, seed } = drawdownRequest.parse(payload);
  if (returns.every((value) => value >= 0)) throw new TaskFailedError('NO_LOSSES', 'No trade has a loss.');
  const random = mulberry32(seed);
  const draw = () => returns[Math.floor(random() * returns.length)]!;
  const drawdowns = new Float64Array(runs);
  for (let run = 0; run < runs; run += 1) {
    drawdowns[run] = maxDrawdown(returns.length, draw);
    if (run % 500 > 0) continue;
    context.report(`📊 Run ${run} of ${runs}...`, run / runs);
    await setImmediate(); // lets the report leave and a cancel arrive
    context.signal.throwIfAborted();
  }
  drawdowns.sort();
  const quantile = (share: number) => drawdowns[Math.ceil(share * runs) - 1]!;
  const summary = { median: quantile(0.5), one_in_20: quantile(0.95), one_in_100: quantile(0.99) };
  writeResult(context.resultPath, { runs, seed, trades: returns.length, ...summary });
  context.report(`✅ One run in 20 falls by ${(100 * summary.one_in_20).toFixed(1)} % or more`, 1);
  return summary;
}

function maxDrawdown(trades: number, draw: () => number): number {
  let [equity, peak, deepest] = [1, 1, 0];
  for (let trade = 0; trade < trades; trade += 1) {
    equity *= 1 + draw();
    peak = Math.max(peak, equity);
    deepest = Math.max(deepest, 1 - equity / peak);
  }
  return deepest;
}

/** A small generator of numbers from 0 to 1: the same seed gives the same numbers. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
