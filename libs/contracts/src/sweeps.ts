import { z } from 'zod';
import { sweepObjectives } from './backtests.js';
import { instant } from './primitives.js';

/** What each figure that a sweep may rank by says; a figure that is undefined for a run is null. */
const meanings: Readonly<Record<(typeof sweepObjectives)[number], string>> = {
  total_return: 'last equity / capital − 1, a fraction',
  cagr: 'growth a year, a fraction',
  sharpe_ratio: 'mean / standard deviation of the returns, a year; no risk-free rate',
  sortino_ratio: 'mean of the returns / root mean square of those below 0, a year',
  calmar_ratio: 'cagr / max_drawdown',
  max_drawdown: 'deepest fall from a peak of the equity, a fraction: 0.2 is a fall by 20 %',
  profit_factor: 'money won / money lost',
  expectancy: 'mean pnl of the trades, money',
  win_rate: 'trades with a pnl above 0, a fraction of all',
  sqn: '√n · mean / standard deviation of the pnl of the n trades',
};

function figure(name: (typeof sweepObjectives)[number]) {
  return z.number().nullable().describe(meanings[name]);
}

/** Figures of one run of a sweep: every objective and the number of trades; undefined ones are null. */
export const sweepFigures = z.object({
  ...(Object.fromEntries(sweepObjectives.map((name) => [name, figure(name)])) as Record<
    (typeof sweepObjectives)[number],
    z.ZodNullable<z.ZodNumber>
  >),
  trade_count: z.number().describe('closed trades'),
});
export type SweepFigures = z.infer<typeof sweepFigures>;

const params = z.record(z.string(), z.unknown());

export const sweepRun = z.object({
  rank: z.number().int().describe('place by the objective, from 1, the best'),
  params: params.describe('values of the parameters that the sweep varies'),
  in_sample: sweepFigures.describe('on the span; with walk_forward, means over the days chosen on'),
  out_of_sample: sweepFigures
    .nullable()
    .describe('with walk_forward: on the days after those chosen on; null without'),
});
export type SweepRunDocument = z.infer<typeof sweepRun>;

/** The gist of a sweep. */
export const optimizationOutcome = z.object({
  objective: z.enum(sweepObjectives).describe('what the runs are ranked by'),
  planned_runs: z.number().int().describe('points that were to be run'),
  trials: z.number().int().describe('runs that were made'),
  skipped: z.number().int().describe('points whose parameters contradict each other or cannot be traded'),
  best: sweepRun.nullable().describe('the first of the ranked runs; null when none was made'),
  deflated_sharpe: z
    .number()
    .nullable()
    .describe('probability that the best has any skill, given how many were tried; null where undefined'),
  overfitting_warning: z
    .string()
    .nullable()
    .describe('a sentence when the best is likely luck or overfitted; null when nothing speaks for that'),
  out_of_sample: z
    .object({
      total_return: figure('total_return'),
      cagr: figure('cagr'),
      sharpe_ratio: figure('sharpe_ratio'),
      max_drawdown: z
        .number()
        .nullable()
        .describe('deepest fall from a peak between ends of days, a fraction'),
    })
    .nullable()
    .describe('with walk_forward: what trading each window by its own choice would have given; null without'),
});
export type OptimizationOutcome = z.infer<typeof optimizationOutcome>;

/** The best figure of every pair of two parameters' values; `y_param` is null where only one varies. */
export const heatMap = z.object({
  x_param: z.string().describe('the parameter whose values are the columns'),
  y_param: z
    .string()
    .nullable()
    .describe('the parameter whose values are the rows; null where only one varies'),
  x: z.array(z.unknown()).describe('values of x_param'),
  y: z.array(z.unknown()).describe('values of y_param'),
  values: z
    .array(z.array(z.number().nullable()))
    .describe('values[row of y][column of x]: the best figure of the objective there; null where none is'),
});

export const sweepWindow = z.object({
  train_start: instant.describe('opening time of the first candle that is chosen on'),
  train_end: instant.describe('opening time of the last candle that is chosen on'),
  test_start: instant
    .nullable()
    .describe('opening time of the first candle that is judged on; null without walk_forward'),
  test_end: instant
    .nullable()
    .describe('opening time of the last candle that is judged on; null without walk_forward'),
  trials: z.number().int().describe('runs that were made'),
  params: params.nullable().describe('the best where it was chosen; null when no run was made'),
  in_sample: sweepFigures.nullable().describe('of that choice, where it was chosen'),
  out_of_sample: sweepFigures
    .nullable()
    .describe('of that choice, on the days after; null without walk_forward'),
  deflated_sharpe: z
    .number()
    .nullable()
    .describe('probability that the choice has any skill; null where undefined'),
});

/** A point of a space that was not run. */
export const skippedRun = z.object({
  params: params.describe('values of the parameters that the sweep varies'),
  code: z.string().describe('why, a stable word'),
  message: z.string().describe('why, a sentence'),
});
