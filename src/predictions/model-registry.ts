import { Injectable } from '@nestjs/common';
import { isVisibleTo, type Timeframe, type Viewer } from '@app/contracts';
import { FEATURE_VERSION } from '@app/learning';
import { and, desc, eq } from 'drizzle-orm';
import { Database } from '../database/database.js';
import { models } from '../database/schema.js';
import { HttpProblem } from '../problems/http-problem.js';
import { TaskQueue } from '../queue/api/task-queue.js';
import { fileOfTraining } from './model-file.js';
import type { TrainingOutcome } from './training-payload.js';

export type ModelRow = typeof models.$inferSelect;

export interface StoredTraining extends TrainingOutcome {
  readonly file: string;
}

/** A model as a task can use it. */
export interface UsableModel {
  readonly modelId: string;
  /** Opening time of the first candle that training saw, in ms. */
  readonly startMs: number;
  /** End of the last candle that training saw, in ms. */
  readonly endMs: number;
  readonly horizon: number;
  /** Its file below the results folder, as `readModelText` takes it. */
  readonly file: string;
  /** The task to run after: the model's training, while that waits or runs; else null. */
  readonly runAfter: string | null;
}

export interface Market {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly horizon?: number | undefined;
}

/** The models of all users, and the rule who may use which. */
@Injectable()
export class ModelRegistry {
  constructor(
    private readonly database: Database,
    private readonly queue: TaskQueue,
  ) {}

  /** @throws HttpProblem 404 when there is no such model or it is not the viewer's */
  async find(viewer: Viewer, modelId: string): Promise<ModelRow> {
    const [row] = await this.database.queries.select().from(models).where(eq(models.modelId, modelId));
    if (row === undefined || !isVisibleTo(viewer, { user_id: row.userId })) throw HttpProblem.notFound();
    return row;
  }

  /**
   * A model that fits a request, trained or in training.
   *
   * @throws HttpProblem 422 when the viewer has no such model, it is of another market or of another
   *   version of the features, or its training has failed
   */
  async requireUsable(viewer: Viewer, modelId: string, market: Market): Promise<UsableModel> {
    const row = await this.find(viewer, modelId).catch(() => null);
    if (row === null) throw HttpProblem.invalid('model_id', 'there is no such model', 'UNKNOWN_MODEL');
    if (row.symbol !== market.symbol || row.timeframe !== market.timeframe) {
      const message = `the model was trained on ${row.symbol} ${row.timeframe}, not ${market.symbol} ${market.timeframe}`;
      throw HttpProblem.invalid('model_id', message, 'MODEL_MISMATCH');
    }
    if (market.horizon !== undefined && market.horizon !== row.horizon) {
      const message = `the model predicts ${row.horizon} candles ahead, not ${market.horizon}`;
      throw HttpProblem.invalid('horizon', message, 'MODEL_MISMATCH');
    }
    const version = featureVersionOf(row);
    if (version !== null && version !== FEATURE_VERSION) {
      const message = `the model knows features of version ${version}, and this server computes ${FEATURE_VERSION}; train it anew`;
      throw HttpProblem.invalid('model_id', message, 'MODEL_VERSION');
    }
    const isTraining = trainingOf(row) === null && (await this.#unfinished([row])).has(modelId);
    const usable = usableOf(row, isTraining);
    if (usable) return usable;
    // A training may have completed between the two readings.
    const again = usableOf(await this.find(viewer, modelId), false);
    if (again) return again;
    throw HttpProblem.invalid('model_id', 'the model has not been trained', 'MODEL_NOT_TRAINED');
  }

  /** The user's models of a market that can be used, the one with the newest candles first; trained before untrained. */
  async fitting(userId: string, market: Market): Promise<UsableModel[]> {
    const rows = await this.database.queries
      .select()
      .from(models)
      .where(
        and(
          eq(models.userId, userId),
          eq(models.symbol, market.symbol),
          eq(models.timeframe, market.timeframe),
          market.horizon === undefined ? undefined : eq(models.horizon, market.horizon),
        ),
      )
      .orderBy(desc(models.endMs), desc(models.sequence));
    const training = await this.#unfinished(rows.filter((row) => trainingOf(row) === null));
    return rows
      .filter((row) => [null, FEATURE_VERSION].includes(featureVersionOf(row)))
      .flatMap((row) => usableOf(row, training.has(row.modelId)) ?? [])
      .sort((a, b) => Number(a.runAfter !== null) - Number(b.runAfter !== null));
  }

  /** Those of the models whose training waits or runs. */
  async #unfinished(rows: readonly ModelRow[]): Promise<Set<string>> {
    const unfinished = await this.queue.unfinishedAmong(rows.map(({ modelId }) => modelId));
    return new Set(unfinished);
  }
}

export function trainingOf(row: ModelRow): StoredTraining | null {
  return row.summary as StoredTraining | null;
}

/** Of a trained model; null before that. */
function featureVersionOf(row: ModelRow): number | null {
  const training = trainingOf(row);
  return training && (training.feature_version ?? 1);
}

function usableOf(row: ModelRow, isTraining: boolean): UsableModel | null {
  const training = trainingOf(row);
  if (training === null && !isTraining) return null;
  const { modelId, startMs, endMs, horizon } = row;
  return {
    modelId,
    startMs,
    endMs,
    horizon,
    file: training?.file ?? fileOfTraining(modelId),
    runAfter: training === null ? modelId : null,
  };
}
