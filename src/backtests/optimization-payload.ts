import { expandSpace, type Points } from '@app/backtest';
import {
  backtestOptimizeRequest,
  type BacktestOptimizeRequest,
  type Optimization,
  type OptimizationOutcome,
} from '@app/contracts';
import { z } from 'zod';
import { runContextSchema, type Dataset } from './backtest-payload.js';

/** What a sweep's processes need. */
export const optimizationPayload = z.object({
  request: backtestOptimizeRequest,
  ...runContextSchema,
  /** Points that will run. */
  points: z.number().int(),
  /** Bars that all of its runs go through together, roughly. */
  work: z.number(),
});
export type OptimizationPayload = z.infer<typeof optimizationPayload>;

/** What is kept of a finished sweep in the database; all runs are in the file. */
export interface StoredOptimization {
  readonly engine_version: string;
  readonly dataset: Dataset | null;
  readonly optimization: OptimizationOutcome;
  readonly duration_s: number;
  readonly warnings: readonly string[];
}

/** What is in the file of a finished sweep. */
export type OptimizationDetail = Pick<
  Optimization,
  'runs' | 'heat_maps' | 'windows' | 'out_of_sample_curve' | 'skipped_runs'
>;

/** The points of a sweep: the same in every process that asks. */
export function pointsOf(request: BacktestOptimizeRequest): Points {
  const { space, method, max_runs, seed } = request;
  return expandSpace(space, { method, maxRuns: max_runs, seed });
}

/** The points of one part: equal stretches that follow on each other. */
export function stretchOf(
  points: number,
  part: { index: number; count: number },
): [from: number, to: number] {
  const border = (k: number): number => Math.floor((points * k) / part.count);
  return [border(part.index), border(part.index + 1)];
}

/** Less work than this is not worth a second process; about a second. */
const workOfOnePart = 4e6;
/** What one part goes through in one to four seconds, by the strategy. */
const mostWorkOfPart = 1e7;
const mostParts = 1000;

/** How many processes a sweep is cut into, one after another or side by side as there is room. */
export function partsOf({ points, work }: Pick<OptimizationPayload, 'points' | 'work'>): number {
  if (work <= workOfOnePart) return 1;
  // Fours leave no core idle at the end, be there one, two or four of them.
  return Math.min(4 * Math.ceil(work / (4 * mostWorkOfPart)), points, mostParts);
}
