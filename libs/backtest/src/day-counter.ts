import { dayMs } from './statistics/periods.js';

/** Which day of a run has been reached, for "day 15 of 30". */
export interface DayProgress {
  readonly day: number;
  readonly days: number;
}

/**
 * Turns `onProgress`'s bars into calendar days (UTC) of the run, both counted from 1, in constant time.
 * `from` is the request's `warmupFrom`.
 */
export function dayCounter(time: Float64Array, from = 0): (barsDone: number) => DayProgress {
  const dayOf = (bar: number): number => Math.floor(time[bar]! / dayMs);
  const last = time.length - 1;
  const firstDay = dayOf(from);
  const days = dayOf(last) - firstDay + 1;
  return (barsDone) => {
    const bar = Math.min(Math.max(from + barsDone - 1, from), last);
    return { day: dayOf(bar) - firstDay + 1, days };
  };
}
