import { z } from 'zod';
import { dateOrInstant, instant, pageQuery, symbol, timeframe } from './primitives.js';
import { taskError, taskStatus } from './tasks.js';

const horizon = z.number().int().min(1).max(500).describe('candles ahead');

export const trainRequest = z
  .strictObject({
    symbol,
    timeframe: timeframe.default('1h'),
    start_date: dateOrInstant,
    end_date: dateOrInstant,
    model: z.enum(['gbdt', 'logistic']).default('gbdt'),
    horizon: horizon.default(24),
    params: z.record(z.string().max(64), z.unknown()).default({}),
  })
  .refine((body) => Date.parse(body.end_date) > Date.parse(body.start_date), {
    path: ['end_date'],
    message: 'must be after start_date',
  });
export type TrainRequest = z.infer<typeof trainRequest>;

export const trainAccepted = z.object({
  status: z.enum(['running', 'queued']),
  model_id: z.string(),
  task_id: z.string(),
  message: z.string(),
});
export type TrainAccepted = z.infer<typeof trainAccepted>;

export const predictRequest = z.strictObject({
  symbol,
  timeframe: timeframe.default('1h'),
  model_id: z.uuid().optional(),
  horizon: horizon.optional(),
});
export type PredictRequest = z.infer<typeof predictRequest>;

export const predictAccepted = z.object({
  status: z.enum(['running', 'queued']),
  prediction_id: z.string(),
  message: z.string(),
});
export type PredictAccepted = z.infer<typeof predictAccepted>;

export const modelAge = z
  .object({
    days: z.number().describe('of candles that came after the last one the model saw'),
    limit_days: z.number().describe('up to which a model of this timeframe counts as fresh'),
    is_stale: z.boolean(),
    note: z.string().nullable().describe('a sentence for people when the model is old'),
  })
  .describe('how much the market has moved on since the model learned');
export type ModelAge = z.infer<typeof modelAge>;

export const predictionOutcome = z.object({
  as_of: instant.describe('opening time of the last candle the prediction knows'),
  probability: z.number().describe('that the price is higher after the horizon, calibrated'),
  direction: z.enum(['up', 'down', 'neutral']),
  expected_return: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number(), coverage: z.number() }).nullable(),
  horizon: z.number().int(),
  edge: z.string(),
  evaluation: z.record(z.string(), z.unknown()),
  model_age: modelAge.nullish().describe('when the prediction was made'),
});
export type PredictionOutcome = z.infer<typeof predictionOutcome>;

export const prediction = z.object({
  prediction_id: z.string(),
  status: taskStatus,
  request: z.record(z.string(), z.unknown()),
  model_id: z.string().nullable(),
  created_at: instant,
  outcome: predictionOutcome.nullable(),
  synthetic: z.boolean(),
  error: taskError.nullable(),
});
export type Prediction = z.infer<typeof prediction>;

export const model = z.object({
  model_id: z.string(),
  task_id: z.string(),
  status: taskStatus,
  symbol: z.string(),
  timeframe,
  model: z.enum(['gbdt', 'logistic']),
  horizon: z.number().int(),
  start_date: instant,
  end_date: instant,
  created_at: instant,
  synthetic: z.boolean(),
  edge: z.string().nullable(),
  age: modelAge.nullish().describe('now; null while there are no candles of the market'),
  metrics: z.record(z.string(), z.unknown()).nullable(),
  error: taskError.nullable(),
});
export type Model = z.infer<typeof model>;

export const modelDetail = model.extend({
  feature_importance: z.array(z.record(z.string(), z.unknown())),
  calibration: z.unknown(),
});
export type ModelDetail = z.infer<typeof modelDetail>;

export const predictionListQuery = z.strictObject({ ...pageQuery, symbol: symbol.optional() });
export type PredictionListQuery = z.infer<typeof predictionListQuery>;
