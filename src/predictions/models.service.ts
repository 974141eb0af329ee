import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  timeframeMs,
  type Model,
  type ModelAge,
  type ModelDetail,
  type Page,
  type PredictionListQuery,
  type Task as TaskView,
  type TrainRequest,
  type Viewer,
} from '@app/contracts';
import { trainingParamsSchema } from '@app/learning';
import { and, desc, eq, lt } from 'drizzle-orm';
import { UserDeletionHooks } from '../auth/user-deletion-hooks.js';
import { queriesOf } from '../database/database-transaction.js';
import { Database } from '../database/database.js';
import { models } from '../database/schema.js';
import { decodeCursor, pageOf } from '../http/cursor.js';
import { HttpProblem } from '../problems/http-problem.js';
import { MarketDataService } from '../market-data/market-data.service.js';
import { symbolEquals } from '../market-data/symbol-equals.js';
import type { Accepted } from '../queue/api/answer.js';
import type { IdempotentRequest } from '../queue/api/idempotency.js';
import { TaskQueue } from '../queue/api/task-queue.js';
import { TaskResults } from '../queue/api/task-results.js';
import { acceptedMessage } from './accepted-message.js';
import { requireTrainable } from './check-candles.js';
import { modelAgeOf } from './model-age.js';
import { ModelRegistry, trainingOf, type ModelRow } from './model-registry.js';
import type { TrainingPayload } from './training-payload.js';

/** Training models, and what is told of those that there are. */
@Injectable()
export class ModelsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly queue: TaskQueue,
    private readonly results: TaskResults,
    private readonly marketData: MarketDataService,
    private readonly registry: ModelRegistry,
    private readonly deletionHooks: UserDeletionHooks,
  ) {}

  onModuleInit(): void {
    this.deletionHooks.onDeletion(async (userId) => {
      const rows = await this.database.queries.delete(models).where(eq(models.userId, userId)).returning();
      for (const row of rows) await this.#removeFile(row);
    });
  }

  /**
   * Looks at the settings and the candles, then queues the training.
   *
   * @throws HttpProblem 422 naming what is wrong with either
   */
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
    const { symbol, timeframe, horizon } = request;
    const { path, header } = await this.marketData.require(viewer, symbol, timeframe);
    const fromMs = Date.parse(request.start_date);
    const toMs = Date.parse(request.end_date);
    const bars = await requireTrainable(path, { timeframe, fromMs, toMs, horizon });
    const startMs = Math.max(fromMs, header.startMs);
    const endMs = Math.min(toMs, header.endMs + timeframeMs[header.timeframe]);
    const modelId = randomUUID();
    return this.queue.submit({
      type: 'model_training',
      payload: { request, bars } satisfies TrainingPayload,
      userId: viewer.userId,
      taskId: modelId,
      idempotency,
      inTransaction: async (transaction) => {
        await queriesOf(transaction)
          .insert(models)
          .values({ modelId, userId: viewer.userId, symbol, timeframe, horizon, request, startMs, endMs });
      },
      answer: (task) => ({
        location: `/api/predictions/models/${task.task_id}`,
        body: {
          status: task.status,
          model_id: task.task_id,
          task_id: task.task_id,
          message: acceptedMessage('Training', task),
        },
      }),
    });
  }

  async list(viewer: Viewer, query: PredictionListQuery): Promise<Page<Model>> {
    const below = decodeCursor(query.cursor);
    const rows = await this.database.queries
      .select()
      .from(models)
      .where(
        and(
          viewer.isAdmin ? undefined : eq(models.userId, viewer.userId),
          below === null ? undefined : lt(models.sequence, below),
          query.symbol === undefined ? undefined : symbolEquals(models.symbol, query.symbol),
        ),
      )
      .orderBy(desc(models.sequence))
      .limit(query.limit + 1);
    const tasks = await this.queue.findMany(
      viewer,
      rows.map((row) => row.modelId),
    );
    const ages = await this.#agesOf(rows);
    return pageOf(
      rows,
      query.limit,
      (row) => row.sequence,
      (row) => modelOf(row, tasks.get(row.modelId) ?? null, ages.get(row) ?? null),
    );
  }

  async get(viewer: Viewer, modelId: string): Promise<ModelDetail> {
    const row = await this.registry.find(viewer, modelId);
    const training = trainingOf(row);
    const ages = await this.#agesOf([row]);
    return {
      ...modelOf(row, await this.queue.findOrNull(viewer, modelId), ages.get(row) ?? null),
      feature_importance: [...(training?.importance ?? [])],
      calibration: training && {
        ...training.calibration,
        ece: training.evaluation.ece,
        reliability: training.evaluation.reliability,
      },
    };
  }

  async remove(viewer: Viewer, modelId: string): Promise<void> {
    const row = await this.registry.find(viewer, modelId);
    if (await this.queue.isReferenced(modelId)) {
      throw HttpProblem.conflict(
        'MODEL_IN_USE',
        'A queued or running task needs this model; wait for it or cancel it.',
      );
    }
    await this.database.queries.delete(models).where(eq(models.modelId, modelId));
    await this.#removeFile(row);
  }

  /** By the candles that each model's owner sees; a market is looked up once. */
  async #agesOf(rows: readonly ModelRow[]): Promise<Map<ModelRow, ModelAge>> {
    const newest = new Map<string, number | null>();
    const ages = new Map<ModelRow, ModelAge>();
    for (const row of rows) {
      const timeframe = row.timeframe as Model['timeframe'];
      const market = `${row.userId} ${row.symbol} ${timeframe}`;
      if (!newest.has(market)) {
        // A broken file leaves the age unknown; whoever reads its candles is told.
        const source = await this.marketData
          .storeOf(row)
          .find(row.symbol, timeframe)
          .catch(() => null);
        newest.set(market, source && source.header.endMs + timeframeMs[source.header.timeframe]);
      }
      const newestMs = newest.get(market) ?? null;
      if (newestMs !== null) ages.set(row, modelAgeOf(timeframe, row.endMs, newestMs));
    }
    return ages;
  }

  async #removeFile(row: ModelRow): Promise<void> {
    const training = trainingOf(row);
    if (training) await this.results.remove(training.file);
  }
}

function modelOf(row: ModelRow, task: TaskView | null, age: ModelAge | null): Model {
  const training = trainingOf(row);
  return {
    model_id: row.modelId,
    task_id: row.modelId,
    status: task?.status ?? 'completed',
    symbol: row.symbol,
    timeframe: row.timeframe as Model['timeframe'],
    model: (row.request as TrainRequest).model,
    horizon: row.horizon,
    start_date: new Date(row.startMs).toISOString(),
    end_date: new Date(row.endMs).toISOString(),
    created_at: row.createdAt.toISOString(),
    synthetic: training?.synthetic ?? false,
    edge: training?.verdict ?? null,
    age,
    metrics: training && { ...training.evaluation },
    error: task?.error ?? null,
  };
}
