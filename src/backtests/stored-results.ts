import { randomUUID } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { Viewer } from '@app/contracts';
import { desc, eq } from 'drizzle-orm';
import { attemptKey, resultPathIn } from '../queue/storage/result-files.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { backtests } from '../database/schema.js';
import type { Accepted } from '../queue/api/accepted.js';
import { IdempotentAnswers, type IdempotentRequest } from '../queue/api/idempotency.js';
import { TaskQueue } from '../queue/api/task-queue.js';
import { StorageQuota } from '../quota/storage-quota.js';
import { isSameRun, type RepeatableRun } from './same-run.js';
import { tradesCsvPath } from './trades-csv.js';
import type { StoredOutcome } from './stored-outcome.js';

/** Answers a backtest that has been run before, on the same candles by the same engine, without running it. */
@Injectable()
export class StoredResults {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly queue: TaskQueue,
    private readonly answers: IdempotentAnswers,
    private readonly quota: StorageQuota,
  ) {}

  /**
   * A backtest of its own whose result is a copy of the earlier one's; null when there is none.
   *
   * Its task runs for a moment and needs nothing, so whoever waits for its end on the stream hears of it.
   *
   * @throws HttpProblem 409 `STORAGE_FULL` where the user keeps as much as may be kept
   */
  async answer(
    viewer: Viewer,
    run: RepeatableRun,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted | null> {
    const { userId } = viewer;
    const replay = async (): Promise<Accepted | null> => {
      const answer = idempotency && (await this.answers.find(userId, idempotency));
      return answer && { ...answer, replayed: true };
    };
    const earlier = await this.#find(userId, run);
    if (earlier === null) return null;
    const known = await replay();
    if (known) return known;

    await this.quota.admit(userId);
    const backtestId = randomUUID();
    // Named as by an attempt before the first, which belongs to the task but is nothing that it made itself.
    const resultFile = `${attemptKey(backtestId, 0)}.json.gz`;
    if (!(await this.#copyFiles(earlier.result_file, resultFile))) return null;
    const answer = {
      status: 202,
      location: `/api/backtests/${backtestId}`,
      body: {
        status: 'running',
        backtest_id: backtestId,
        message: 'An identical request was run earlier; this is its result. cache: false runs it again.',
        cached: true,
      },
    };
    const { request } = run;
    try {
      await this.queue.registerRunningTask({
        taskType: 'backtest',
        taskId: backtestId,
        userId,
        description: `✅ ${request.strategy} on ${request.symbol} ${request.timeframe}: from the stored result`,
        demand: { cpuCores: 0, ramGb: 0 },
        taskFunc: () => Promise.resolve(),
        also: async (queries) => {
          const summary = { ...earlier, result_file: resultFile, cached: true };
          const { title = null } = request;
          await queries.insert(backtests).values({ backtestId, userId, title, request, summary });
          if (idempotency) await this.answers.record(queries, userId, idempotency, answer);
        },
      });
    } catch (error) {
      // When the database went away in the middle it may have been stored; files of nobody are swept up later.
      if (!(await this.#isStored(backtestId))) await this.#removeFiles(resultFile);
      // Sent twice at once: the transaction of the slower one failed on the faster one's key.
      const answered = await replay();
      if (answered) return answered;
      throw error;
    }
    return { ...answer, replayed: false };
  }

  async #isStored(backtestId: string): Promise<boolean> {
    const rows = await this.database.queries
      .select({ backtestId: backtests.backtestId })
      .from(backtests)
      .where(eq(backtests.backtestId, backtestId));
    return rows.length > 0;
  }

  async #find(userId: string, run: RepeatableRun): Promise<StoredOutcome | null> {
    const [row] = await this.database.queries
      .select({ summary: backtests.summary })
      .from(backtests)
      .where(isSameRun(userId, run))
      .orderBy(desc(backtests.sequence))
      .limit(1);
    return (row?.summary as StoredOutcome | undefined) ?? null;
  }

  /** False when the earlier result's files are gone. */
  async #copyFiles(from: string, to: string): Promise<boolean> {
    try {
      for (const [source, target] of this.#filesOf(from).map((file, k) => [file, this.#filesOf(to)[k]!])) {
        await copyFile(source!, target!);
      }
      return true;
    } catch (error) {
      await this.#removeFiles(to);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  async #removeFiles(file: string): Promise<void> {
    for (const path of this.#filesOf(file)) await rm(path, { force: true });
  }

  #filesOf(file: string): string[] {
    const path = resultPathIn(this.config.dataDir, file);
    return [path, tradesCsvPath(path)];
  }
}
