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
  const sorted = column.filter((value) => value === value).sort();
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (distinct.length > 0 && distinct[distinct.length - 1] === value) counts[counts.length - 1]!++;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  const valueBins = BIN_LIMIT - 1;
  const cuts: number[] = [];
  if (distinct.length <= valueBins) {
    for (let i = 0; i + 1 < distinct.length; i++) cuts.push(borderBetween(distinct[i]!, distinct[i + 1]!));
    return Float32Array.from(cuts);
  }
  let seen = 0;
  for (let i = 0; i + 1 < distinct.length && cuts.length < valueBins - 1; i++) {
    seen += counts[i]!;
    const wanted = ((cuts.length + 1) * sorted.length) / valueBins;
    if (seen >= wanted) cuts.push(borderBetween(distinct[i]!, distinct[i + 1]!));
  }
  return Float32Array.from(cuts);
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
