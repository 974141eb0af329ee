import { BIN_LIMIT, type BinnedMatrix } from './binned-matrix.js';
import { histogramLength, histogramOfRows, subtractHistogram } from './histogram.js';
import { bestSplit, type Split, type SplitRules } from './split.js';

/** How one tree grows; the bounds are inclusive. */
export interface GrowthRules extends SplitRules {
  /** Splits on the way from the root to a leaf, at most. */
  readonly maxDepth: number;
  readonly maxLeaves: number;
  /** `depth` finishes one level before the next; `leaf` always splits the leaf that gains most. */
  readonly growth: 'depth' | 'leaf';
}

/** One grown tree; node 0 is the root, the right child follows the left, a leaf has feature −1. */
export interface GrownTree {
  readonly feature: number[];
  /** Bins at or below this one go left. */
  readonly bin: number[];
  readonly missingLeft: boolean[];
  readonly left: number[];
  /** Sums of gradients and hessians a node, from which leaf values follow. */
  readonly gradient: number[];
  readonly hessian: number[];
  /** Gain of a node's split in the objective; 0 for a leaf. */
  readonly gain: number[];
  /** The rows of node `k` are `order[from[k]] … order[to[k] − 1]` until the next tree grows. */
  readonly from: number[];
  readonly to: number[];
}

interface Candidate {
  readonly node: number;
  readonly depth: number;
  readonly split: Split;
  readonly histogram: Float64Array;
}

/**
 * Grows regression trees on one binned matrix, reusing its buffers from tree to tree.
 *
 * A node's histogram is built from its rows only for the smaller of two siblings; the larger is
 * the parent less the smaller (Ke et al. 2017, LightGBM, section 2.1). Rows of a node stay
 * contiguous in `order`, and each split partitions them stably, so the result depends on nothing
 * but its input.
 */
export class TreeGrower {
  /** Row numbers, grouped by leaf once a tree has grown. */
  readonly order: Uint32Array;
  readonly #spill: Uint32Array;
  readonly #orderedGradient: Float32Array;
  readonly #orderedHessian: Float32Array;
  readonly #spare: Float64Array[] = [];

  constructor(
    private readonly matrix: BinnedMatrix,
    private readonly rules: GrowthRules,
  ) {
    this.order = new Uint32Array(matrix.rows);
    this.#spill = new Uint32Array(matrix.rows);
    this.#orderedGradient = new Float32Array(matrix.rows);
    this.#orderedHessian = new Float32Array(matrix.rows);
  }

