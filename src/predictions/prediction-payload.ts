import { predictRequest, type PredictionOutcome } from '@app/contracts';
import { z } from 'zod';

export const predictionPayload = z.object({
  request: predictRequest,
  horizon: z.number().int(),
  /** File of the model below the results folder; null when the prediction trains its own first. */
  modelFile: z.string().nullable(),
  /** Where the candles begin that a model of its own learns from. */
  trainFromMs: z.number().nullable().default(null),
});
export type PredictionPayload = z.infer<typeof predictionPayload>;

/** What is kept of a finished prediction. */
export interface StoredPrediction {
  readonly outcome: PredictionOutcome;
  readonly synthetic: boolean;
}
