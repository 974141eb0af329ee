import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  isVisibleTo,
  type BacktestListQuery,
  type BacktestPatch,
  type BacktestSummary,
  type Page,
  type Viewer,
} from '@app/contracts';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { UserDeletionHooks } from '../auth/user-deletion-hooks.js';
import { Database } from '../database/database.js';
import { backtests } from '../database/schema.js';
import { decodeCursor, pageOf } from '../http/cursor.js';
import { HttpProblem } from '../problems/http-problem.js';
import { symbolEquals } from '../market-data/symbol-equals.js';
import { isTaskInStatus } from '../queue/api/task-conditions.js';
import { TaskQueue } from '../queue/api/task-queue.js';
import { TaskResults } from '../queue/api/task-results.js';
import { isSweep, outcomeOf, summaryOf, type BacktestRow } from './stored-outcome.js';
import { tradesCsvPath } from './trades-csv.js';

/** What `GET /api/backtests/:id` shows of a run, or of a sweep, that has no result yet. */
const nothingYet = '{"equity_curve":[],"drawdown_curve":[],"trades":[],"monthly_returns":[]}';
const noRunsYet = '{"runs":[],"heat_maps":[],"windows":[],"out_of_sample_curve":[],"skipped_runs":[]}';

/** Backtests and sweeps as they are stored: their owner's, and admins', to read, name and remove. */
@Injectable()
export class BacktestsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly queue: TaskQueue,
    private readonly results: TaskResults,
    private readonly deletionHooks: UserDeletionHooks,
  ) {}

  onModuleInit(): void {
    this.deletionHooks.onDeletion(async (userId) => {
      const rows = await this.database.queries
        .delete(backtests)
        .where(eq(backtests.userId, userId))
        .returning();
      for (const row of rows) await this.#removeFiles(row);
    });
  }

  async list(viewer: Viewer, query: BacktestListQuery): Promise<Page<BacktestSummary>> {
    const below = decodeCursor(query.cursor);
    const rows = await this.database.queries
      .select()
      .from(backtests)
      .where(
        and(
          viewer.isAdmin ? undefined : eq(backtests.userId, viewer.userId),
          below === null ? undefined : lt(backtests.sequence, below),
          query.type === undefined
            ? undefined
            : sql`(${backtests.request} -> 'space' is not null) = ${query.type === 'optimization'}`,
          query.strategy === undefined
            ? undefined
            : sql`${backtests.request} ->> 'strategy' = ${query.strategy}`,
          query.symbol === undefined
            ? undefined
            : symbolEquals(sql`${backtests.request} ->> 'symbol'`, query.symbol),
          query.status === undefined ? undefined : isTaskInStatus(backtests.backtestId, query.status),
        ),
      )
      .orderBy(desc(backtests.sequence))
      .limit(query.limit + 1);
    const tasks = await this.queue.findMany(
      viewer,
      rows.map((row) => row.backtestId),
    );
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
    const summary = JSON.stringify(summaryOf(row, await this.queue.findOrNull(viewer, backtestId)));
    const outcome = outcomeOf(row);
    const detail = outcome
      ? await this.results.readFile(outcome.result_file)
      : isSweep(row)
        ? noRunsYet
        : nothingYet;
    return `${summary.slice(0, -1)},${detail.slice(1)}`;
  }

  /** Up to four results side by side, in the order asked for, as JSON text. */
  async compareText(viewer: Viewer, backtestIds: readonly string[]): Promise<string> {
    const items: string[] = [];
    for (const [place, backtestId] of backtestIds.entries()) {
      if (isSweep(await this.#find(viewer, backtestId))) {
        throw HttpProblem.invalid(`ids.${place}`, 'is a sweep; single backtests are compared');
      }
      items.push(await this.getText(viewer, backtestId));
    }
    return `{"items":[${items.join(',')}]}`;
  }

  /** Where the compressed CSV of the trades lies. */
  async tradesFile(viewer: Viewer, backtestId: string): Promise<string> {
    const row = await this.#find(viewer, backtestId);
    if (isSweep(row)) {
      throw HttpProblem.conflict(
        'OPTIMIZATION_HAS_NO_TRADES',
        'A sweep keeps the figures of its runs; run one of them as a backtest for its trades.',
      );
    }
    const outcome = outcomeOf(row);
    if (outcome === null) {
      throw HttpProblem.conflict(
        'BACKTEST_NOT_COMPLETED',
        'The backtest has no trades yet: it has not completed.',
      );
    }
    return this.results.existingPath(tradesCsvPath(outcome.result_file));
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
    return summaryOf(row, await this.queue.findOrNull(viewer, backtestId));
  }

  /** Removes a finished backtest and its files; its task stays in the history. */
  async remove(viewer: Viewer, backtestId: string): Promise<void> {
    const row = await this.#find(viewer, backtestId);
    const task = await this.queue.findOrNull(viewer, backtestId);
    if (task && (task.status === 'queued' || task.status === 'running')) {
      throw HttpProblem.conflict('BACKTEST_NOT_FINISHED', `The backtest is ${task.status}; cancel it first.`);
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
    const file = outcome.result_file;
    for (const name of [file, tradesCsvPath(file)]) await this.results.remove(name);
  }
}
