import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { queriesOf } from '../database/database-transaction.js';
import { models, predictions } from '../database/schema.js';
import { TaskHandlers } from '../queue/domain/task-handlers.js';
import { modelExtension } from './model-file.js';
import type { StoredTraining } from './model-registry.js';
import { predictionPayload, type PredictionPayload, type StoredPrediction } from './prediction-payload.js';
import { trainingPayload, type TrainingOutcome, type TrainingPayload } from './training-payload.js';

const barsOfAUsualTraining = 10_000;
/** A prediction that trains its own model first counts as this many plain ones. */
const sizeOfTraining = 16;

/** Tells the queue how models are trained and predictions are made. */
@Injectable()
export class PredictionTaskTypes implements OnModuleInit {
  constructor(private readonly handlers: TaskHandlers) {}

  onModuleInit(): void {
    this.#registerTraining();
    this.#registerPrediction();
  }

  #registerTraining(): void {
    this.handlers.register<TrainingPayload>({
      type: 'model_training',
      label: 'Model Training',
      resources: { cpuCores: 2, ramGb: 1.5 },
      payload: trainingPayload,
      size: ({ bars }) => Math.max(1, bars / barsOfAUsualTraining),
      describe: ({ request }) => `Train ${request.model} on ${request.symbol} ${request.timeframe}`,
      subject: ({ request }) =>
        `${request.model} on ${request.symbol} ${request.timeframe} · ${request.horizon} candles ahead`,
      entry: new URL('./training.task.js', import.meta.url),
      resultExtension: modelExtension,
      resultUrl: (taskId) => `/api/predictions/models/${taskId}`,
      completed: async (transaction, task, summary, file) => {
        const stored: StoredTraining = { ...(summary as TrainingOutcome), file };
        await queriesOf(transaction)
          .update(models)
          .set({ summary: { ...stored } })
          .where(eq(models.modelId, task.task_id));
      },
      resultsOutliveTask: true,
      forgotten: async (transaction, taskIds) => {
        await queriesOf(transaction)
          .delete(models)
          .where(and(inArray(models.modelId, [...taskIds]), isNull(models.summary)));
      },
    });
  }

  #registerPrediction(): void {
    this.handlers.register<PredictionPayload>({
      type: 'prediction',
      label: 'Prediction',
      resources: { cpuCores: 0.5, ramGb: 0.3 },
      payload: predictionPayload,
      size: ({ modelFile }) => (modelFile === null ? sizeOfTraining : 1),
      describe: ({ request }) => `Predict ${request.symbol} ${request.timeframe}`,
      subject: ({ request, horizon }) => `${request.symbol} ${request.timeframe} · ${horizon} candles ahead`,
      entry: new URL('./prediction.task.js', import.meta.url),
      resultUrl: (taskId) => `/api/predictions/${taskId}`,
      completed: async (transaction, task, summary) => {
        const stored = summary as StoredPrediction;
        await queriesOf(transaction)
          .update(predictions)
          .set({ outcome: { ...stored } })
          .where(eq(predictions.predictionId, task.task_id));
      },
      forgotten: async (transaction, taskIds) => {
        await queriesOf(transaction)
          .delete(predictions)
          .where(inArray(predictions.predictionId, [...taskIds]));
      },
    });
  }
}
