import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  isVisibleTo,
  timeframeMs,
  type Page,
  type Prediction,
  type PredictionListQuery,
  type PredictRequest,
  type Task as TaskView,
  type Viewer,
} from '@app/contracts';
import { WARM_UP_BARS } from '@app/learning';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { UserDeletionHooks } from '../auth/user-deletion-hooks.js';
import { queriesOf } from '../database/database-transaction.js';
import { Database } from '../database/database.js';
import { predictions } from '../database/schema.js';
import { decodeCursor, pageOf } from '../http/cursor.js';
import { HttpProblem } from '../problems/http-problem.js';
import { MarketDataService } from '../market-data/market-data.service.js';
import { symbolEquals } from '../market-data/symbol-equals.js';
import type { Accepted } from '../queue/api/answer.js';
import type { IdempotentRequest } from '../queue/api/idempotency.js';
import { TaskQueue } from '../queue/api/task-queue.js';
import { acceptedMessage } from './accepted-message.js';
import { requireTrainable } from './check-candles.js';
import { modelAgeOf } from './model-age.js';
import { ModelRegistry, type UsableModel } from './model-registry.js';
import type { PredictionPayload, StoredPrediction } from './prediction-payload.js';
import { defaultHorizonBars, trainingHistoryBars } from './training-defaults.js';

type PredictionRow = typeof predictions.$inferSelect;

/** Predictions: made with a model that was named, the freshest that fits, or one trained for the purpose. */
@Injectable()
export class PredictionsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly queue: TaskQueue,
    private readonly marketData: MarketDataService,
    private readonly registry: ModelRegistry,
    private readonly deletionHooks: UserDeletionHooks,
  ) {}

  onModuleInit(): void {
    this.deletionHooks.onDeletion(async (userId) => {
      await this.database.queries.delete(predictions).where(eq(predictions.userId, userId));
    });
  }

  /**
   * Queues a prediction; one whose model is still in training waits for that.
   *
   * Without a `model_id`, a fresh model of the user's that fits is used, trained ones first; where all
   * are old or there is none, one is trained for this prediction, and the answer says so.
   *
   * @throws HttpProblem 422 naming what is wrong
   */
  async run(
    viewer: Viewer,
    request: PredictRequest,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const { timeframe } = request;
    const { path, header } = await this.marketData.require(viewer, request.symbol, timeframe);
    const newestMs = header.endMs + timeframeMs[header.timeframe];
    const ageOf = (model: UsableModel) => modelAgeOf(timeframe, model.endMs, newestMs);
    const candidates =
      request.model_id === undefined
        ? await this.registry.fitting(viewer.userId, request)
        : [await this.registry.requireUsable(viewer, request.model_id, request)];
    const fresh = candidates.find((model) => !ageOf(model).is_stale);
    const model = fresh ?? (request.model_id === undefined ? null : candidates[0]!);
    const horizon = model?.horizon ?? request.horizon ?? defaultHorizonBars;
    const trainFromMs = model === null ? newestMs - trainingHistoryBars * timeframeMs[timeframe] : null;
    if (trainFromMs === null) requireWarmUp(header, request);
    else await requireTrainable(path, { timeframe, fromMs: trainFromMs, toMs: newestMs, horizon });

    const predictionId = randomUUID();
    return this.queue.submit({
      type: 'prediction',
      payload: {
        request,
        horizon,
        modelFile: model?.file ?? null,
        trainFromMs,
      } satisfies PredictionPayload,
      userId: viewer.userId,
      taskId: predictionId,
      ...(model?.runAfter && { runAfter: model.runAfter }),
      idempotency,
      inTransaction: async (transaction) => {
        const modelId = model?.modelId ?? null;
        await queriesOf(transaction)
          .insert(predictions)
          .values({ predictionId, userId: viewer.userId, modelId, request });
      },
      answer: (task) => ({
        location: `/api/predictions/${task.task_id}`,
        body: {
          status: task.status,
          prediction_id: task.task_id,
          message: [acceptedMessage('Prediction', task), aboutModel()].filter(Boolean).join(' '),
        },
      }),
    });

    function aboutModel(): string | null {
      if (model === null) {
        const [newest] = candidates;
        const why = newest ? ageOf(newest).note!.replace('This model', 'Your newest model') : null;
        return why && `${why} A new one is trained for this prediction.`;
      }
      return model.runAfter === null ? ageOf(model).note : 'It waits for the training of its model.';
    }
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
          query.symbol === undefined
            ? undefined
            : symbolEquals(sql`${predictions.request} ->> 'symbol'`, query.symbol),
        ),
      )
      .orderBy(desc(predictions.sequence))
      .limit(query.limit + 1);
    const tasks = await this.queue.findMany(
      viewer,
      rows.map((row) => row.predictionId),
    );
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
    return predictionOf(row, await this.queue.findOrNull(viewer, predictionId));
  }
}

/** @throws HttpProblem 422 `TOO_FEW_ROWS` when there are not even the candles that the features look back on */
function requireWarmUp(header: { startMs: number; endMs: number }, request: PredictRequest): void {
  const bars = Math.floor((header.endMs - header.startMs) / timeframeMs[request.timeframe]) + 1;
  if (bars > WARM_UP_BARS) return;
  const message = `a prediction needs ${WARM_UP_BARS + 1} ${request.timeframe} candles; there are ${bars} of ${request.symbol}`;
  throw HttpProblem.invalid('symbol', message, 'TOO_FEW_ROWS');
}

function predictionOf(row: PredictionRow, task: TaskView | null): Prediction {
  const stored = row.outcome as StoredPrediction | null;
  return {
    prediction_id: row.predictionId,
    status: task?.status ?? 'completed',
    request: row.request,
    model_id: row.modelId,
    created_at: row.createdAt.toISOString(),
    outcome: stored?.outcome ?? null,
    synthetic: stored?.synthetic ?? false,
    error: task?.error ?? null,
  };
}
