import { Injectable } from '@nestjs/common';
import type { QueueStatus, Task as TaskView, Viewer } from '@app/contracts';
import type {
  CanRunResult,
  EnqueueOptions,
  FunctionTask,
  TaskQueue as PublicTaskQueue,
  TaskTransaction,
} from '@app/tasks-sdk';
import type { Observable } from 'rxjs';
import { DatabaseTransaction, queriesOf } from '../../database/database-transaction.js';
import { Submissions } from '../scheduling/submissions.js';
import type { TransactionHook } from '../storage/task-writes.js';
import type { Accepted } from './answer.js';
import { FunctionTasks } from './function-tasks.js';
import { IdempotentAnswers, type IdempotentRequest } from './idempotency.js';
import { NewTasks } from './new-tasks.js';
import { assertDependency, SubmissionChecks } from './submission-checks.js';
import { TaskLookup, type UnfinishedFilter } from './task-lookup.js';

export interface Submission extends EnqueueOptions {
  readonly type: string;
  readonly payload: unknown;
  readonly idempotency: IdempotentRequest | null;
  /** The body of the answer, and where what was asked for can be watched. */
  answer(task: TaskView): { readonly body: unknown; readonly location: string };
}

/**
 * The queue as the server's features and plug-ins see it. Tasks leave it as views, never as rows.
 *
 * @example
 * const task = await taskQueue.enqueue('backtest', payload, { userId, priority: 0 });
 * taskQueue.updateTaskDescription(task.task_id, '📊 Backtesting day 15 of 30...');
 */
@Injectable()
export class TaskQueue implements PublicTaskQueue {
  /** The tasks of all nodes, each when it has completed, failed or been cancelled. */
  readonly endedTasks$: Observable<TaskView>;

  constructor(
    private readonly newTasks: NewTasks,
    private readonly checks: SubmissionChecks,
    private readonly submissions: Submissions,
    private readonly functions: FunctionTasks,
    private readonly lookup: TaskLookup,
    private readonly answers: IdempotentAnswers,
  ) {
    this.endedTasks$ = lookup.endedTasks$;
  }

  /**
   * Accepts a task: it starts at once when the machine has the resources and waits in the queue otherwise. Once this
   * resolves, the task survives any crash.
   *
   * @throws HttpProblem 422 `TASK_TOO_LARGE` when no node can ever run it, 422 `DEPENDENCY_FAILED` when it is to run
   *   after a task that will not complete, 429 `QUEUE_FULL` at the user's limit, and what the guards refuse, such
   *   as 409 `STORAGE_FULL`; InvalidTaskIdError
   */
  async enqueue(type: string, payload: unknown, options: EnqueueOptions): Promise<TaskView> {
    const row = this.newTasks.queued(type, payload, options);
    await this.checks.admit(row.userId, row);
    this.checks.assertBelowQueueLimit(row.userId);
    const hook = this.#hookOf(options);
    const task = await this.submissions.submit(row, async (queries, stored) => {
      await assertDependency(queries, stored);
      await hook(queries, stored);
    });
    return this.lookup.ownersView(task);
  }

  /** `enqueue` for a request: answered once, however often a client that names the request sends it. */
  submit(submission: Submission): Promise<Accepted> {
    const { type, payload, userId, idempotency } = submission;
    const answerTo = (task: TaskView) => ({ status: 202, ...submission.answer(task) });
    return this.answers.once(userId, idempotency, async (record) => {
      const task = await this.enqueue(type, payload, {
        ...submission,
        inTransaction: async (transaction, accepted) => {
          await submission.inTransaction?.(transaction, accepted);
          await record(queriesOf(transaction), answerTo(accepted));
        },
      });
      return answerTo(task);
    });
  }

  /** Runs a function of this process and shows it as a running task; after a crash it has failed as `INTERRUPTED`. */
  async registerRunningTask(functionTask: FunctionTask): Promise<TaskView> {
    const task = await this.functions.start(functionTask, this.#hookOf(functionTask));
    return this.lookup.ownersView(task);
  }

  /** Shows how far a task is that runs in this process; changes nothing when it has ended. */
  updateTaskDescription(taskId: string, description: string, progress: number | null = null): void {
    this.functions.report(taskId, description, progress);
  }

  /** Whether a task of this type could start now. */
  canRunTask(type: string): CanRunResult {
    return this.checks.canRun(type);
  }

  /** @throws HttpProblem 404 when there is no such task or the viewer may not see it */
  find(viewer: Viewer, taskId: string): Promise<TaskView> {
    return this.lookup.view(viewer, taskId);
  }

  /** The task, or null when it was deleted because of its age or the viewer may not see it. */
  async findOrNull(viewer: Viewer, taskId: string): Promise<TaskView | null> {
    return (await this.findMany(viewer, [taskId])).get(taskId) ?? null;
  }

  /** Those of the tasks that exist and that the viewer may see, by id. */
  findMany(viewer: Viewer, taskIds: readonly string[]): Promise<Map<string, TaskView>> {
    return this.lookup.findMany(viewer, taskIds);
  }

  /** The queued and running tasks of a user or a type, in the order of their submission. */
  unfinished(filter: UnfinishedFilter): Promise<TaskView[]> {
    return this.lookup.unfinished(filter);
  }

  /** The ids of those of the tasks that are queued or running. */
  unfinishedAmong(taskIds: readonly string[]): Promise<string[]> {
    return this.lookup.unfinishedAmong(taskIds);
  }

  /** Whether a queued or running task is this one, runs after it, or names a file of it in its payload. */
  isReferenced(taskId: string): Promise<boolean> {
    return this.lookup.isReferenced(taskId);
  }

  /** What runs and what waits, as a viewer may see it: true counts, and the first page of the lists. */
  getQueueStatus(viewer: Viewer): Promise<QueueStatus> {
    return this.lookup.status(viewer);
  }

  #hookOf(options: Pick<EnqueueOptions, 'inTransaction'>): TransactionHook {
    return async (queries, task) => {
      const transaction: TaskTransaction = new DatabaseTransaction(queries);
      await options.inTransaction?.(transaction, this.lookup.ownersView(task));
    };
  }
}
