import { z } from 'zod';
import { instant, ofRequestedSymbol, pageQuery, spanFields, symbol, timeframe } from './primitives.js';
import { acceptedStatus, taskErrorOrNull, taskStatus } from './tasks.js';

const horizon = z.number().int().min(1).max(500).describe('candles ahead, 1 to 500');
const verdict = 'whether an edge was demonstrated out of sample, in words';

const modelKind = z
  .enum(['gbdt', 'logistic'])
  .describe('logistic: a logistic regression; gbdt: boosted trees on top of one');

export const trainRequest = z
  .strictObject({
    symbol,
    timeframe: timeframe.default('1h'),
    ...spanFields,
    model: modelKind.default('gbdt'),
    horizon: horizon.default(24),
    params: z
      .record(z.string().max(64), z.unknown())
      .default({})
      .describe(
        'settings of the training, such as {"higher_timeframes": true}; what is left out has its default',
      ),
  })
  .refine((body) => Date.parse(body.end_date) > Date.parse(body.start_date), {
    path: ['end_date'],
    message: 'must be after start_date',
  });
export type TrainRequest = z.infer<typeof trainRequest>;

export const trainAccepted = z.object({
  status: acceptedStatus,
  model_id: z.string(),
  task_id: z.string().describe('the same as model_id'),
  message: z.string().describe('a sentence for people'),
});
export type TrainAccepted = z.infer<typeof trainAccepted>;

export const predictRequest = z.strictObject({
  symbol,
  timeframe: timeframe.default('1h'),
  model_id: z
    .uuid()
    .optional()
    .describe(
      'a model of this symbol and timeframe, trained or in training; when left out, the own one that has seen the ' +
        'newest candles, or a new one where all are old or there is none',
    ),
  horizon: horizon
    .optional()
    .describe('candles ahead, 1 to 500; what the model was trained for when left out, 24 for a new one'),
});
export type PredictRequest = z.infer<typeof predictRequest>;

export const predictAccepted = z.object({
  status: acceptedStatus,
  prediction_id: z.string().describe('also the task_id of its task'),
  message: z.string().describe('a sentence for people; says when a new model is trained, or an old one used'),
});
export type PredictAccepted = z.infer<typeof predictAccepted>;

export const modelAge = z
  .object({
    days: z.number().describe('of candles that came after the last one the model saw'),
    limit_days: z.number().describe('up to which a model of this timeframe counts as fresh'),
    is_stale: z.boolean().describe('older than that'),
    note: z.string().nullable().describe('a sentence for people when the model is old; null otherwise'),
  })
  .describe('how much the market has moved on since the model learned');
export type ModelAge = z.infer<typeof modelAge>;

export const predictionOutcome = z.object({
  as_of: instant.describe('opening time of the last candle the prediction knows'),
  probability: z.number().describe('that the price is higher after the horizon, 0 to 1, calibrated'),
  direction: z
    .enum(['up', 'down', 'neutral'])
    .describe('neutral: within 0.01 of a probability of 0.5, or the model has shown no evidence'),
  expected_return: z.number().nullable().describe('after the horizon, a fraction of the last close'),
  interval: z
    .object({
      low: z.number().describe('a fraction of the last close'),
      high: z.number().describe('a fraction of the last close'),
      coverage: z.number().describe('share of the cases in which it should, such as 0.8'),
    })
    .nullable()
    .describe('should hold the return after the horizon'),
  horizon: z.number().int().describe('candles ahead'),
  edge: z.string().describe(verdict),
  evaluation: z
    .record(z.string(), z.unknown())
    .describe('how the model did out of sample, beside naive baselines'),
  model_age: modelAge.nullish().describe('when the prediction was made'),
});
export type PredictionOutcome = z.infer<typeof predictionOutcome>;

export const prediction = z.object({
  prediction_id: z.string(),
  status: taskStatus,
  request: z.record(z.string(), z.unknown()).describe('what was asked for, with defaults filled in'),
  model_id: z
    .string()
    .nullable()
    .describe('the model that it is made with; null: one is trained for it alone'),
  created_at: instant,
  outcome: predictionOutcome.nullable().describe('null before the result'),
  synthetic: z.boolean().describe('true: made of made-up candles, so it says nothing of a market'),
  error: taskErrorOrNull,
});
export type Prediction = z.infer<typeof prediction>;

export const model = z.object({
  model_id: z.string(),
  task_id: z.string().describe('of its training; the same as model_id'),
  status: taskStatus,
  symbol: z.string(),
  timeframe,
  model: modelKind,
  horizon: z.number().int().describe('candles ahead'),
  start_date: instant.describe('where the candles begin that it learns from'),
  end_date: instant.describe('where the candles end that it learns from'),
  created_at: instant,
  synthetic: z.boolean().describe('true: trained on made-up candles, so it says nothing of a market'),
  edge: z.string().nullable().describe(`${verdict}; null before it is trained`),
  age: modelAge.nullish().describe('now; null while there are no candles of the market'),
  metrics: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('how it did out of sample, beside naive baselines; null before it is trained'),
  error: taskErrorOrNull,
});
export type Model = z.infer<typeof model>;

export const modelDetail = model.extend({
  feature_importance: z
    .array(z.record(z.string(), z.unknown()))
    .describe(
      'of each feature its gain, a share of what all bring, and its permutation, the rise of the log loss without it',
    ),
  calibration: z
    .unknown()
    .describe(
      'how scores become probabilities, and how these agree with what happened; null before it is trained',
    ),
});
export type ModelDetail = z.infer<typeof modelDetail>;

export const predictionListQuery = z.strictObject({
  ...pageQuery,
  symbol: symbol.optional().describe(ofRequestedSymbol),
});
export type PredictionListQuery = z.infer<typeof predictionListQuery>;
