import { trainRequest } from '@app/contracts';
import type { Evaluation, TrainedModel } from '@app/learning';
import { z } from 'zod';

export const trainingPayload = z.object({ request: trainRequest, bars: z.number().int() });
export type TrainingPayload = z.infer<typeof trainingPayload>;

/** What is kept of a trained model in the database; the model itself is in the file. */
export interface TrainingOutcome {
  readonly symbol: string;
  readonly rows: number;
  readonly synthetic: boolean;
  readonly sha256: string;
  readonly verdict: string;
  readonly evaluation: Evaluation;
  readonly importance: readonly Record<string, unknown>[];
  /** How raw scores become probabilities; absent in what older versions stored. */
  readonly calibration?: Pick<TrainedModel['calibration'], 'method' | 'evidence'>;
  /** Version of the features that the model knows; absent: 1. */
  readonly feature_version?: number;
  readonly seconds: number;
}
