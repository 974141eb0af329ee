import type { LabelledRows } from '../labelled-rows.js';
import type { Span } from './folds.js';

/** What a naive rule says about each test row, from the training part's frequencies alone. */
export interface NaiveForecasts {
  /** Share of rising labels in training. */
  readonly base_rate: Float64Array;
  /** The decision "up", whatever happens; its probability is the base rate, or just above ½. */
  readonly always_up: Float64Array;
  /** Share of rising labels in training after a bar of the same sign as the last one. */
  readonly last_sign: Float64Array;
}

/** Says "up" in a decision at ½ without claiming more. */
const BARELY_UP = 0.5 + 1e-9;

export function naiveForecasts(
  data: LabelledRows,
  lastReturn: Float32Array,
  fold: { train: Span; test: Span },
): NaiveForecasts {
  const counts = { rose: { rows: 0, up: 0 }, fell: { rows: 0, up: 0 } };
  for (let row = fold.train.from; row < fold.train.to; row++) {
    const cell = lastReturn[row]! > 0 ? counts.rose : counts.fell;
    cell.rows++;
    cell.up += data.up[row]!;
  }
  const rows = counts.rose.rows + counts.fell.rows;
  const base = (counts.rose.up + counts.fell.up + 1) / (rows + 2);
  const afterRise = (counts.rose.up + 1) / (counts.rose.rows + 2);
  const afterFall = (counts.fell.up + 1) / (counts.fell.rows + 2);
  const length = fold.test.to - fold.test.from;
  return {
    base_rate: new Float64Array(length).fill(base),
    always_up: new Float64Array(length).fill(Math.max(base, BARELY_UP)),
    last_sign: Float64Array.from({ length }, (_, i) =>
      lastReturn[fold.test.from + i]! > 0 ? afterRise : afterFall,
    ),
  };
}
