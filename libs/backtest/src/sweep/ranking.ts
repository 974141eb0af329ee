import type { Performance } from '../statistics/performance.js';
import { axisValues, type Params, type ParameterSpace } from './space.js';

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
const objectiveNames = Object.keys(objectives) as Objective[];

/** What is kept of each run of a sweep: every objective, null where undefined, and the number of trades. */
export type SweepFigures = Readonly<Record<Objective, number | null> & { trade_count: number }>;

/** One point of a sweep; figures are means over the windows where there are several. */
export interface SweepRun {
  readonly params: Params;
  readonly inSample: SweepFigures;
  /** On the data after those that the choice is made on; null without walk-forward. */
  readonly outOfSample: SweepFigures | null;
}

export function sweepFiguresOf(performance: Performance): SweepFigures {
  return figuresBy((name) => performance[objectives[name][0]], performance.tradeCount);
}

/** The mean of each figure over the runs in which it is defined; trades are added up. */
export function meanFigures(all: readonly SweepFigures[]): SweepFigures {
  return figuresBy(
    (name) => {
      const defined = all.map((figures) => figures[name]).filter((value) => value !== null);
      return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
    },
    all.reduce((sum, figures) => sum + figures.trade_count, 0),
  );
}

function figuresBy(figure: (name: Objective) => number | null, tradeCount: number): SweepFigures {
  const figures = Object.fromEntries(objectiveNames.map((name) => [name, figure(name)]));
  return { ...(figures as Record<Objective, number | null>), trade_count: tradeCount };
}

/** Whether figures are better than others by the objective; an undefined figure is worse than any. */
export function isBetter(figures: SweepFigures, than: SweepFigures, objective: Objective): boolean {
  return compareFigures(figures, than, objective) < 0;
}

/** The runs from best to worst; those whose figure is undefined come last. Ties keep their order. */
export function rankRuns<Run extends Pick<SweepRun, 'inSample'>>(
  runs: readonly Run[],
  objective: Objective,
): Run[] {
  return [...runs].sort((a, b) => compareFigures(a.inSample, b.inSample, objective));
}

function compareFigures(a: SweepFigures, b: SweepFigures, objective: Objective): number {
  const [left, right] = [a[objective], b[objective]];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return objectives[objective][1] === 'high' ? right - left : left - right;
}

/** The best figure for every pair of two parameters' values. */
export interface HeatMap {
  readonly xParam: string;
  /** Null where only one parameter varies; there is one row then. */
  readonly yParam: string | null;
  readonly x: readonly unknown[];
  readonly y: readonly unknown[];
  /** `values[row of y][column of x]`; null where nothing ran or the figure is undefined. */
  readonly values: readonly (readonly (number | null)[])[];
}

export function heatMap(
  runs: readonly SweepRun[],
  xParam: string,
  yParam: string | null,
  objective: Objective,
): HeatMap {
  const x = axisOf(runs, xParam);
  const y = yParam === null ? [null] : axisOf(runs, yParam);
  const columns = new Map(x.map((value, column) => [value, column]));
  const rows = new Map(y.map((value, row) => [value, row]));
  const values = y.map(() => x.map((): number | null => null));
  // From worst to best, so that the best of a cell is what stays.
  for (const { params, inSample } of rankRuns(runs, objective).reverse()) {
    const figure = inSample[objective];
    const row = values[rows.get(yParam === null ? null : params[yParam])!]!;
    if (figure !== null) row[columns.get(params[xParam])!] = figure;
  }
  return { xParam, yParam, x, y, values };
}

/** Longer axes make no readable map. */
const mostHeatMapValues = 100;
const mostHeatMaps = 10;

/** A map of every two parameters that vary, or of the only one; axes above a hundred values are left out. */
export function heatMaps(runs: readonly SweepRun[], space: ParameterSpace, objective: Objective): HeatMap[] {
  const varying = Object.entries(space)
    .filter(([name, axis]) => {
      const count = axisValues(name, axis).length;
      return count > 1 && count <= mostHeatMapValues;
    })
    .map(([name]) => name);
  if (varying.length === 1) return [heatMap(runs, varying[0]!, null, objective)];
  const pairs = varying.flatMap((x, k) => varying.slice(k + 1).map((y) => [x, y] as const));
  return pairs.slice(0, mostHeatMaps).map(([x, y]) => heatMap(runs, x, y, objective));
}

function axisOf(runs: readonly SweepRun[], param: string): unknown[] {
  return [...new Set(runs.map(({ params }) => params[param]))].sort(byValue);
}

function byValue(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en');
}
