import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isVisibleTo, type QueueStatus, type Task as TaskView, type Viewer } from '@app/contracts';
import { resourceRequestOf, type AdmissionDecision, type ResourceRequest } from '@app/scheduler';
import { removeParts } from '../storage/result-files.js';
import { Config } from '../../config/config.js';
import type { Queries } from '../../database/database.js';
import { HttpProblem } from '../../http/http-problem.js';
import { StorageQuota } from '../../quota/storage-quota.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { currentTraceparent } from '../../tracing/trace-context.js';
import type { Accepted } from './accepted.js';
import { IdempotentAnswers, type IdempotentRequest } from './idempotency.js';
import { NodeRegistry } from '../cluster/node-registry.js';
import { LocalExecutor } from '../execution/local-executor.js';
import type { TaskFunction } from '../execution/function-run.js';
import { QueueMirror } from '../scheduling/queue-mirror.js';
import { QueuePositions } from '../scheduling/queue-positions.js';
import { SchedulerState } from '../scheduling/scheduler-state.js';
import { Submissions } from '../scheduling/submissions.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { TaskReads } from '../storage/task-reads.js';
import { TaskStore } from '../storage/task-store.js';
import type { NewTask, TransactionHook } from '../storage/task-writes.js';
import type { Task } from '../domain/task.js';

export interface EnqueueOptions {
  readonly userId: string;
  /** Higher runs sooner; −100 to 100. */
  readonly priority?: number;
  readonly taskId?: string;
  readonly timeoutS?: number;
  /** A task of the same user that has to complete before this one starts; without its success this one fails. */
  readonly runAfter?: string;
  /** Further writes in the transaction that accepts the task. */
  readonly also?: TransactionHook;
}

export interface Submission extends EnqueueOptions {
  readonly type: string;
  readonly payload: unknown;
  readonly idempotency: IdempotentRequest | null;
  /** The body of the answer and where the thing that was asked for can be watched. */
  answer(task: Task): { readonly body: unknown; readonly location: string };
}

export interface FunctionTask {
  readonly taskType: string;
  /** Runs inside the server: it must leave the event loop alone, and ends with the process. */
  readonly taskFunc: TaskFunction;
  readonly userId: string;
  readonly taskId?: string;
  readonly description?: string;
  /** What it needs; as its type's handler declares when absent. */
  readonly demand?: { readonly cpuCores: number; readonly ramGb: number };
  /** Further writes in the transaction that shows it. */
  readonly also?: TransactionHook;
}

const queueFullRetryS = 30;
const changeAttempts = 5;

/**
 * The queue as features see it.
 *
 * @example
 * const task = await taskQueue.enqueue('backtest', payload, { userId, priority: 0 });
 * await taskQueue.updateTaskDescription(task.id, '📊 Backtesting day 15 of 30...');
 */
@Injectable()
export class TaskQueue {
  constructor(
    private readonly config: Config,
    private readonly handlers: TaskHandlers,
    private readonly store: TaskStore,
    private readonly submissions: Submissions,
    private readonly mirror: QueueMirror,
    private readonly positions: QueuePositions,
    private readonly schedulerState: SchedulerState,
    private readonly executor: LocalExecutor,
    private readonly nodes: NodeRegistry,
    private readonly monitor: ResourceMonitor,
    private readonly answers: IdempotentAnswers,
    private readonly quota: StorageQuota,
  ) {}

  /**
   * Accepts a task: it starts at once when the machine has the headroom and waits its turn otherwise.
   * Once this resolves, the task survives any crash.
   *
   * @throws HttpProblem 422 `TASK_TOO_LARGE` when it can never run on any node, 422 `DEPENDENCY_FAILED` when it is
   *   to run after a task that will not complete, 429 `QUEUE_FULL` at the user's cap,
   *   409 `STORAGE_FULL` where the user keeps as much as may be kept
   */
  async enqueue(type: string, payload: unknown, options: EnqueueOptions): Promise<Task> {
    const handler = this.handlers.get(type);
    const valid = handler.payload.parse(payload);
    const requested = resourceRequestOf(handler.demand.cpuCores, handler.demand.ramGb);
    this.#refuseWhatNeverFits(requested);
    this.#refuseBeyondCap(options.userId);
    await this.quota.admit(options.userId);
    // Others of the same user may have come in meanwhile.
    this.#refuseBeyondCap(options.userId);
    const row: NewTask = {
      ...this.#newTask(type, requested, options),
      status: 'queued',
      description: handler.describe(valid),
      payload: valid,
      size: handler.size(valid),
    };
    return this.submissions.submit(row, async (queries, task) => {
      await refuseLostDependency(queries, task);
      await options.also?.(queries, task);
    });
  }

