import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { strategies } from '@app/backtest';
import type { BacktestOptimizeRequest, BacktestRunRequest, StrategyInfo, Viewer } from '@app/contracts';
import type { TaskHandler } from '@app/tasks-sdk';
import { eq, inArray } from 'drizzle-orm';
import { queriesOf } from '../database/database-transaction.js';
import { backtests } from '../database/schema.js';
import type { Accepted } from '../queue/api/answer.js';
import type { IdempotentRequest } from '../queue/api/idempotency.js';
import { TaskQueue, type Submission } from '../queue/api/task-queue.js';
import { TaskHandlers } from '../queue/domain/task-handlers.js';
import { backtestPayload, type BacktestPayload } from './backtest-payload.js';
import { optimizationPayload, partsOf, type OptimizationPayload } from './optimization-payload.js';
import { isOffered, BacktestRequestValidator } from './backtest-request-validator.js';
import { engineVersionOf, trainsItself } from './run-data.js';
import { runName, runSubject, sweepSubject } from './run-subject.js';
import { checkSweep } from './space-checks.js';
import { BacktestResultCache } from './backtest-result-cache.js';

const barsOfAUsualTask = 1000;
/** Training dwarfs the run itself: a run that trains counts as this many usual ones more. */
const sizeOfTraining = 16;

/** Takes requests for backtests and sweeps, and tells the queue how they are run. */
@Injectable()
export class RunsService implements OnModuleInit {
  constructor(
    private readonly handlers: TaskHandlers,
    private readonly queue: TaskQueue,
    private readonly checks: BacktestRequestValidator,
    private readonly stored: BacktestResultCache,
  ) {}

  onModuleInit(): void {
    this.handlers.register<BacktestPayload>({
      type: 'backtest',
      label: 'Backtest',
      resources: { cpuCores: 1, ramGb: 0.5 },
      payload: backtestPayload,
      size: (payload) => sizeOf(payload.bars, trainsItself(payload)),
      describe: ({ request }) => runName(request),
      subject: ({ request }) => runSubject(request),
      entry: new URL('./backtest.task.js', import.meta.url),
      resultUrl: (taskId) => `/api/backtests/${taskId}`,
      completed: keepSummary,
      forgotten: forget,
    });
    this.handlers.register<OptimizationPayload>({
      type: 'optimization',
      label: 'Optimization',
      resources: { cpuCores: 1, ramGb: 0.5 },
      payload: optimizationPayload,
      size: (payload) => sizeOf(payload.work / sweepShards(payload), trainsItself(payload)),
      describe: ({ request, points }) => `${points} runs of ${runName(request)}`,
      subject: ({ request, points }) => sweepSubject(request, points),
      shards: sweepShards,
      describeShards: ({ points }, fraction, etaS) => {
        const left = etaS === null ? '' : `, about ${durationText(etaS)} left`;
        return `🔎 Run ${Math.round(fraction * points)} of ${points}${left}...`;
      },
      entry: new URL('./optimization.task.js', import.meta.url),
      resultUrl: (taskId) => `/api/backtests/${taskId}`,
      completed: keepSummary,
      forgotten: forget,
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
   * Checks all that can be checked before the run, then answers from a stored result or queues it.
   *
   * @throws HttpProblem 422 naming the field that is wrong
   */
  async run(
    viewer: Viewer,
    request: BacktestRunRequest,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const { bars, modelFile, leaks, header, runAfter } = await this.checks.check(viewer, request);
    const payload: BacktestPayload = { request, bars, modelFile, leaks };
    if (request.cache) {
      const run = { request, engineVersion: engineVersionOf(payload), header };
      const answered = await this.stored.answer(viewer, run, idempotency);
      if (answered) return answered;
    }
    return this.#submit(viewer, 'backtest', { payload, runAfter }, idempotency);
  }

  /** The same for a sweep. */
  async optimize(
    viewer: Viewer,
    request: BacktestOptimizeRequest,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const checked = await this.checks.check(viewer, request);
    const { bars, modelFile, leaks, runAfter } = checked;
    const size = checkSweep(request, checked.strategy, checked);
    const payload: OptimizationPayload = { request, bars, modelFile, leaks, ...size };
    return this.#submit(viewer, 'optimization', { payload, runAfter }, idempotency);
  }

  #submit(
    viewer: Viewer,
    type: 'backtest' | 'optimization',
    { payload, runAfter }: { payload: BacktestPayload | OptimizationPayload; runAfter: string | null },
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const { request } = payload;
    const backtestId = randomUUID();
    const submission: Submission = {
      type,
      payload,
      userId: viewer.userId,
      priority: request.priority,
      taskId: backtestId,
      ...(runAfter !== null && { runAfter }),
      idempotency,
      inTransaction: async (transaction) => {
        const { title = null } = request;
        await queriesOf(transaction)
          .insert(backtests)
          .values({ backtestId, userId: viewer.userId, title, request });
      },
      answer: (task) => ({
        location: `/api/backtests/${task.task_id}`,
        body: {
          status: task.status,
          backtest_id: task.task_id,
          message:
            `${this.handlers.get(type).label} ${task.status === 'running' ? 'started' : 'queued'}. ` +
            'Check Status Center for progress.',
        },
      }),
    };
    return this.queue.submit(submission);
  }
}

const keepSummary: NonNullable<TaskHandler['completed']> = async (transaction, task, summary, resultFile) => {
  const outcome = { ...(summary as object), result_file: resultFile };
  await queriesOf(transaction)
    .update(backtests)
    .set({ summary: outcome })
    .where(eq(backtests.backtestId, task.task_id));
};

const forget: NonNullable<TaskHandler['forgotten']> = async (transaction, taskIds) => {
  await queriesOf(transaction)
    .delete(backtests)
    .where(inArray(backtests.backtestId, [...taskIds]));
};

function sizeOf(bars: number, trains: boolean): number {
  return Math.max(1, bars / barsOfAUsualTask) + (trains ? sizeOfTraining : 0);
}

/** A sweep that trains models does so once, in one process, for all of its runs. */
function sweepShards(payload: OptimizationPayload): number {
  return trainsItself(payload) ? 1 : partsOf(payload);
}

function durationText(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
