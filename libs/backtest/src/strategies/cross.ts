/** Whether series a went from at or below b to above it on bar i; false while either is NaN. */
export function crossedAbove(a: Float64Array, b: Float64Array, i: number): boolean {
  return a[i - 1]! <= b[i - 1]! && a[i]! > b[i]!;
}