  /** `enqueue` for a request: answered once, however often a client that names the request sends it. */
  async submit(submission: Submission): Promise<Accepted> {
    const { idempotency, userId } = submission;
    const replay = async (): Promise<Accepted | null> => {
      const answer = idempotency && (await this.answers.find(userId, idempotency));
      return answer && { ...answer, replayed: true };
    };
    const known = await replay();
    if (known) return known;
    const answerTo = (task: Task) => ({ status: 202, ...submission.answer(task) });
    try {
      const task = await this.enqueue(submission.type, submission.payload, {
        ...submission,
        also: async (queries, task) => {
          await submission.also?.(queries, task);
          if (idempotency) await this.answers.record(queries, userId, idempotency, answerTo(task));
        },
      });
      return { ...answerTo(task), replayed: false };
    } catch (error) {
      // Sent twice at once: the transaction of the slower one failed on the faster one's key.
      const answered = await replay();
      if (answered) return answered;
      throw error;
    }
  }

  /** Shows a function that runs inside this process as a running task; after a crash it ends as `INTERRUPTED`. */
  async registerRunningTask(options: FunctionTask): Promise<Task> {
    const demand = options.demand ?? this.handlers.get(options.taskType).demand;
    const row: NewTask = {
      ...this.#newTask(options.taskType, resourceRequestOf(demand.cpuCores, demand.ramGb), options),
      nodeId: this.config.nodeId,
      status: 'running',
      description: options.description ?? '',
      payload: {},
      durable: false,
      maxAttempts: 1,
    };
    const task = await this.store.insert(row, null, options.also ?? nothingElse);
    this.executor.startFunction(task, options.taskFunc);
    return task;
  }

  /** Shows people how far a running task of this node is; nothing happens when it runs no more. */
  updateTaskDescription(taskId: string, description: string, progress: number | null = null): void {
    this.executor.report(taskId, description, progress);
  }

  /** What runs and what waits: everybody's for null, else one user's. */
  async getQueueStatus(userId: string | null): Promise<QueueStatus> {
    return this.statusOf(await this.store.unfinished(userId));
  }

  /** Whether a task of this type could start now, with the reason and the figures. */
  canRunTask(type: string): AdmissionDecision {
    const { cpuCores, ramGb } = this.handlers.get(type).demand;
    return this.monitor.canRun({ type, size: 1, requested: resourceRequestOf(cpuCores, ramGb) });
  }

  /** The queue object of the API for tasks that were read before. */
  statusOf(unfinished: readonly Task[]): QueueStatus {
    const views = unfinished.map((task) => this.viewOf(task));
    const queued = views
      .filter((task) => task.status === 'queued')
      .sort((a, b) => (a.queue_position ?? Infinity) - (b.queue_position ?? Infinity));
    const running = views.filter((task) => task.status === 'running');
    return {
      paused: this.schedulerState.isPaused,
      queued_count: queued.length,
      running_count: running.length,
      queued_tasks: queued,
      running_tasks: running,
    };
  }

  viewOf(task: Task): TaskView {
    return task.view(this.positions.of(task.id));
  }

  /** @throws HttpProblem 404 when there is no such task or it is not the viewer's */
  async find(viewer: Viewer, taskId: string): Promise<Task> {
    const task = await this.store.find(taskId);
    if (task === null || !isVisibleTo(viewer, { user_id: task.row.userId })) throw HttpProblem.notFound();
    return task;
  }