  /** Grows on the first `rowCount` entries of `order`, which the caller filled, and on `features`. */
  grow(
    rowCount: number,
    features: readonly number[],
    gradient: Float32Array,
    hessian: Float32Array,
  ): GrownTree {
    const tree: GrownTree = {
      feature: [],
      bin: [],
      missingLeft: [],
      left: [],
      gradient: [],
      hessian: [],
      gain: [],
      from: [],
      to: [],
    };
    const groups = [...new Set(features.map((feature) => feature >> 2))];
    let rootGradient = 0;
    let rootHessian = 0;
    for (let k = 0; k < rowCount; k++) {
      rootGradient += gradient[this.order[k]!]!;
      rootHessian += hessian[this.order[k]!]!;
    }
    addNode(tree, 0, rowCount, rootGradient, rootHessian);

    const frontier: Candidate[] = [];
    const consider = (node: number, depth: number, histogram: Float64Array): void => {
      const split = bestSplit(
        histogram,
        features,
        this.matrix.cuts,
        tree.gradient[node]!,
        tree.hessian[node]!,
        this.rules,
      );
      if (split === null) this.#spare.push(histogram);
      else frontier.push({ node, depth, split, histogram });
    };

    if (this.rules.maxDepth > 0 && this.rules.maxLeaves > 1) {
      const histogram = this.#takeHistogram();
      this.#fill(histogram, groups, 0, rowCount, gradient, hessian);
      consider(0, 0, histogram);
    }
    let leaves = 1;
    while (frontier.length > 0 && leaves < this.rules.maxLeaves) {
      const { node, depth, split, histogram } = this.#takeNext(frontier);
      const from = tree.from[node]!;
      const to = tree.to[node]!;
      const border = this.#partition(from, to, split);
      const left = tree.feature.length;
      tree.feature[node] = split.feature;
      tree.bin[node] = split.bin;
      tree.missingLeft[node] = split.missingLeft;
      tree.left[node] = left;
      tree.gain[node] = split.gain;
      addNode(tree, from, border, split.leftGradient, split.leftHessian);
      addNode(
        tree,
        border,
        to,
        tree.gradient[node]! - split.leftGradient,
        tree.hessian[node]! - split.leftHessian,
      );
      leaves++;
      if (depth + 1 >= this.rules.maxDepth) {
        this.#spare.push(histogram);
        continue;
      }
      const leftIsSmaller = border - from <= to - border;
      const smaller = leftIsSmaller ? left : left + 1;
      const smallerHistogram = this.#takeHistogram();
      this.#fill(smallerHistogram, groups, tree.from[smaller]!, tree.to[smaller]!, gradient, hessian);
      subtractHistogram(histogram, smallerHistogram, groups);
      consider(left, depth + 1, leftIsSmaller ? smallerHistogram : histogram);
      consider(left + 1, depth + 1, leftIsSmaller ? histogram : smallerHistogram);
    }
    for (const { histogram } of frontier) this.#spare.push(histogram);
    return tree;
  }

  #takeNext(frontier: Candidate[]): Candidate {
    if (this.rules.growth === 'depth') return frontier.shift()!;
    let best = 0;
    for (let i = 1; i < frontier.length; i++) {
      if (frontier[i]!.split.gain > frontier[best]!.split.gain) best = i;
    }
    return frontier.splice(best, 1)[0]!;
  }

  #takeHistogram(): Float64Array {
    return this.#spare.pop() ?? new Float64Array(histogramLength(this.matrix.features));
  }

  #fill(
    histogram: Float64Array,
    groups: readonly number[],
    from: number,
    to: number,
    gradient: Float32Array,
    hessian: Float32Array,
  ): void {
    const { order } = this;
    const orderedGradient = this.#orderedGradient;
    const orderedHessian = this.#orderedHessian;
    for (let k = from; k < to; k++) {
      const row = order[k]!;
      orderedGradient[k] = gradient[row]!;
      orderedHessian[k] = hessian[row]!;
    }
    const groupLength = 4 * BIN_LIMIT * 2;
    for (const group of groups) {
      const start = group * groupLength;
      histogram.fill(0, start, start + groupLength);
      histogramOfRows(
        histogram,
        start,
        this.matrix.words[group]!,
        order,
        from,
        to,
        orderedGradient,
        orderedHessian,
      );
    }
  }

  /** Moves the rows that go left to the front of `[from, to)`, keeping their order; returns the border. */
  #partition(from: number, to: number, split: Split): number {
    const words = this.matrix.words[split.feature >> 2]!;
    const shift = (split.feature & 3) * 8;
    const { order } = this;
    const spill = this.#spill;
    const { bin, missingLeft } = split;
    let border = from;
    let spilled = 0;
    for (let k = from; k < to; k++) {
      const row = order[k]!;
      const at = (words[row]! >>> shift) & 255;
      if (at === 0 ? missingLeft : at <= bin) order[border++] = row;
      else spill[spilled++] = row;
    }
    order.set(spill.subarray(0, spilled), border);
    return border;
  }
}

function addNode(tree: GrownTree, from: number, to: number, gradient: number, hessian: number): void {
  tree.feature.push(-1);
  tree.bin.push(0);
  tree.missingLeft.push(false);
  tree.left.push(0);
  tree.gradient.push(gradient);
  tree.hessian.push(hessian);
  tree.gain.push(0);
  tree.from.push(from);
  tree.to.push(to);
}
