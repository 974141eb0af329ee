/** Dark to bright in even steps of lightness, told apart without seeing hues as well. */
const stops: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
];

/** The colour of a place between the worst (0) and the best (1). */
export function heatColour(place: number): string {
  const at = Math.min(1, Math.max(0, place)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  const [low, high] = [stops[index]!, stops[index + 1]!];
  const mixed = low.map((part, i) => Math.round(part + (high[i]! - part) * (at - index)));
  return `rgb(${mixed.join(' ')})`;
}

/** The least and the greatest of the known values; null when none is known. */
export function rangeOf(
  values: readonly (readonly (number | null)[])[],
): { min: number; max: number } | null {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values.flat()) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return min <= max ? { min, max } : null;
}

/** Where a value lies between the worst (0) and the best (1) of a range. */
export function placeIn(value: number, range: { min: number; max: number }, isLowBetter: boolean): number {
  const share = range.max === range.min ? 1 : (value - range.min) / (range.max - range.min);
  return isLowBetter && range.max !== range.min ? 1 - share : share;
}