  /** Ends a task: a queued one at once, a running one within two seconds. A cancelled one stays as it is. */
  async cancel(viewer: Viewer, taskId: string): Promise<Task> {
    return this.#change(viewer, taskId, async (task) => {
      if (task.row.status === 'cancelled') return task;
      if (task.isSettled)
        throw HttpProblem.conflict('TASK_FINISHED', `The task has already ${task.row.status}.`);
      if (task.isQueued) {
        const cancelled = await this.store.apply(task, task.cancelQueued());
        if (cancelled) {
          this.mirror.onRemoved(taskId);
          await removeParts(this.config.dataDir, taskId);
        }
        return cancelled;
      }
      if (!task.row.durable) {
        throw HttpProblem.conflict(
          'TASK_NOT_CANCELLABLE',
          'The task runs inside the server and cannot be stopped.',
        );
      }
      const amended = await this.store.update(task, { cancelRequested: true });
      if (amended) this.executor.stop(taskId, 'cancelled');
      return amended;
    });
  }

  /** Cancels everything of a user that waits or runs, as when the account is deleted. */
  async cancelAllOf(userId: string): Promise<void> {
    const owner: Viewer = { userId, isAdmin: false };
    for (const task of await this.store.unfinished(userId)) {
      if (task.row.durable) await this.cancel(owner, task.id);
    }
  }

  /** Runs a failed or cancelled task once more, under the same id, as its next attempt. */
  async retry(viewer: Viewer, taskId: string): Promise<Task> {
    return this.#change(viewer, taskId, async (task) => {
      const canRetry = task.row.durable && (task.row.status === 'failed' || task.row.status === 'cancelled');
      if (!canRetry) {
        const why = task.row.durable
          ? `it is ${task.row.status}`
          : 'it ran inside a server process that is gone';
        throw HttpProblem.conflict(
          'TASK_NOT_RETRYABLE',
          `Only failed and cancelled tasks can be retried; ${why}.`,
        );
      }
      this.#refuseBeyondCap(task.row.userId);
      const requeued = await this.store.apply(task, task.retry(currentTraceparent()), refuseLostDependency);
      if (requeued) await this.mirror.onRequeued(requeued);
      return requeued;
    });
  }

  /** Moves a queued task: users may lower theirs to or below 0, admins may do anything from −100 to 100. */
  async setPriority(viewer: Viewer, taskId: string, priority: number): Promise<Task> {
    return this.#change(viewer, taskId, async (task) => {
      if (!task.isQueued) {
        throw HttpProblem.conflict(
          'TASK_NOT_QUEUED',
          `Only a queued task has a priority; it is ${task.row.status}.`,
        );
      }
      if (!viewer.isAdmin && (priority > 0 || priority > task.row.priority)) {
        throw new HttpProblem(
          403,
          'PRIORITY_TOO_HIGH',
          `Users may only lower a priority, to 0 or below; it is ${task.row.priority}.`,
        );
      }
      const amended = await this.store.update(task, { priority });
      if (amended) this.mirror.onUpdated(amended);
      return amended;
    });
  }

  /** Tries a change until it meets the task as it was read: another party may move it at any moment. */
  async #change(viewer: Viewer, taskId: string, change: (task: Task) => Promise<Task | null>): Promise<Task> {
    for (let tries = 0; tries < changeAttempts; tries += 1) {
      const changed = await change(await this.find(viewer, taskId));
      if (changed) return changed;
    }
    throw HttpProblem.conflict('TASK_CHANGING', 'The task changes too fast at the moment; please try again.');
  }

  #newTask(type: string, requested: ResourceRequest, options: EnqueueOptions): NewTask {
    return {
      taskId: options.taskId ?? randomUUID(),
      taskType: type,
      userId: options.userId,
      status: 'queued',
      priority: options.priority ?? 0,
      payload: {},
      size: 1,
      cpuMillicores: requested.cpuMillicores,
      ramMb: requested.ramMb,
      timeoutS: options.timeoutS ?? this.config.tasks.timeoutS,
      durable: true,
      description: '',
      progress: null,
      attempt: 1,
      maxAttempts: this.config.tasks.maxAttempts,
      nodeId: null,
      cancelRequested: false,
      cancellable: true,
      subject: '',
      shardFingerprint: null,
      floorRamMb: null,
      error: null,
      cpuSeconds: null,
      peakRamMb: null,
      runAfter: options.runAfter ?? null,
      traceparent: currentTraceparent(),
    };
  }

  #refuseWhatNeverFits(requested: ResourceRequest): void {
    const reason = this.nodes.infeasibilityReason(requested);
    if (reason !== null) throw new HttpProblem(422, 'TASK_TOO_LARGE', `${reason}.`);
  }

  #refuseBeyondCap(userId: string): void {
    const queued = this.submissions.queuedCountOf(userId);
    const cap = this.config.tasks.maxQueuedPerUser;
    if (queued < cap) return;
    throw new HttpProblem(429, 'QUEUE_FULL', `You have ${queued} tasks queued; at most ${cap} may wait.`, {
      headers: { 'Retry-After': String(queueFullRetryS) },
    });
  }
}

/** Within the transaction, where no end of the other task can come between the look and the write. */
async function refuseLostDependency(queries: Queries, { row }: Task): Promise<void> {
  if (row.runAfter === null) return;
  const before = await new TaskReads(queries).find(row.runAfter);
  if (before?.row.userId !== row.userId) {
    throw new HttpProblem(422, 'DEPENDENCY_FAILED', `There is no task ${row.runAfter} to run after.`);
  }
  if (before.isSettled && !before.hasCompleted) {
    const detail = `Task ${row.runAfter}, which this is to run after, has ${before.row.status}; retry that one first.`;
    throw new HttpProblem(422, 'DEPENDENCY_FAILED', detail);
  }
}

const nothingElse: TransactionHook = () => Promise.resolve();
