import { BIN_LIMIT } from './binned-matrix.js';

/**
 * Sums of gradient and hessian a bin, interleaved: entry `(feature · 256 + bin) · 2` is the
 * gradient's sum and the next one the hessian's. Features come in groups of four.
 */
export function histogramLength(features: number): number {
  return Math.ceil(features / 4) * 4 * BIN_LIMIT * 2;
}

/** Adds the rows `order[from…to)` to the four features' histogram that starts at `start`. */
export function histogramOfRows(
  histogram: Float64Array,
  start: number,
  words: Uint32Array,
  order: Uint32Array,
  from: number,
  to: number,
  gradients: Float32Array,
  hessians: Float32Array,
): void {
  const second = start + 2 * BIN_LIMIT;
  const third = second + 2 * BIN_LIMIT;
  const fourth = third + 2 * BIN_LIMIT;
  for (let k = from; k < to; k++) {
    const word = words[order[k]!]!;
    const gradient = gradients[k]!;
    const hessian = hessians[k]!;
    const a = start + ((word & 255) << 1);
    const b = second + ((word >>> 7) & 510);
    const c = third + ((word >>> 15) & 510);
    const d = fourth + ((word >>> 23) & 510);
    histogram[a]! += gradient;
    histogram[a + 1]! += hessian;
    histogram[b]! += gradient;
    histogram[b + 1]! += hessian;
    histogram[c]! += gradient;
    histogram[c + 1]! += hessian;
    histogram[d]! += gradient;
    histogram[d + 1]! += hessian;
  }
}

/** `histogram −= other` over the given groups of four features. */
export function subtractHistogram(
  histogram: Float64Array,
  other: Float64Array,
  groups: readonly number[],
): void {
  const length = 4 * BIN_LIMIT * 2;
  for (const group of groups) {
    for (let i = group * length; i < (group + 1) * length; i++) histogram[i]! -= other[i]!;
  }
}
