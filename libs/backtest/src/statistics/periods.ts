/** The length of the periods whose returns the statistics are drawn from. */
export type Period = 'day' | 'week' | 'month' | 'year';

/** How returns are sampled and annualised. */
export interface Calendar {
  readonly period: Period;
  /** Periods in a year: 365 or 252 days, 52 weeks, 12 months, 1 year. */
  readonly periodsPerYear: number;
}

export const dayMs = 86_400_000;

/**
 * The calendar that the data itself shows: returns per UTC day (per week, month or year when the bars
 * are that long), 365 days a year where weekends are traded and 252 where not.
 */
export function calendarOf(time: Float64Array, periodsPerYear?: number): Calendar {
  const barMs = medianSpacing(time);
  const period: Period =
    barMs >= 360 * dayMs ? 'year' : barMs >= 27 * dayMs ? 'month' : barMs >= 6.5 * dayMs ? 'week' : 'day';
  return { period, periodsPerYear: periodsPerYear ?? usualPeriods(period, time) };
}

function usualPeriods(period: Period, time: Float64Array): number {
  if (period === 'year') return 1;
  if (period === 'month') return 12;
  if (period === 'week') return 52;
  return tradesWeekends(time) ? 365 : 252;
}

/** Whether more than 60 % of the weekend bars that an even spread would have are there. */
export function tradesWeekends(time: Float64Array): boolean {
  let weekendBars = 0;
  let isWeekend = false;
  let nextDay = -Infinity;
  for (const at of time) {
    if (at >= nextDay) {
      const day = Math.floor(at / dayMs);
      nextDay = (day + 1) * dayMs;
      // The epoch was a Thursday, so Saturday and Sunday are days 2 and 3 of a week that begins on one.
      isWeekend = day % 7 === 2 || day % 7 === 3;
    }
    if (isWeekend) weekendBars++;
  }
  return weekendBars > (2 / 7) * 0.6 * time.length;
}

/** The middle distance between bars, in milliseconds; of at most the first 10,001 bars. */
function medianSpacing(time: Float64Array): number {
  const count = Math.min(time.length - 1, 10_000);
  if (count < 1) return dayMs;
  const spacing = new Float64Array(count);
  for (let i = 0; i < count; i++) spacing[i] = time[i + 1]! - time[i]!;
  spacing.sort();
  return spacing[count >> 1]!;
}

/** Numbers the calendar period that an instant lies in; weeks run from Monday to Sunday, all in UTC. */
export function periodNumber(timeMs: number, period: Period): number {
  const day = Math.floor(timeMs / dayMs);
  if (period === 'day') return day;
  if (period === 'week') return Math.floor((day + 3) / 7);
  const date = new Date(timeMs);
  return period === 'month' ? date.getUTCFullYear() * 12 + date.getUTCMonth() : date.getUTCFullYear();
}

/** Index of the last bar of each period that has bars, ascending. */
export function periodEnds(time: Float64Array, period: Period): Int32Array {
  const ends: number[] = [];
  let current = NaN;
  let nextDay = -Infinity; // A new period cannot begin within a day: most bars need no division.
  for (let i = 0; i < time.length; i++) {
    const at = time[i]!;
    if (at < nextDay) continue;
    nextDay = (Math.floor(at / dayMs) + 1) * dayMs;
    const number = periodNumber(at, period);
    if (number !== current && i > 0) ends.push(i - 1);
    current = number;
  }
  if (time.length > 0) ends.push(time.length - 1);
  return Int32Array.from(ends);
}

/** Relative change of a series from each period's end to the next; one fewer than there are periods. */
export function periodReturns(values: Float64Array, ends: Int32Array): Float64Array {
  const returns = new Float64Array(Math.max(0, ends.length - 1));
  for (let k = 1; k < ends.length; k++) returns[k - 1] = values[ends[k]!]! / values[ends[k - 1]!]! - 1;
  return returns;
}
