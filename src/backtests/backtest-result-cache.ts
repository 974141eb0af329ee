import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { Viewer } from '@app/contracts';
import { desc, eq } from 'drizzle-orm';
import { queriesOf } from '../database/database-transaction.js';
import { Database } from '../database/database.js';
import { backtests } from '../database/schema.js';
import type { Accepted, Answer } from '../queue/api/answer.js';
import { IdempotentAnswers, type IdempotentRequest, type RecordAnswer } from '../queue/api/idempotency.js';
import { SubmissionGuards } from '../queue/api/submission-guards.js';
import { TaskQueue } from '../queue/api/task-queue.js';
import { TaskResults } from '../queue/api/task-results.js';
import { runName, runSubject } from './run-subject.js';
import { isSameRun, type RepeatableRun } from './run-fingerprint.js';
import { tradesCsvPath } from './trades-csv.js';
import type { StoredOutcome } from './stored-outcome.js';

/** Answers a backtest that has been run before, on the same candles by the same engine, without running it. */
@Injectable()
export class BacktestResultCache {
  constructor(
    private readonly database: Database,
    private readonly queue: TaskQueue,
    private readonly results: TaskResults,
    private readonly answers: IdempotentAnswers,
    private readonly guards: SubmissionGuards,
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
    const earlier = await this.#find(userId, run);
    if (earlier === null) return null;
    try {
      return await this.answers.once(userId, idempotency, (record) =>
        this.#repeat(userId, run, earlier, record),
      );
    } catch (error) {
      if (error instanceof ResultGoneError) return null;
      throw error;
    }
  }

  async #repeat(
    userId: string,
    { request }: RepeatableRun,
    earlier: StoredOutcome,
    record: RecordAnswer,
  ): Promise<Answer> {
    await this.guards.admit(userId);
    const backtestId = randomUUID();
    const resultFile = this.results.fileOfCopy(backtestId);
    await this.#copyFiles(earlier.result_file, resultFile);
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
    try {
      await this.queue.registerRunningTask({
        taskType: 'backtest',
        taskId: backtestId,
        userId,
        subject: runSubject(request),
        description: `✅ ${runName(request)}: from the stored result`,
        resources: { cpuCores: 0, ramGb: 0 },
        taskFunc: () => Promise.resolve(),
        inTransaction: async (transaction) => {
          const summary = { ...earlier, result_file: resultFile, cached: true };
          const { title = null } = request;
          const queries = queriesOf(transaction);
          await queries.insert(backtests).values({ backtestId, userId, title, request, summary });
          await record(queries, answer);
        },
      });
    } catch (error) {
      // When the database went away in the middle it may have been stored; orphan files are removed later.
      if (!(await this.#isStored(backtestId))) await this.#removeFiles(resultFile);
      throw error;
    }
    return answer;
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

  /** @throws ResultGoneError when the earlier result's files are gone */
  async #copyFiles(from: string, to: string): Promise<void> {
    const targets = filesOf(to);
    try {
      for (const [k, source] of filesOf(from).entries()) {
        await copyFile(this.results.pathOf(source), this.results.pathOf(targets[k]!));
      }
    } catch (error) {
      await this.#removeFiles(to);
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new ResultGoneError() : error;
    }
  }

  async #removeFiles(file: string): Promise<void> {
    for (const name of filesOf(file)) await this.results.remove(name);
  }
}

class ResultGoneError extends Error {
  override readonly name = 'ResultGoneError';
}

function filesOf(file: string): string[] {
  return [file, tradesCsvPath(file)];
}
