import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { strategies, type StrategyDefinition } from '@app/backtest';
import {
  isVisibleTo,
  timeframeMs,
  type BacktestListQuery,
  type BacktestPatch,
  type BacktestRunRequest,
  type BacktestSummary,
  type Page,
  type StrategyInfo,
  type Viewer,
} from '@app/contracts';
import { minimumRows } from '@app/learning';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { UserRemoval } from '../auth/user-removal.js';
import { readResultText, resultPathIn } from '../compute/result-file.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { backtests } from '../database/schema.js';
import { decodeCursor, pageOf } from '../http/cursor.js';
import { HttpProblem } from '../http/http-problem.js';
import { MarketDataService } from '../market-data/market-data.service.js';
import { ModelRegistry } from '../predictions/model-registry.js';
import { defaultHorizonBars } from '../predictions/training-defaults.js';
import type { Accepted } from '../queue/accepted.js';
import type { IdempotentRequest } from '../queue/idempotency.js';
import { TaskQueue } from '../queue/queue.service.js';
import { TaskHandlers } from '../queue/task-handler.js';
import { TaskStore } from '../queue/task-store.js';
import type { Task } from '../queue/task.js';
import { backtestPayload, type BacktestOutcome, type BacktestPayload } from './backtest-payload.js';
import { tradesCsvPath } from './trades-csv.js';

type BacktestRow = typeof backtests.$inferSelect;

interface StoredOutcome extends BacktestOutcome {
  readonly result_file: string;
}

const barsOfAUsualTask = 1000;
/** Training dwarfs the run itself: a run that trains counts as this many usual ones more. */
const sizeOfTraining = 16;

