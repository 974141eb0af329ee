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
 * are that long), 365 days a year where weekends are traded and 252 where not. `days` are `dayEnds(time)`.
 */
export function calendarOf(time: Float64Array, days: Int32Array, periodsPerYear?: number): Calendar {
  const barMs = medianSpacing(time);
  const period: Period =
    barMs >= 360 * dayMs ? 'year' : barMs >= 27 * dayMs ? 'month' : barMs >= 6.5 * dayMs ? 'week' : 'day';
  return { period, periodsPerYear: periodsPerYear ?? usualPeriods(period, time, days) };
}

function usualPeriods(period: Period, time: Float64Array, days: Int32Array): number {
  if (period === 'year') return 1;
  if (period === 'month') return 12;
  if (period === 'week') return 52;
  return tradesWeekends(time, days) ? 365 : 252;
}

/** Whether more than 60 % of the weekend bars that an even spread would have are there. */
export function tradesWeekends(time: Float64Array, days: Int32Array): boolean {
  let weekendBars = 0;
  let before = -1;
  for (const end of days) {
    // The epoch was a Thursday, so Saturday and Sunday are days 2 and 3 of a week that begins on one.
    const weekday = Math.floor(time[end]! / dayMs) % 7;
    if (weekday === 2 || weekday === 3) weekendBars += end - before;
    before = end;
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

/** The first instant after the calendar period that an instant lies in; weeks begin on Monday, all in UTC. */
function nextPeriod(timeMs: number, period: Period): number {
  const day = Math.floor(timeMs / dayMs);
  if (period === 'day') return (day + 1) * dayMs;
  if (period === 'week') return (Math.floor((day + 3) / 7) * 7 + 4) * dayMs;
  const date = new Date(timeMs);
  const year = date.getUTCFullYear();
  return period === 'month' ? Date.UTC(year, date.getUTCMonth() + 1) : Date.UTC(year + 1, 0);
}

/** Index of the last bar of each UTC day that has bars, ascending; each found by doubling steps. */
export function dayEnds(time: Float64Array): Int32Array {
  const n = time.length;
  const ends: number[] = [];
  for (let first = 0; first < n;) {
    const nextDay = nextPeriod(time[first]!, 'day');
    let step = 1;
    while (first + step < n && time[first + step]! < nextDay) step *= 2;
    let low = first + (step >> 1); // The last bar known to be of this day.
    let high = Math.min(first + step, n);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (time[middle]! < nextDay) low = middle;
      else high = middle;
    }
    ends.push(low);
    first = low + 1;
  }
  return Int32Array.from(ends);
}

/** Index of the last bar of each period that has bars, ascending, from those of the days. */
export function periodEnds(time: Float64Array, days: Int32Array, period: Period): Int32Array {
  if (period === 'day') return days;
  let next = -Infinity;
  const ends: number[] = [];
  for (let k = 0; k < days.length; k++) {
    const at = time[days[k]!]!;
    if (at < next) continue;
    if (k > 0) ends.push(days[k - 1]!);
    next = nextPeriod(at, period);
  }
  if (days.length > 0) ends.push(days.at(-1)!);
  return Int32Array.from(ends);
}

/** Relative change of a series from each period's end to the next; one fewer than there are periods. */
export function periodReturns(values: Float64Array, ends: Int32Array): Float64Array {
  const returns = new Float64Array(Math.max(0, ends.length - 1));
  for (let k = 1; k < ends.length; k++) returns[k - 1] = values[ends[k]!]! / values[ends[k - 1]!]! - 1;
  return returns;
}
