import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.js';
import { binMatrix, binOf, quantileCuts } from './binned-matrix.js';
import { histogramLength, histogramOfRows, subtractHistogram } from './histogram.js';
import { type GrowthRules, TreeGrower } from './tree-grower.js';

const rules: GrowthRules = {
  maxDepth: 3,
  maxLeaves: 8,
  growth: 'depth',
  lambda: 0,
  minChildWeight: 1,
  minGain: 0,
};

function grow(columns: Float32Array[], gradient: number[], changed: Partial<GrowthRules> = {}) {
  const matrix = binMatrix(columns);
  const grower = new TreeGrower(matrix, { ...rules, ...changed });
  grower.order.forEach((_, row) => (grower.order[row] = row));
  const hessian = new Float32Array(gradient.length).fill(1);
  const features = columns.map((_, feature) => feature);
  return { grower, tree: grower.grow(gradient.length, features, Float32Array.from(gradient), hessian) };
}

describe('bins', () => {
  it('gives each of few distinct values its own bin, and missing ones bin 0', () => {
    const cuts = quantileCuts(Float32Array.of(3, 1, 1, NaN, 2));
    expect([...cuts]).toEqual([1.5, 2.5]);
    expect([NaN, 1, 1.5, 2, 99].map((value) => binOf(cuts, value))).toEqual([0, 1, 1, 2, 3]);
  });

  it('spreads many values over at most 255 bins of about equal weight', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) => i);
    const cuts = quantileCuts(values);
    const counts = new Map<number, number>();
    for (const value of values) counts.set(binOf(cuts, value), (counts.get(binOf(cuts, value)) ?? 0) + 1);
    expect(counts.size).toBe(255);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(41);
  });
});

describe('histograms', () => {
  it('of a sibling are the parent less the other, as if built from its rows', () => {
    const random = seededRandom(5);
    const columns = Array.from({ length: 5 }, () =>
      Float32Array.from({ length: 400 }, () => random.normal()),
    );
    const { words } = binMatrix(columns);
    const gradient = Float32Array.from({ length: 400 }, () => random.normal());
    const hessian = Float32Array.from({ length: 400 }, () => random.uniform());
    const order = Uint32Array.from({ length: 400 }, (_, i) => i);
    const build = (from: number, to: number): Float64Array => {
      const histogram = new Float64Array(histogramLength(5));
      words.forEach((group, g) =>
        histogramOfRows(histogram, g * 2048, group, order, from, to, gradient, hessian),
      );
      return histogram;
    };
    const parent = build(0, 400);
    subtractHistogram(parent, build(0, 150), [0, 1]);
    const direct = build(150, 400);
    parent.forEach((value, i) => expect(value).toBeCloseTo(direct[i]!, 12));
  });
});

describe('a tree', () => {
  it('splits where the gain by hand is largest', () => {
    // Gradients −1 −1 +2: splitting off the last gives ½(4/2 + 4/1 − 0) = 3, off the first ½(1/1 + 1/2) = ¾.
    const { tree } = grow([Float32Array.of(1, 2, 3)], [-1, -1, 2], { maxDepth: 1 });
    expect(tree).toMatchObject({
      feature: [0, -1, -1],
      bin: [2, 0, 0],
      gain: [3, 0, 0],
      gradient: [0, -2, 2],
    });
  });

  it('sends missing values to the side where they help', () => {
    const { tree, grower } = grow([Float32Array.of(1, 2, NaN, NaN)], [-1, 1, -1, -1], { maxDepth: 1 });
    expect(tree.missingLeft[0]).toBe(true);
    expect([...grower.order.subarray(tree.from[1], tree.to[1])]).toEqual([0, 2, 3]);
  });

  it('can split the missing values from all others', () => {
    const { tree } = grow([Float32Array.of(NaN, 1, 2, NaN)], [-1, 1, 1, -1], { maxDepth: 1 });
    expect(tree).toMatchObject({ bin: [2, 0, 0], missingLeft: [false, false, false], gradient: [0, 2, -2] });
  });

  it('keeps the least weight on both sides', () => {
    const { tree } = grow([Float32Array.of(1, 2, 3, 4)], [-9, 1, 1, 1], { minChildWeight: 2, maxDepth: 1 });
    expect(tree.hessian.slice(1)).toEqual([2, 2]);
  });

  it('does not split without a gain', () => {
    expect(grow([Float32Array.of(1, 2, 3)], [1, 1, 1]).tree.feature).toEqual([-1]);
  });

  it('spends its leaves on the largest gains when it grows by leaf', () => {
    // First split at 4|5 (gain 20). Then the right half gains 2, the left nothing: depth-wise looks left first.
    const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const gradient = [-2, -2.1, -2.2, -2.1, 1, 1, 3, 3];
    const byLeaf = grow([x], gradient, { growth: 'leaf', maxLeaves: 3 }).tree;
    const byDepth = grow([x], gradient, { growth: 'depth', maxLeaves: 3 }).tree;
    expect(byLeaf.gain[2]).toBeGreaterThan(0);
    expect(byDepth.gain[2]).toBe(0);
    expect(byDepth.gain[1]).toBeGreaterThan(0);
  });
});