@Injectable()
export class BacktestsService implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly handlers: TaskHandlers,
    private readonly queue: TaskQueue,
    private readonly store: TaskStore,
    private readonly marketData: MarketDataService,
    private readonly models: ModelRegistry,
    private readonly removal: UserRemoval,
  ) {}

  onModuleInit(): void {
    this.handlers.register<BacktestPayload>({
      type: 'backtest',
      label: 'Backtest',
      demand: { cpuCores: 1, ramGb: 0.5 },
      payload: backtestPayload,
      size: ({ request, bars, modelFile }) => {
        const trains = strategies.get(request.strategy)?.requiresModel === true && modelFile === null;
        return Math.max(1, bars / barsOfAUsualTask) + (trains ? sizeOfTraining : 0);
      },
      describe: ({ request }) => `${request.strategy} on ${request.symbol} ${request.timeframe}`,
      entry: new URL('./backtest.task.js', import.meta.url),
      completed: async (queries, task, summary, resultFile) => {
        const outcome = { ...(summary as BacktestOutcome), result_file: resultFile };
        await queries.update(backtests).set({ summary: outcome }).where(eq(backtests.backtestId, task.id));
      },
    });
    this.removal.onRemoval(async (userId) => {
      const rows = await this.database.queries
        .delete(backtests)
        .where(eq(backtests.userId, userId))
        .returning();
      for (const row of rows) await this.#removeFiles(row);
    });
  }

  strategies(): StrategyInfo[] {
    return [...strategies.values()].filter(isOffered).map((strategy) => ({
      name: strategy.name,
      label: strategy.label,
      description: strategy.description,
      category: strategy.category,
      requires_model: strategy.requiresModel,
      params_schema: { ...strategy.paramsSchema },
    }));
  }

  /**
   * Checks all that can be checked before the run, then queues it.
   *
   * @throws HttpProblem 422 naming the field that is wrong
   */
  async run(
    viewer: Viewer,
    request: BacktestRunRequest,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const strategy = this.#checkStrategy(request);
    const bars = await this.#checkData(viewer, request);
    const { modelFile, leaks } = await this.#checkModel(viewer, request, strategy);
    const backtestId = randomUUID();
    return this.queue.submit({
      type: 'backtest',
      payload: { request, bars, modelFile, leaks } satisfies BacktestPayload,
      userId: viewer.userId,
      priority: request.priority,
      taskId: backtestId,
      idempotency,
      also: async (queries) => {
        const { title = null } = request;
        await queries.insert(backtests).values({ backtestId, userId: viewer.userId, title, request });
      },
      answer: (task) => ({
        location: `/api/backtests/${task.id}`,
        body: {
          status: task.row.status,
          backtest_id: task.id,
          message: `Backtest ${task.isRunning ? 'started' : 'queued'}. Check Status Center for progress.`,
        },
      }),
    });
  }

  async list(viewer: Viewer, query: BacktestListQuery): Promise<Page<BacktestSummary>> {
    const below = decodeCursor(query.cursor);
    const equals = (field: string, value: string | undefined) =>
      value === undefined ? undefined : sql`${backtests.request} ->> ${field} = ${value}`;
    const rows = await this.database.queries
      .select()
      .from(backtests)
      .where(
        and(
          viewer.isAdmin ? undefined : eq(backtests.userId, viewer.userId),
          below === null ? undefined : lt(backtests.sequence, below),
          equals('strategy', query.strategy),
          equals('symbol', query.symbol),
          query.status === undefined
            ? undefined
            : sql`exists (select 1 from tasks where task_id = ${backtests.backtestId} and status = ${query.status})`,
        ),
      )
      .orderBy(desc(backtests.sequence))
      .limit(query.limit + 1);
    const tasks = await this.store.findMany(rows.map((row) => row.backtestId));
    return pageOf(
      rows,
      query.limit,
      (row) => row.sequence,
      (row) => summaryOf(row, tasks.get(row.backtestId) ?? null),
    );
  }

  /** The whole result as JSON text: the file's part is passed on as it is, never parsed here. */
  async getText(viewer: Viewer, backtestId: string): Promise<string> {
    const row = await this.#find(viewer, backtestId);
    const summary = JSON.stringify(summaryOf(row, await this.store.find(backtestId)));
    const outcome = outcomeOf(row);
    const detail = outcome
      ? await readResultText(resultPathIn(this.config.dataDir, outcome.result_file))
      : '{"equity_curve":[],"drawdown_curve":[],"trades":[],"monthly_returns":[]}';
    return `${summary.slice(0, -1)},${detail.slice(1)}`;
  }

  /** Up to four results side by side, in the order asked for, as JSON text. */
  async compareText(viewer: Viewer, backtestIds: readonly string[]): Promise<string> {
    const items: string[] = [];
    for (const backtestId of backtestIds) items.push(await this.getText(viewer, backtestId));
    return `{"items":[${items.join(',')}]}`;
  }

  /** Where the compressed CSV of the trades lies. */
  async tradesFile(viewer: Viewer, backtestId: string): Promise<string> {
    const outcome = outcomeOf(await this.#find(viewer, backtestId));
    if (outcome === null) {
      throw HttpProblem.conflict(
        'BACKTEST_NOT_COMPLETED',
        'The backtest has no trades yet: it has not completed.',
      );
    }
    return tradesCsvPath(resultPathIn(this.config.dataDir, outcome.result_file));
  }

  async patch(viewer: Viewer, backtestId: string, patch: BacktestPatch): Promise<BacktestSummary> {
    await this.#find(viewer, backtestId);
    const { title, notes } = patch;
    const [row] = await this.database.queries
      .update(backtests)
      .set({ ...(title !== undefined && { title }), ...(notes !== undefined && { notes }) })
      .where(eq(backtests.backtestId, backtestId))
      .returning();
    if (row === undefined) throw HttpProblem.notFound();
    return summaryOf(row, await this.store.find(backtestId));
  }

  /** Removes a finished backtest and its files; its task stays in the history. */
  async remove(viewer: Viewer, backtestId: string): Promise<void> {
    const row = await this.#find(viewer, backtestId);
    const task = await this.store.find(backtestId);
    if (task && !task.isSettled) {
      throw HttpProblem.conflict(
        'BACKTEST_NOT_FINISHED',
        `The backtest is ${task.row.status}; cancel it first.`,
      );
    }
    await this.database.queries.delete(backtests).where(eq(backtests.backtestId, backtestId));
    await this.#removeFiles(row);
  }

  async #find(viewer: Viewer, backtestId: string): Promise<BacktestRow> {
    const [row] = await this.database.queries
      .select()
      .from(backtests)
      .where(eq(backtests.backtestId, backtestId));
    if (row === undefined || !isVisibleTo(viewer, { user_id: row.userId })) throw HttpProblem.notFound();
    return row;
  }

  async #removeFiles(row: BacktestRow): Promise<void> {
    const outcome = outcomeOf(row);
    if (outcome === null) return;
    const path = resultPathIn(this.config.dataDir, outcome.result_file);
    for (const file of [path, tradesCsvPath(path)]) await rm(file, { force: true });
  }

  #checkStrategy(request: BacktestRunRequest): StrategyDefinition {
    const strategy = strategies.get(request.strategy);
    if (strategy === undefined || !isOffered(strategy)) {
      const known = [...strategies.values()].filter(isOffered).map(({ name }) => name);
      const message = `"${request.strategy}" is not one of ${known.join(', ')}`;
      throw HttpProblem.invalid('strategy', message, 'UNKNOWN_STRATEGY');
    }
    const params = strategy.params.safeParse(request.params);
    if (!params.success) {
      const errors = params.error.issues.map(({ path, message }) => ({
        path: ['params', ...path].join('.'),
        message,
      }));
      const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new HttpProblem(422, 'INVALID_PARAMS', detail, { errors });
    }
    return strategy;
  }

  /** @returns how many candles the span can hold */
  async #checkData(viewer: Viewer, request: BacktestRunRequest): Promise<number> {
    const { header } = await this.marketData.require(viewer, request.symbol, request.timeframe);
    const fromMs = Math.max(Date.parse(request.start_date), header.startMs);
    const toMs = Math.min(Date.parse(request.end_date), header.endMs + timeframeMs[header.timeframe]);
    const bars = Math.floor((toMs - fromMs) / timeframeMs[request.timeframe]);
    if (bars < 1) {
      const message =
        `${header.symbol} has candles from ${isoDate(header.startMs)} to ${isoDate(header.endMs)}, ` +
        `none of them in the span`;
      throw HttpProblem.invalid('start_date', message, 'NO_MARKET_DATA');
    }
    return bars;
  }

  async #checkModel(
    viewer: Viewer,
    request: BacktestRunRequest,
    strategy: StrategyDefinition,
  ): Promise<{ modelFile: string | null; leaks: boolean }> {
    if (request.model_id === undefined) {
      if (strategy.requiresModel) await this.#checkHistory(viewer, request);
      return { modelFile: null, leaks: false };
    }
    if (!strategy.requiresModel) {
      throw HttpProblem.invalid('model_id', `${strategy.name} uses no model`);
    }
    const model = await this.models.requireUsable(viewer, request.model_id, request);
    const leaks =
      model.startMs < Date.parse(request.end_date) && model.endMs > Date.parse(request.start_date);
    if (leaks && !request.allow_leakage) {
      const message =
        `the model was trained on ${isoDate(model.startMs)} to ${isoDate(model.endMs)}, which overlaps the span; ` +
        'allow_leakage: true runs it all the same and says so in the result';
      throw HttpProblem.invalid('model_id', message, 'MODEL_LEAKAGE');
    }
    return { modelFile: model.file, leaks };
  }

  async #checkHistory(viewer: Viewer, request: BacktestRunRequest): Promise<void> {
    const { header } = await this.marketData.require(viewer, request.symbol, request.timeframe);
    const before = Math.floor(
      (Date.parse(request.start_date) - header.startMs) / timeframeMs[request.timeframe],
    );
    const needed = minimumRows(defaultHorizonBars);
    if (before < needed) {
      const message =
        `without a model_id the strategy needs ${needed} ${request.timeframe} candles before start_date to train on; ` +
        `${header.symbol} begins on ${isoDate(header.startMs)}, which leaves ${Math.max(0, before)}`;
      throw HttpProblem.invalid('start_date', message, 'TOO_LITTLE_HISTORY');
    }
  }
}

/** A strategy that needs a signal file of its own is for the command line. */
function isOffered(strategy: StrategyDefinition): boolean {
  return strategy.requiresModel || !strategy.requiresSignals;
}

function outcomeOf(row: BacktestRow): StoredOutcome | null {
  return row.summary as StoredOutcome | null;
}

function summaryOf(row: BacktestRow, task: Task | null): BacktestSummary {
  const outcome = outcomeOf(row);
  return {
    backtest_id: row.backtestId,
    status: task?.row.status ?? 'completed',
    title: row.title,
    notes: row.notes,
    request: row.request,
    created_at: row.createdAt.toISOString(),
    duration_s: outcome?.duration_s ?? null,
    dataset: (outcome?.dataset as BacktestSummary['dataset'] | undefined) ?? null,
    engine_version: outcome?.engine_version ?? null,
    performance: (outcome?.performance as BacktestSummary['performance'] | undefined) ?? null,
    error: task?.row.error ?? null,
    warnings: [...(outcome?.warnings ?? [])],
  };
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
