import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  isVisibleTo,
  timeframeMs,
  type Model,
  type ModelDetail,
  type Page,
  type Prediction,
  type PredictionListQuery,
  type PredictRequest,
  type TrainRequest,
  type Viewer,
} from '@app/contracts';
import { minimumRows, trainingParamsSchema } from '@app/learning';
import { and, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import { UserRemoval } from '../auth/user-removal.js';
import { resultPathIn } from '../compute/result-file.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { models, predictions } from '../database/schema.js';
import { decodeCursor, pageOf } from '../http/cursor.js';
import { HttpProblem } from '../http/http-problem.js';
import { MarketDataService } from '../market-data/market-data.service.js';
import type { Accepted } from '../queue/accepted.js';
import type { IdempotentRequest } from '../queue/idempotency.js';
import { TaskQueue } from '../queue/queue.service.js';
import { TaskHandlers } from '../queue/task-handler.js';
import { TaskStore } from '../queue/task-store.js';
import type { Task } from '../queue/task.js';
import { ModelRegistry, trainingOf, type ModelRow, type StoredTraining } from './model-registry.js';
import { predictionPayload, type PredictionPayload, type StoredPrediction } from './prediction-payload.js';
import { defaultHorizonBars } from './training-defaults.js';
import { trainingPayload, type TrainingOutcome, type TrainingPayload } from './training-payload.js';

type PredictionRow = typeof predictions.$inferSelect;

const barsOfAUsualTraining = 10_000;
/** A prediction that trains its own model first counts as this many plain ones. */
const sizeOfTraining = 16;

@Injectable()
export class PredictionsService implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly handlers: TaskHandlers,
    private readonly queue: TaskQueue,
    private readonly store: TaskStore,
    private readonly marketData: MarketDataService,
    private readonly registry: ModelRegistry,
    private readonly removal: UserRemoval,
  ) {}

  onModuleInit(): void {
    this.handlers.register<TrainingPayload>({
      type: 'model_training',
      label: 'Model Training',
      demand: { cpuCores: 2, ramGb: 1.5 },
      payload: trainingPayload,
      size: ({ bars }) => Math.max(1, bars / barsOfAUsualTraining),
      describe: ({ request }) => `Train ${request.model} on ${request.symbol} ${request.timeframe}`,
      entry: new URL('./training.task.js', import.meta.url),
      resultExtension: '.model.json.gz',
      completed: async (queries, task, summary, file) => {
        const stored: StoredTraining = { ...(summary as TrainingOutcome), file };
        await queries
          .update(models)
          .set({ summary: { ...stored } })
          .where(eq(models.modelId, task.id));
      },
      resultsOutliveTask: true,
      forgotten: async (queries, taskIds) => {
        await queries
          .delete(models)
          .where(and(inArray(models.modelId, [...taskIds]), isNull(models.summary)));
      },
    });
    this.handlers.register<PredictionPayload>({
      type: 'prediction',
      label: 'Prediction',
      demand: { cpuCores: 0.5, ramGb: 0.3 },
      payload: predictionPayload,
      size: ({ modelFile }) => (modelFile === null ? sizeOfTraining : 1),
      describe: ({ request }) => `Predict ${request.symbol} ${request.timeframe}`,
      entry: new URL('./prediction.task.js', import.meta.url),
      completed: async (queries, task, summary) => {
        const stored = summary as StoredPrediction;
        await queries
          .update(predictions)
          .set({ outcome: { ...stored } })
          .where(eq(predictions.predictionId, task.id));
      },
      forgotten: async (queries, taskIds) => {
        await queries.delete(predictions).where(inArray(predictions.predictionId, [...taskIds]));
      },
    });
    this.removal.onRemoval(async (userId) => {
      await this.database.queries.delete(predictions).where(eq(predictions.userId, userId));
      const rows = await this.database.queries.delete(models).where(eq(models.userId, userId)).returning();
      for (const row of rows) await this.#removeFile(row);
    });
  }

  async train(
    viewer: Viewer,
    request: TrainRequest,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const params = trainingParamsSchema.safeParse(request.params);
    if (!params.success) {
      const [issue] = params.error.issues;
      throw HttpProblem.invalid(['params', ...issue!.path].join('.'), issue!.message, 'INVALID_PARAMS');
    }
    const { header } = await this.marketData.require(viewer, request.symbol, request.timeframe);
    const startMs = Math.max(Date.parse(request.start_date), header.startMs);
    const endMs = Math.min(Date.parse(request.end_date), header.endMs + timeframeMs[header.timeframe]);
    const bars = Math.max(0, Math.floor((endMs - startMs) / timeframeMs[request.timeframe]));
    this.#requireRows(bars, request.horizon, 'start_date', request.symbol);
    const modelId = randomUUID();
    return this.queue.submit({
      type: 'model_training',
      payload: { request, bars } satisfies TrainingPayload,
      userId: viewer.userId,
      taskId: modelId,
      idempotency,
      also: async (queries) => {
        const { symbol, timeframe, horizon } = request;
        await queries
          .insert(models)
          .values({ modelId, userId: viewer.userId, symbol, timeframe, horizon, request, startMs, endMs });
      },
      answer: (task) => ({
        location: `/api/predictions/models/${task.id}`,
        body: {
          status: task.row.status,
          model_id: task.id,
          task_id: task.id,
          message: messageOf('Training', task),
        },
      }),
    });
  }

  async run(
    viewer: Viewer,
    request: PredictRequest,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const { header } = await this.marketData.require(viewer, request.symbol, request.timeframe);
    const model =
      request.model_id === undefined
        ? await this.registry.latest(viewer.userId, request)
        : await this.registry.requireUsable(viewer, request.model_id, request);
    const horizon = model?.horizon ?? request.horizon ?? defaultHorizonBars;
    if (model === null) {
      const spanMs = header.endMs - header.startMs + timeframeMs[header.timeframe];
      this.#requireRows(
        Math.floor(spanMs / timeframeMs[request.timeframe]),
        horizon,
        'symbol',
        request.symbol,
      );
    }
    const predictionId = randomUUID();
    return this.queue.submit({
      type: 'prediction',
      payload: { request, horizon, modelFile: model?.file ?? null } satisfies PredictionPayload,
      userId: viewer.userId,
      taskId: predictionId,
      idempotency,
      also: async (queries) => {
        const modelId = model?.modelId ?? null;
        await queries.insert(predictions).values({ predictionId, userId: viewer.userId, modelId, request });
      },
      answer: (task) => ({
        location: `/api/predictions/${task.id}`,
        body: { status: task.row.status, prediction_id: task.id, message: messageOf('Prediction', task) },
      }),
    });
  }

  async list(viewer: Viewer, query: PredictionListQuery): Promise<Page<Prediction>> {
    const below = decodeCursor(query.cursor);
    const rows = await this.database.queries
      .select()
      .from(predictions)
      .where(
        and(
          viewer.isAdmin ? undefined : eq(predictions.userId, viewer.userId),
          below === null ? undefined : lt(predictions.sequence, below),
          query.symbol === undefined ? undefined : sql`${predictions.request} ->> 'symbol' = ${query.symbol}`,
        ),
      )
      .orderBy(desc(predictions.sequence))
      .limit(query.limit + 1);
    const tasks = await this.store.findMany(rows.map((row) => row.predictionId));
    return pageOf(
      rows,
      query.limit,
      (row) => row.sequence,
      (row) => predictionOf(row, tasks.get(row.predictionId) ?? null),
    );
  }

  async get(viewer: Viewer, predictionId: string): Promise<Prediction> {
    const [row] = await this.database.queries
      .select()
      .from(predictions)
      .where(eq(predictions.predictionId, predictionId));
    if (row === undefined || !isVisibleTo(viewer, { user_id: row.userId })) throw HttpProblem.notFound();
    return predictionOf(row, await this.store.find(predictionId));
  }

  async listModels(viewer: Viewer, query: PredictionListQuery): Promise<Page<Model>> {
    const below = decodeCursor(query.cursor);
    const rows = await this.database.queries
      .select()
      .from(models)
      .where(
        and(
          viewer.isAdmin ? undefined : eq(models.userId, viewer.userId),
          below === null ? undefined : lt(models.sequence, below),
          query.symbol === undefined ? undefined : eq(models.symbol, query.symbol),
        ),
      )
      .orderBy(desc(models.sequence))
      .limit(query.limit + 1);
    const tasks = await this.store.findMany(rows.map((row) => row.modelId));
    return pageOf(
      rows,
      query.limit,
      (row) => row.sequence,
      (row) => modelOf(row, tasks.get(row.modelId) ?? null),
    );
  }

  async getModel(viewer: Viewer, modelId: string): Promise<ModelDetail> {
    const row = await this.registry.find(viewer, modelId);
    const training = trainingOf(row);
    return {
      ...modelOf(row, await this.store.find(modelId)),
      feature_importance: [...(training?.importance ?? [])],
      calibration: training && { ece: training.evaluation.ece, reliability: training.evaluation.reliability },
    };
  }

  async removeModel(viewer: Viewer, modelId: string): Promise<void> {
    const row = await this.registry.find(viewer, modelId);
    if (await this.registry.isInUse(row)) {
      throw HttpProblem.conflict(
        'MODEL_IN_USE',
        'A queued or running task needs this model; wait for it or cancel it.',
      );
    }
    await this.database.queries.delete(models).where(eq(models.modelId, modelId));
    await this.#removeFile(row);
  }

  async #removeFile(row: ModelRow): Promise<void> {
    const training = trainingOf(row);
    if (training) await rm(resultPathIn(this.config.dataDir, training.file), { force: true });
  }

  #requireRows(bars: number, horizon: number, path: string, symbol: string): void {
    const needed = minimumRows(horizon);
    if (bars >= needed) return;
    const message = `training on labels of ${horizon} candles needs ${needed} candles; the span has ${bars} of ${symbol}`;
    throw HttpProblem.invalid(path, message, 'TOO_FEW_ROWS');
  }
}

