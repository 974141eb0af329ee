import { dayMs } from '../statistics/periods.js';

/** Half-open spans of bars: parameters are chosen on the first and judged on the second. */
export interface WalkForwardWindow {
  readonly trainFrom: number;
  readonly trainTo: number;
  readonly testFrom: number;
  readonly testTo: number;
}

/**
 * Windows that roll through the data by one test span at a time: `trainDays` to choose, then `testDays`
 * that no choice has seen. The test spans follow on each other without gap or overlap; a last one that is
 * cut short by the end of the data is kept when it has at least half of its days.
 */
export function walkForwardWindows(
  time: Float64Array,
  trainDays: number,
  testDays: number,
  from = 0,
): WalkForwardWindow[] {
  const windows: WalkForwardWindow[] = [];
  const n = time.length;
  if (!(trainDays > 0 && testDays > 0) || from >= n) return windows;
  const end = time[n - 1]!;
  const barAt = (ms: number): number => lowerBound(time, ms);
  for (let start = time[from]!; ; start += testDays * dayMs) {
    const testStart = start + trainDays * dayMs;
    const testEnd = testStart + testDays * dayMs;
    if (end - testStart < (testDays / 2) * dayMs) return windows;
    const trainTo = barAt(testStart);
    windows.push({ trainFrom: barAt(start), trainTo, testFrom: trainTo, testTo: barAt(testEnd) });
    if (testEnd > end) return windows;
  }
}

function lowerBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
