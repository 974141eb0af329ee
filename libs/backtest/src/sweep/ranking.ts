import type { Performance } from '../statistics/performance.js';
import type { Params } from './space.js';

/** What a sweep may rank by, and which end of it is better. */
export const objectives = {
  total_return: ['totalReturn', 'high'],
  cagr: ['cagr', 'high'],
  sharpe_ratio: ['sharpeRatio', 'high'],
  sortino_ratio: ['sortinoRatio', 'high'],
  calmar_ratio: ['calmarRatio', 'high'],
  max_drawdown: ['maxDrawdown', 'low'],
  profit_factor: ['profitFactor', 'high'],
  expectancy: ['expectancy', 'high'],
  win_rate: ['winRate', 'high'],
  sqn: ['sqn', 'high'],
} as const satisfies Readonly<Record<string, readonly [keyof Performance, 'high' | 'low']>>;

export type Objective = keyof typeof objectives;

/** One run of a sweep. */
export interface SweepRun {
  readonly params: Params;
  readonly performance: Performance;
}

/** The figure an objective reads off a run; null where it is undefined. */
export function objectiveOf(performance: Performance, objective: Objective): number | null {
  return performance[objectives[objective][0]];
}

/** The runs from best to worst; those whose figure is undefined come last. Ties keep their order. */
export function rankRuns<Run extends SweepRun>(runs: readonly Run[], objective: Objective): Run[] {
  const worst = objectives[objective][1] === 'high' ? -Infinity : Infinity;
  const sign = objectives[objective][1] === 'high' ? -1 : 1;
  const figure = (run: Run): number => objectiveOf(run.performance, objective) ?? worst;
  return [...runs].sort((a, b) => {
    const [left, right] = [figure(a), figure(b)];
    return left === right ? 0 : sign * (left - right);
  });
}

/** The best figure for every pair of two parameters' values. */
export interface HeatMap {
  readonly x: readonly unknown[];
  readonly y: readonly unknown[];
  /** `values[row of y][column of x]`; null where nothing ran or the figure is undefined. */
  readonly values: readonly (readonly (number | null)[])[];
}

export function heatMap(
  runs: readonly SweepRun[],
  xParam: string,
  yParam: string,
  objective: Objective,
): HeatMap {
  const axis = (param: string): unknown[] =>
    [...new Set(runs.map(({ params }) => params[param]))].sort(byValue);
  const x = axis(xParam);
  const y = axis(yParam);
  const values = y.map(() => x.map((): number | null => null));
  // From worst to best, so that the best of a cell is what stays.
  for (const run of rankRuns(runs, objective).reverse()) {
    const figure = objectiveOf(run.performance, objective);
    const row = values[y.indexOf(run.params[yParam])]!;
    if (figure !== null) row[x.indexOf(run.params[xParam])] = figure;
  }
  return { x, y, values };
}

function byValue(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en');
}
