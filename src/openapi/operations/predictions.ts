import { identifier } from '@app/contracts';
import { z } from 'zod';
import { modelExample, modelId, onePage, predictionExample, predictionId } from '../examples.js';
import type { Operations } from '../operation.js';
import { answers } from '../schemas.js';

/** What is wrong with candles that no model should be trained on. */
const untrainable = [
  'TOO_FEW_ROWS',
  'DATA_GAPS',
  'ONE_CLASS_ONLY',
  'CONSTANT_FEATURES',
  'INVALID_CANDLES',
] as const;

const ofModel = {
  pathParams: z.strictObject({ id: identifier.describe('the model_id of a model') }),
  pathExample: { id: modelId },
};

/** Models and predictions. */
export const predictions: Operations = {
  'POST /api/predictions/train': {
    summary: 'Train a model',
    description:
      'The settings and the candles of the span are looked at first; then it is a task with the same id.',
    answer: answers.TrainAccepted,
    answerExample: {
      status: 'queued',
      model_id: modelId,
      task_id: modelId,
      message: 'Training queued. Check Status Center for progress.',
    },
    requestExample: {
      symbol: 'ETH_USDT',
      timeframe: '1h',
      start_date: '2023-01-01',
      end_date: '2024-01-01',
      model: 'logistic',
      horizon: 24,
    },
    problems: ['INVALID_PARAMS', 'NO_MARKET_DATA', ...untrainable],
  },
  'POST /api/predictions/run': {
    summary: 'Predict',
    description:
      'Without `model_id` it uses the own model that has seen the newest candles of that market, or trains one ' +
      'when all are old or there is none. With a model that is still in training it waits for that.',
    answer: answers.PredictAccepted,
    answerExample: {
      status: 'running',
      prediction_id: predictionId,
      message: 'Prediction started. Check Status Center for progress.',
    },
    requestExample: { symbol: 'ETH_USDT', timeframe: '1d', horizon: 5 },
    problems: [
      'NO_MARKET_DATA',
      ...untrainable,
      'UNKNOWN_MODEL',
      'MODEL_NOT_TRAINED',
      'MODEL_MISMATCH',
      'MODEL_VERSION',
      'DEPENDENCY_FAILED',
    ],
  },
  'GET /api/predictions': {
    summary: 'Predictions, newest first',
    description: 'Those of all users for admins, else the own ones.',
    answer: answers.PredictionPage,
    answerExample: onePage(predictionExample),
    queryExample: { symbol: 'ETH_USDT', limit: 5 },
  },
  'GET /api/predictions/models': {
    summary: 'Models, newest first',
    description: 'Those of all users for admins, else the own ones; trained, in training and failed ones.',
    answer: answers.ModelPage,
    answerExample: onePage(modelExample),
    queryExample: { symbol: 'ETH_USDT' },
  },
  'GET /api/predictions/models/:id': {
    summary: 'A model with its importances and its calibration',
    description: '`metrics` says how it did on candles that it had not seen; `edge` is the verdict.',
    ...ofModel,
    answer: answers.ModelDetail,
    answerExample: {
      ...modelExample,
      feature_importance: [{ feature: 'return_24', gain: 0.21 }],
      calibration: { method: 'platt', evidence: 0.4, ece: 0.012, reliability: [] },
    },
  },
  'DELETE /api/predictions/models/:id': {
    summary: 'Delete a model that no waiting or running task needs',
    description: 'Predictions and backtests that were made with it stay.',
    ...ofModel,
    answer: null,
    problems: ['MODEL_IN_USE'],
  },
  'GET /api/predictions/:id': {
    summary: 'One prediction',
    description: '`outcome` comes with the end of its task.',
    pathParams: z.strictObject({ id: identifier.describe('the prediction_id of a prediction') }),
    pathExample: { id: predictionId },
    answer: answers.Prediction,
    answerExample: predictionExample,
  },
};
