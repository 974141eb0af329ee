import { join } from 'node:path';
import type { Candles } from '@app/backtest';
import type { PredictionOutcome } from '@app/contracts';
import { assertModelFits, parseModel, predictLatest, trainModel, type TrainedModel } from '@app/learning';
import { TaskFailedError, type TaskContext } from '@app/tasks-sdk';
import { CandleStore } from '../market-data/candle-store.js';
import { modelAgeOf } from './model-age.js';
import { readModelText } from './model-file.js';
import { predictionPayload, type PredictionPayload, type StoredPrediction } from './prediction-payload.js';
import { describeTraining } from './training.task.js';

/** Makes one prediction in its own process, from the newest candles that there are. */
export default async function runPredictionTask(
  payload: unknown,
  context: TaskContext,
): Promise<StoredPrediction> {
  const order = predictionPayload.parse(payload);
  const { request, horizon } = order;
  context.report(`🎯 Generating predictions for ${request.symbol}...`, 0);
  const store = new CandleStore(join(context.dataDir, 'market-data'), { userId: context.userId });
  const data = await store.read(request.symbol, request.timeframe, order.trainFromMs ?? undefined);
  if (data === null)
    throw new TaskFailedError('NO_MARKET_DATA', `There are no candles of ${request.symbol} any more.`);
  const { candles } = data;
  const model = modelFor(order, data.header.symbol, candles, context);
  const latest = predictLatest(model, candles);
  const { evaluation } = model;
  const outcome: PredictionOutcome = {
    ...latest,
    as_of: new Date(latest.as_of).toISOString(),
    horizon,
    edge: evaluation.verdict,
    evaluation: { ...evaluation },
    model_age: modelAgeOf(request.timeframe, Date.parse(model.trained_to), latest.as_of),
  };
  context.report(
    `✅ Prediction complete! ${(latest.probability * 100).toFixed(1)}% for a rise in ${horizon} candles (${evaluation.verdict})`,
    1,
  );
  return { outcome, synthetic: data.synthetic };
}

function modelFor(
  order: PredictionPayload,
  symbol: string,
  candles: Candles,
  context: TaskContext,
): TrainedModel {
  if (order.modelFile !== null) {
    const model = parseModel(readModelText(context.dataDir, order.modelFile));
    assertModelFits(model, { symbol, timeframe: order.request.timeframe });
    return model;
  }
  return trainModel({
    candles,
    symbol,
    timeframe: order.request.timeframe,
    horizon: order.horizon,
    model: 'gbdt',
    onProgress: (progress) => {
      context.report(describeTraining(progress), 0.95 * progress.fraction);
    },
  });
}
