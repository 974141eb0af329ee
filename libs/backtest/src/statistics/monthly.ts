import { periodEnds } from './periods.js';

/** Return of one UTC month as a fraction. */
export interface MonthlyReturn {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly return: number | null;
}

/** Month by month: the last equity over that of the month before, the first month's over the capital. */
export function monthlyReturns(
  time: Float64Array,
  days: Int32Array,
  equity: Float64Array,
  initialCapital: number,
): MonthlyReturn[] {
  let before = initialCapital;
  return Array.from(periodEnds(time, days, 'month'), (end) => {
    const value = equity[end]! / before - 1;
    before = equity[end]!;
    return {
      month: new Date(time[end]!).toISOString().slice(0, 7),
      return: Number.isFinite(value) ? value : null,
    };
  });
}
