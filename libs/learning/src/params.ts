import { z } from 'zod';
import { LearningError } from './errors.js';
import type { BoostingParams } from './trees/boosting.js';

/** What a caller may set; everything has a default chosen for honesty first and speed second. */
export const trainingParamsSchema = z.strictObject({
  /** Trees at most; early stopping usually ends sooner. */
  rounds: z.int().min(1).max(5000).default(300),
  learning_rate: z.number().positive().max(1).default(0.05),
  max_depth: z.int().min(1).max(12).default(4),
  max_leaves: z.int().min(2).max(4096).default(16),
  growth: z.enum(['depth', 'leaf']).default('depth'),
  /** L2 penalty in independent labels: overlapping ones count 1/horizon each. */
  lambda: z.number().nonnegative().max(1e6).default(10),
  /** Independent labels that each side of a split must hold at least. */
  min_leaf_labels: z.number().positive().max(1e6).default(30),
  row_sample: z.number().positive().max(1).default(0.7),
  column_sample: z.number().positive().max(1).default(0.7),
  /** Learn from closed longer candles too: about 4 and 24 times as long. */
  higher_timeframes: z.boolean().default(false),
  patience: z.int().min(1).max(5000).default(30),
  /** Coverage that the return interval aims at. */
  coverage: z.number().min(0.5).max(0.99).default(0.8),
  /** Configurations tried on the same data before this one, this one included. */
  trials: z.int().min(1).max(1_000_000).default(1),
  /** Commission a side, as a fraction, in the profit of the signal. */
  fee: z.number().min(0).max(0.1).default(0.001),
});

export type TrainingParams = z.output<typeof trainingParamsSchema>;
export type TrainingParamsInput = z.input<typeof trainingParamsSchema>;

/** Parameters with defaults filled in. @throws LearningError `INVALID_PARAMS` naming each bad one. */
export function parseTrainingParams(input: unknown): TrainingParams {
  const parsed = trainingParamsSchema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'params'}: ${issue.message}`);
  throw new LearningError('INVALID_PARAMS', issues.join('; '), { cause: parsed.error });
}

/** Hessian of the log loss at p = ½: what one label weighs when nothing is known. */
const LABEL_HESSIAN = 0.25;

/** Boosting settings for the direction; weights grow with the overlap of the labels. */
export function directionBoosting(params: TrainingParams, horizon: number): BoostingParams {
  return {
    rounds: params.rounds,
    learningRate: params.learning_rate,
    maxDepth: params.max_depth,
    maxLeaves: params.max_leaves,
    growth: params.growth,
    lambda: params.lambda * horizon * LABEL_HESSIAN,
    minChildWeight: params.min_leaf_labels * horizon * LABEL_HESSIAN,
    minGain: 0,
    rowSample: params.row_sample,
    columnSample: params.column_sample,
    patience: params.patience,
  };
}

/** Boosting settings for an end of the return interval: few, shallow trees; hessians count rows. */
export function intervalBoosting(params: TrainingParams, horizon: number): BoostingParams {
  return {
    rounds: Math.min(60, params.rounds),
    learningRate: 0.1,
    maxDepth: 3,
    maxLeaves: 8,
    growth: 'depth',
    lambda: 0,
    minChildWeight: Math.max(20, params.min_leaf_labels * horizon),
    minGain: 0,
    rowSample: params.row_sample,
    columnSample: params.column_sample,
    patience: 8,
  };
}
