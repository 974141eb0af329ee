import { join } from 'node:path';
import { sliceCandles, type Candles } from '@app/backtest';
import type { PredictionOutcome } from '@app/contracts';
import { parseModel, predictLatest, trainModel, type TrainedModel } from '@app/learning';
import { readResultTextSync } from '../compute/result-file.js';
import { TaskFailure, type TaskContext } from '../compute/task-context.js';
import { CandleStore } from '../market-data/candle-store.js';
import { predictionPayload, type PredictionPayload, type StoredPrediction } from './prediction-payload.js';
import { trainingHistoryBars } from './training-defaults.js';
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
  const data = await store.read(request.symbol, request.timeframe);
  if (data === null)
    throw new TaskFailure('NO_MARKET_DATA', `There are no candles of ${request.symbol} any more.`);
  const bars = data.candles.time.length;
  const candles = sliceCandles(data.candles, Math.max(0, bars - trainingHistoryBars), bars);
  const model = modelFor(order, data.header.symbol, candles, context);
  const latest = predictLatest(model, candles);
  const { evaluation } = model;
  const outcome: PredictionOutcome = {
    ...latest,
    as_of: new Date(latest.as_of).toISOString(),
    horizon,
    edge: evaluation.verdict,
    evaluation: { ...evaluation },
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
    return parseModel(readResultTextSync(join(context.dataDir, 'results', order.modelFile)));
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
