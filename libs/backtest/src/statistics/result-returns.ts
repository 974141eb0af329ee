import type { BacktestResult } from '../run-backtest.js';
import { calendarOf, dayEnds, periodEnds, periodReturns } from './periods.js';

/** A run's returns per period of its calendar (a UTC day for bars up to a day), as the statistics use them. */
export function periodReturnsOf({ time, equity }: Pick<BacktestResult, 'time' | 'equity'>): Float64Array {
  const days = dayEnds(time);
  return periodReturns(equity, periodEnds(time, days, calendarOf(time, days).period));
}
