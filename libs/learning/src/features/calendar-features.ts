import type { Feature } from './feature.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05 was the first Monday of the epoch. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** A place on a circle as two coordinates, so that the end of a cycle lies beside its start. */
function cycle(name: string, lengthMs: number, startMs: number): readonly Feature[] {
  const coordinate = (suffix: string, word: string, f: (angle: number) => number): Feature => ({
    name: `${name}_${suffix}`,
    description: `${word} of the bar’s opening time within the UTC ${name}`,
    lookback: 0,
    compute: (input) =>
      input.map((bar) => f((2 * Math.PI * ((input.candles.time[bar]! - startMs) % lengthMs)) / lengthMs)),
  });
  return [coordinate('sin', 'Sine', Math.sin), coordinate('cos', 'Cosine', Math.cos)];
}

export const calendarFeatures: readonly Feature[] = [
  ...cycle('day', DAY_MS, 0),
  ...cycle('week', WEEK_MS, FIRST_MONDAY_MS),
];
