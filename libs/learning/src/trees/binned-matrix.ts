/**
 * A matrix of numbers as columns of equal length, one a feature; `NaN` is a missing value.
 * Thirty-two bits are enough for features and halve the memory; thresholds stay exact in them.
 */
export type Columns = readonly Float32Array[];

/** Bins a column can have: bin 0 holds the missing values, 1…255 the ordered ones. */
export const BIN_LIMIT = 256;

/**
 * Every value of a matrix replaced by the number of its bin.
 *
 * Four features share one 32-bit word, so a histogram pass loads a row once for all four:
 * feature `f` of `row` is byte `f % 4` of `words[f / 4][row]`.
 */
export interface BinnedMatrix {
  readonly rows: number;
  readonly features: number;
  readonly words: readonly Uint32Array[];
  /** Ascending inner borders a feature: bin `b ≥ 1` holds `cuts[b-2] < x ≤ cuts[b-1]`. */
  readonly cuts: readonly Float32Array[];
}

/** The bin of one value: 0 for missing, else 1 + the number of borders below it. */
export function binOf(cuts: Float32Array, value: number): number {
  if (value !== value) return 0;
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/**
 * Borders that split the present values of `column` into at most 255 bins of about equal weight;
 * every distinct value has its own bin where there are few enough of them.
 */
export function quantileCuts(column: Float32Array): Float32Array {
  const sorted = presentValues(column).sort();
  const length = sorted.length;
  let distinct = length > 0 ? 1 : 0;
  for (let i = 1; i < length; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  const valueBins = BIN_LIMIT - 1;
  const isEveryValueItsOwn = distinct <= valueBins;
  const cuts: number[] = [];
  for (let i = 1; i < length && cuts.length < valueBins - 1; i++) {
    if (sorted[i] === sorted[i - 1]) continue;
    // `i` values lie below this border; a full bin has its share of all of them.
    const isFull = i >= ((cuts.length + 1) * length) / valueBins;
    if (isEveryValueItsOwn || isFull) cuts.push(borderBetween(sorted[i - 1]!, sorted[i]!));
  }
  return Float32Array.from(cuts);
}

/** A copy of what is there. */
function presentValues(column: Float32Array): Float32Array {
  const values = new Float32Array(column.length);
  let count = 0;
  for (const value of column) {
    if (value === value) values[count++] = value;
  }
  return values.subarray(0, count);
}

/** A 32-bit number in `[lower, upper)`, the middle where rounding allows it. */
function borderBetween(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle >= lower && middle < upper ? middle : lower;
}

/** `columns` in the bins of `cuts`, or of borders drawn from `columns` themselves. */
export function binMatrix(
  columns: Columns,
  cuts: readonly Float32Array[] = columns.map(quantileCuts),
): BinnedMatrix {
  const rows = columns[0]?.length ?? 0;
  const words = Array.from({ length: Math.ceil(columns.length / 4) }, () => new Uint32Array(rows));
  columns.forEach((column, feature) => {
    const group = words[feature >> 2]!;
    const shift = (feature & 3) * 8;
    const borders = cuts[feature]!;
    for (let row = 0; row < rows; row++) group[row]! |= binOf(borders, column[row]!) << shift;
  });
  return { rows, features: columns.length, words, cuts };
}
