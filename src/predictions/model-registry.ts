import { Injectable } from '@nestjs/common';
import { isVisibleTo, type Timeframe, type Viewer } from '@app/contracts';
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import { Database } from '../database/database.js';
import { models } from '../database/schema.js';
import { HttpProblem } from '../http/http-problem.js';
import type { TrainingOutcome } from './training-payload.js';

export type ModelRow = typeof models.$inferSelect;

export interface StoredTraining extends TrainingOutcome {
  readonly file: string;
}

/** A trained model as a task can use it. */
export interface UsableModel {
  readonly modelId: string;
  /** Opening time of the first candle that training saw, in ms. */
  readonly startMs: number;
  /** End of the last candle that training saw, in ms. */
  readonly endMs: number;
  readonly horizon: number;
  /** Its file below the results folder. */
  readonly file: string;
}

/** The models of all users, and the rule who may use which. */
@Injectable()
export class ModelRegistry {
  constructor(private readonly database: Database) {}

  /** @throws HttpProblem 404 when there is no such model or it is not the viewer's */
  async find(viewer: Viewer, modelId: string): Promise<ModelRow> {
    const [row] = await this.database.queries.select().from(models).where(eq(models.modelId, modelId));
    if (row === undefined || !isVisibleTo(viewer, { user_id: row.userId })) throw HttpProblem.notFound();
    return row;
  }

  /**
   * A model that fits a request.
   *
   * @throws HttpProblem 422 when the viewer has no such model, or it is untrained or of another market
   */
  async requireUsable(
    viewer: Viewer,
    modelId: string,
    market: { symbol: string; timeframe: Timeframe; horizon?: number | undefined },
  ): Promise<UsableModel> {
    const row = await this.find(viewer, modelId).catch(() => null);
    if (row === null) throw HttpProblem.invalid('model_id', 'there is no such model', 'UNKNOWN_MODEL');
    const usable = usableOf(row);
    if (usable === null)
      throw HttpProblem.invalid('model_id', 'the model has not been trained', 'MODEL_NOT_TRAINED');
    if (row.symbol !== market.symbol || row.timeframe !== market.timeframe) {
      const message = `the model was trained on ${row.symbol} ${row.timeframe}, not ${market.symbol} ${market.timeframe}`;
      throw HttpProblem.invalid('model_id', message, 'MODEL_MISMATCH');
    }
    if (market.horizon !== undefined && market.horizon !== row.horizon) {
      const message = `the model predicts ${row.horizon} candles ahead, not ${market.horizon}`;
      throw HttpProblem.invalid('horizon', message, 'MODEL_MISMATCH');
    }
    return usable;
  }

  /** The user's model that has seen the newest candles of a market; null when there is none. */
  async latest(
    userId: string,
    market: { symbol: string; timeframe: Timeframe; horizon?: number | undefined },
  ): Promise<UsableModel | null> {
    const [row] = await this.database.queries
      .select()
      .from(models)
      .where(
        and(
          eq(models.userId, userId),
          eq(models.symbol, market.symbol),
          eq(models.timeframe, market.timeframe),
          market.horizon === undefined ? undefined : eq(models.horizon, market.horizon),
          isNotNull(models.summary),
        ),
      )
      .orderBy(desc(models.endMs), desc(models.sequence))
      .limit(1);
    return row === undefined ? null : usableOf(row);
  }

  /** Whether a task that waits or runs needs the model. */
  async isInUse(row: ModelRow): Promise<boolean> {
    const file = trainingOf(row)?.file ?? null;
    const { rows } = await this.database.queries.execute(sql`
      select 1 from tasks where status in ('queued', 'running')
        and (task_id = ${row.modelId} or payload ->> 'modelFile' = ${file}) limit 1`);
    return rows.length > 0;
  }
}

export function trainingOf(row: ModelRow): StoredTraining | null {
  return row.summary as StoredTraining | null;
}

function usableOf(row: ModelRow): UsableModel | null {
  const training = trainingOf(row);
  if (training === null) return null;
  const { modelId, startMs, endMs, horizon } = row;
  return { modelId, startMs, endMs, horizon, file: training.file };
}
