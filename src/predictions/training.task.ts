import { join } from 'node:path';
import { serialiseModel, trainModel, type TrainingProgress } from '@app/learning';
import { writeResultText, TaskFailedError, type TaskContext } from '@app/tasks-sdk';
import { CandleStore } from '../market-data/candle-store.js';
import { trainingPayload, type TrainingOutcome } from './training-payload.js';

/** Trains one model in its own process; the model goes to a file, its evaluation is returned. */
export default async function runTrainingTask(
  payload: unknown,
  context: TaskContext,
): Promise<TrainingOutcome> {
  const startedAt = performance.now();
  const { request } = trainingPayload.parse(payload);
  context.report('🎯 Preparing training...', 0);
  const store = new CandleStore(join(context.dataDir, 'market-data'), { userId: context.userId });
  const data = await store.read(
    request.symbol,
    request.timeframe,
    Date.parse(request.start_date),
    Date.parse(request.end_date),
  );
  if (data === null)
    throw new TaskFailedError('NO_MARKET_DATA', `There are no candles of ${request.symbol} any more.`);
  const model = trainModel({
    candles: data.candles,
    symbol: data.header.symbol,
    timeframe: request.timeframe,
    horizon: request.horizon,
    model: request.model,
    params: request.params,
    onProgress: (progress) => {
      context.report(describeTraining(progress), progress.fraction);
    },
  });
  writeResultText(context.resultPath, serialiseModel(model));
  const { evaluation } = model;
  context.report(
    `✅ Training complete! Out-of-sample AUC ${evaluation.auc.toFixed(3)}: ${evaluation.verdict}`,
    1,
  );
  return {
    symbol: data.header.symbol,
    rows: data.candles.time.length,
    synthetic: data.synthetic,
    sha256: data.sha256,
    verdict: evaluation.verdict,
    evaluation,
    importance: model.importance,
    calibration: { method: model.calibration.method, evidence: model.calibration.evidence },
    feature_version: model.feature_version,
    seconds: Math.round(performance.now() - startedAt) / 1000,
  };
}

/** `🧠 Training round 120 of 400, validation log loss 0.6871` and what the training is busy with. */
export function describeTraining({ round, rounds, validationLogLoss, phase }: TrainingProgress): string {
  const loss = validationLogLoss === null ? '' : `, validation log loss ${validationLogLoss.toFixed(4)}`;
  return `🧠 Training round ${round} of ${rounds}${loss} (${phase})`;
}
