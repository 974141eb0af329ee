import type { Random } from '../random.js';
import { quantileOf } from '../trees/objective.js';
import { countPairs, type Ranking } from './metrics.js';

/** Rows of one test block with what was said about them. */
export interface ScoredBlock {
  readonly ranking: Ranking;
  readonly outcomes: Float64Array;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 500;

/**
 * Copies of each row in one circular block resample of `rows` rows (Politis and Romano 1992):
 * blocks of consecutive rows, so that overlapping labels stay together.
 */
export function resampleBlocks(rows: number, blockRows: number, random: Random, into: Float64Array): void {
  into.fill(0);
  for (let drawn = 0; drawn < rows; drawn += blockRows) {
    const start = random.below(rows);
    const length = Math.min(blockRows, rows - drawn);
    for (let i = 0; i < length; i++) into[(start + i) % rows]!++;
  }
}

/** Rows that one bootstrap block holds: two label spans, and at least the cube root of the rows. */
export function bootstrapBlockRows(rows: number, horizon: number): number {
  return Math.min(rows, Math.max(2 * horizon, Math.ceil(Math.cbrt(rows))));
}

/**
 * AUC over pairs within the same test block, pooled by pairs: a block's base rate, which its model
 * could not know, then neither helps nor harms.
 */
export function stratifiedAuc(blocks: readonly ScoredBlock[], weights?: readonly Float64Array[]): number {
  let pairs = 0;
  let concordant = 0;
  blocks.forEach((block, index) => {
    const count = countPairs(block.ranking, block.outcomes, weights?.[index]);
    pairs += count.pairs;
    concordant += count.concordant;
  });
  return pairs === 0 ? 0.5 : concordant / pairs;
}

/**
 * Percentile intervals of the stratified AUC and of mean per-row differences, from the same
 * block resamples. `differences[d][b]` holds one value a row of block `b`.
 */
export function bootstrapIntervals(
  blocks: readonly ScoredBlock[],
  differences: readonly (readonly Float64Array[])[],
  horizon: number,
  confidence: number,
  random: Random,
): { auc: Interval; differences: Interval[] } {
  const weights = blocks.map(({ outcomes }) => new Float64Array(outcomes.length));
  const aucs = new Float64Array(RESAMPLES);
  const means = differences.map(() => new Float64Array(RESAMPLES));
  const rows = blocks.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    blocks.forEach(({ outcomes }, index) =>
      resampleBlocks(outcomes.length, bootstrapBlockRows(outcomes.length, horizon), random, weights[index]!),
    );
    aucs[resample] = stratifiedAuc(blocks, weights);
    differences.forEach((difference, d) => {
      let sum = 0;
      difference.forEach((values, index) => {
        const copies = weights[index]!;
        for (let row = 0; row < values.length; row++) sum += copies[row]! * values[row]!;
      });
      means[d]![resample] = sum / rows;
    });
  }
  const tail = (1 - confidence) / 2;
  const interval = (values: Float64Array): Interval => ({
    low: quantileOf(values, tail),
    high: quantileOf(values, 1 - tail),
  });
  return { auc: interval(aucs), differences: means.map(interval) };
}
