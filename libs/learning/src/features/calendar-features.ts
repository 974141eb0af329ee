import type { Feature } from './feature.js';
import { mapSeries } from './series.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05 was the first Monday of the epoch. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** A place on a circle as two coordinates, so that the end of a cycle lies beside its start. */
function cycle(name: string, what: string, lengthMs: number, startMs: number): readonly Feature[] {
  const angle = (timeMs: number): number => (2 * Math.PI * ((timeMs - startMs) % lengthMs)) / lengthMs;
  const feature = (suffix: string, f: (angle: number) => number, label: string): Feature => ({
    name: `${name}_${suffix}`,
    description: `${label} of the bar’s opening time within the UTC ${what}`,
    lookback: 0,
    compute: ({ length, candles: { time } }) => mapSeries(length, (i) => f(angle(time[i]!))),
  });
  return [feature('sin', Math.sin, 'Sine'), feature('cos', Math.cos, 'Cosine')];
}

export const calendarFeatures: readonly Feature[] = [
  ...cycle('day', 'day', DAY_MS, 0),
  ...cycle('week', 'week', WEEK_MS, FIRST_MONDAY_MS),
];
