import type { BinnedMatrix, Columns } from './binned-matrix.js';
import type { GrownTree } from './tree-grower.js';

/**
 * An additive model of trees as plain arrays, so that it is its own JSON.
 *
 * All nodes lie behind one another; `roots[t]` is the first of tree `t`. A node with
 * `feature ≥ 0` sends `x ≤ threshold` to `left` and the rest to `left + 1`, missing values by
 * `missingLeft` (0 or 1); a node with feature −1 is a leaf that adds `value`.
 */
export interface Ensemble {
  /** The score before the first tree. */
  base: number;
  roots: number[];
  feature: number[];
  threshold: number[];
  missingLeft: number[];
  left: number[];
  value: number[];
}

/** Stands for "no border": every finite 32-bit number is at or below it. */
const LARGEST_FLOAT32 = 3.4028234663852886e38;

export function emptyEnsemble(base: number): Ensemble {
  return { base, roots: [], feature: [], threshold: [], missingLeft: [], left: [], value: [] };
}

/** Appends a grown tree with these leaf values, its bins turned into the borders they stand for. */
export function appendTree(
  ensemble: Ensemble,
  tree: GrownTree,
  values: Float64Array,
  cuts: BinnedMatrix['cuts'],
): void {
  const root = ensemble.feature.length;
  ensemble.roots.push(root);
  for (let node = 0; node < tree.feature.length; node++) {
    const feature = tree.feature[node]!;
    const isLeaf = feature < 0;
    ensemble.feature.push(feature);
    ensemble.threshold.push(isLeaf ? 0 : (cuts[feature]![tree.bin[node]! - 1] ?? LARGEST_FLOAT32));
    ensemble.missingLeft.push(tree.missingLeft[node] ? 1 : 0);
    ensemble.left.push(isLeaf ? 0 : root + tree.left[node]!);
    ensemble.value.push(isLeaf ? values[node]! : 0);
  }
}

/** The first `rounds` trees of an ensemble. */
export function truncateEnsemble(ensemble: Ensemble, rounds: number): Ensemble {
  const nodes = ensemble.roots[rounds] ?? ensemble.feature.length;
  return {
    base: ensemble.base,
    roots: ensemble.roots.slice(0, rounds),
    feature: ensemble.feature.slice(0, nodes),
    threshold: ensemble.threshold.slice(0, nodes),
    missingLeft: ensemble.missingLeft.slice(0, nodes),
    left: ensemble.left.slice(0, nodes),
    value: ensemble.value.slice(0, nodes),
  };
}

/** Rows scored together: their values stay in the nearest cache while every tree passes over them. */
const BLOCK_ROWS = 256;

/** The score of every row of `columns`: a Float64Array as long as the columns. */
export function scoreRows(ensemble: Ensemble, columns: Columns): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const width = columns.length;
  const feature = Int32Array.from(ensemble.feature);
  const threshold = Float32Array.from(ensemble.threshold);
  const missingLeft = Uint8Array.from(ensemble.missingLeft);
  const left = Int32Array.from(ensemble.left);
  const value = Float64Array.from(ensemble.value);
  const roots = Int32Array.from(ensemble.roots);
  const scores = new Float64Array(rows).fill(ensemble.base);
  const block = new Float32Array(BLOCK_ROWS * width);
  for (let start = 0; start < rows; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows - start);
    for (let column = 0; column < width; column++) {
      const source = columns[column]!;
      for (let row = 0; row < count; row++) block[row * width + column] = source[start + row]!;
    }
    for (const root of roots) {
      for (let row = 0; row < count; row++) {
        const offset = row * width;
        let node = root;
        let split = feature[node]!;
        while (split >= 0) {
          const x = block[offset + split]!;
          const goesLeft = x <= threshold[node]! || (x !== x && missingLeft[node] === 1);
          node = left[node]! + (goesLeft ? 0 : 1);
          split = feature[node]!;
        }
        scores[start + row]! += value[node]!;
      }
    }
  }
  return scores;
}

/** Adds one grown tree's leaf values to the scores of rows that it did not grow on, by their bins. */
export function addTreeScores(
  scores: Float64Array,
  tree: GrownTree,
  values: Float64Array,
  matrix: BinnedMatrix,
): void {
  const feature = Int32Array.from(tree.feature);
  const bin = Uint8Array.from(tree.bin, (last) => Math.min(last, 255));
  const missingLeft = Uint8Array.from(tree.missingLeft, Number);
  const left = Int32Array.from(tree.left);
  const { words, rows } = matrix;
  for (let row = 0; row < rows; row++) {
    let node = 0;
    let split = feature[0]!;
    while (split >= 0) {
      const at = (words[split >> 2]![row]! >>> ((split & 3) * 8)) & 255;
      const goesLeft = at === 0 ? missingLeft[node] === 1 : at <= bin[node]!;
      node = left[node]! + (goesLeft ? 0 : 1);
      split = feature[node]!;
    }
    scores[row]! += values[node]!;
  }
}