function messageOf(what: string, task: Task): string {
  return `${what} ${task.isRunning ? 'started' : 'queued'}. Check Status Center for progress.`;
}

function predictionOf(row: PredictionRow, task: Task | null): Prediction {
  const stored = row.outcome as StoredPrediction | null;
  return {
    prediction_id: row.predictionId,
    status: task?.row.status ?? 'completed',
    request: row.request,
    model_id: row.modelId,
    created_at: row.createdAt.toISOString(),
    outcome: stored?.outcome ?? null,
    synthetic: stored?.synthetic ?? false,
    error: task?.row.error ?? null,
  };
}

function modelOf(row: ModelRow, task: Task | null): Model {
  const training = trainingOf(row);
  return {
    model_id: row.modelId,
    task_id: row.modelId,
    status: task?.row.status ?? 'completed',
    symbol: row.symbol,
    timeframe: row.timeframe as Model['timeframe'],
    model: (row.request as TrainRequest).model,
    horizon: row.horizon,
    start_date: new Date(row.startMs).toISOString(),
    end_date: new Date(row.endMs).toISOString(),
    created_at: row.createdAt.toISOString(),
    synthetic: training?.synthetic ?? false,
    edge: training?.verdict ?? null,
    metrics: training && { ...training.evaluation },
    error: task?.row.error ?? null,
  };
}
