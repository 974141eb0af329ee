import { Injectable } from '@nestjs/common';
import { maxBulkTasks, type BulkResult, type Viewer } from '@app/contracts';
import { HttpProblem } from '../../problems/http-problem.js';
import { currentTraceparent } from '../../telemetry/trace-context.js';
import type { Task } from '../domain/task.js';
import { TaskExecutor } from '../execution/task-executor.js';
import { QueueMirror } from '../scheduling/queue-mirror.js';
import { TaskHistory, type TaskFilter } from '../storage/task-history.js';
import { TaskStore } from '../storage/task-store.js';
import { assertDependency } from './submission-checks.js';
import { UserQueueLimit } from './user-queue-limit.js';
import { findVisibleTask } from './visible-task.js';

/** How often a change is tried that meets the task in another state than it was read in. */
const maxTries = 5;
/** Bulk commands run so many changes at once: as many as the store writes in one transaction. */
const bulkChunk = 64;

/** One change of a task as it was read; null when the task was another one by then. */
type Change = (task: Task) => Promise<Task | null>;

/** What people do to tasks: cancel, retry, move, end. Each command sees only what its viewer may see. */
@Injectable()
export class TaskCommands {
  constructor(
    private readonly store: TaskStore,
    private readonly history: TaskHistory,
    private readonly mirror: QueueMirror,
    private readonly executor: TaskExecutor,
    private readonly queueLimit: UserQueueLimit,
  ) {}

  /**
   * Ends a task: a queued one at once, a running one within the contract's time. A cancelled one stays as it is.
   *
   * @throws HttpProblem 404, 409 `TASK_FINISHED`, 409 `TASK_NOT_CANCELLABLE`, 409 `TASK_CHANGING`
   */
  cancel(viewer: Viewer, taskId: string): Promise<Task> {
    return this.#change(viewer, taskId, this.#cancel);
  }

  /**
   * Runs a failed or cancelled task once more, under the same id, as its next attempt.
   *
   * @throws HttpProblem 404, 409 `TASK_NOT_RETRYABLE`, 409 `TASK_CHANGING`, 422 `DEPENDENCY_FAILED`, 429 `QUEUE_FULL`
   */
  retry(viewer: Viewer, taskId: string): Promise<Task> {
    return this.#change(viewer, taskId, this.#retry);
  }

  /**
   * Moves a queued task. Users may lower their tasks to or below 0, admins may set anything from −100 to 100.
   *
   * @throws HttpProblem 404, 403 `PRIORITY_TOO_HIGH`, 409 `TASK_NOT_QUEUED`, 409 `TASK_CHANGING`
   */
  setPriority(viewer: Viewer, taskId: string, priority: number): Promise<Task> {
    return this.#change(viewer, taskId, async (task) => {
      if (!task.isQueued) {
        throw HttpProblem.conflict(
          'TASK_NOT_QUEUED',
          `Only a queued task can be moved; this one is ${task.row.status}.`,
        );
      }
      if (!viewer.isAdmin && (priority > 0 || priority > task.row.priority)) {
        throw new HttpProblem(
          403,
          'PRIORITY_TOO_HIGH',
          `Users may only lower a priority, to 0 or below; it is ${task.row.priority}.`,
        );
      }
      const updated = await this.store.update(task, { priority });
      if (updated) this.mirror.onUpdated(updated);
      return updated;
    });
  }

  /**
   * Ends a running task whose process cannot be reached: it has failed from now on. The node that runs it stops the
   * attempt and frees what it reserved, this node at once, another one when it next renews its leases.
   *
   * @throws HttpProblem 404, 409 `TASK_FINISHED`, 409 `TASK_NOT_RUNNING`, 409 `TASK_CHANGING`
   */
  end(admin: Viewer, taskId: string): Promise<Task> {
    return this.#change(admin, taskId, async (task) => {
      if (task.isSettled) throw finished(task);
      if (!task.isRunning) {
        throw HttpProblem.conflict(
          'TASK_NOT_RUNNING',
          'Only a running task can be ended; this one is queued, so cancel it.',
        );
      }
      const message = 'An admin ended it because its process could not be reached.';
      const ended = await this.store.apply(task, task.endByAdmin(message));
      if (ended) this.executor.stop(taskId, 'lost');
      return ended;
    });
  }

  /** Cancels the oldest tasks that a filter matches, `maxBulkTasks` at most. */
  cancelMany(viewer: Viewer, filter: TaskFilter): Promise<BulkResult> {
    return this.#changeMany(viewer, filter, this.#cancel);
  }

  /** Retries the oldest tasks that a filter matches, `maxBulkTasks` at most. */
  retryMany(viewer: Viewer, filter: TaskFilter): Promise<BulkResult> {
    return this.#changeMany(viewer, filter, this.#retry);
  }

  /** Cancels everything of a user that waits or runs and can be cancelled, as when the account is deleted. */
  async cancelAllOf(userId: string): Promise<void> {
    const owner: Viewer = { userId, isAdmin: false };
    await this.#refusals(owner, await this.store.unfinished(userId), this.#cancel);
  }

  readonly #cancel: Change = async (task) => {
    if (task.row.status === 'cancelled') return task;
    if (task.isSettled) throw finished(task);
    if (task.isQueued) {
      const cancelled = await this.store.apply(task, task.cancelQueued());
      if (cancelled) this.mirror.onRemoved(task.id);
      return cancelled;
    }
    if (!task.row.cancellable) {
      throw HttpProblem.conflict(
        'TASK_NOT_CANCELLABLE',
        'The task is a function of the server that takes no abort signal, so it cannot be stopped.',
      );
    }
    const updated = await this.store.update(task, { cancelRequested: true });
    if (updated) this.executor.stop(task.id, 'cancelled');
    return updated;
  };

  readonly #retry: Change = async (task) => {
    const { durable, status, userId } = task.row;
    if (!durable || (status !== 'failed' && status !== 'cancelled')) {
      const why = durable ? `this one is ${status}` : 'this one was a function of a server process';
      throw HttpProblem.conflict(
        'TASK_NOT_RETRYABLE',
        `Only failed and cancelled tasks can be retried; ${why}.`,
      );
    }
    return this.queueLimit.requeue(userId, async () => {
      const queued = await this.store.apply(task, task.retry(currentTraceparent()), assertDependency);
      if (queued) await this.mirror.onRequeued(queued);
      return queued;
    });
  };

  async #change(viewer: Viewer, taskId: string, change: Change): Promise<Task> {
    return this.#apply(viewer, await findVisibleTask(this.store, viewer, taskId), change);
  }

  /** Tries a change until it meets the task as it was read: another party may change it at any moment. */
  async #apply(viewer: Viewer, task: Task, change: Change): Promise<Task> {
    let read = task;
    for (let tries = 1; ; tries += 1) {
      const changed = await change(read);
      if (changed) return changed;
      if (tries === maxTries) {
        throw HttpProblem.conflict(
          'TASK_CHANGING',
          'The task changes too fast at the moment; please try again.',
        );
      }
      read = await findVisibleTask(this.store, viewer, task.id);
    }
  }

  async #changeMany(viewer: Viewer, filter: TaskFilter, change: Change): Promise<BulkResult> {
    const found = await this.history.oldest(filter, maxBulkTasks);
    const skipped: BulkResult['skipped'] = unknownIds(filter, found);
    // A list of ids is never longer than one command may be.
    const matched = filter.ids === undefined ? await this.history.count(filter) : found.length;
    const codes = await this.#refusals(viewer, found, change);
    codes.forEach((code, n) => {
      if (code !== null) skipped.push({ task_id: found[n]!.id, code });
    });
    const done = codes.filter((code) => code === null).length;
    return { matched: Math.max(matched, found.length), done, skipped };
  }

  /** Changes many tasks; for each the code that it was refused with, null when it was changed. */
  async #refusals(viewer: Viewer, tasks: readonly Task[], change: Change): Promise<(string | null)[]> {
    const codes: (string | null)[] = [];
    for (let at = 0; at < tasks.length; at += bulkChunk) {
      const chunk = tasks.slice(at, at + bulkChunk);
      codes.push(...(await Promise.all(chunk.map((task) => this.#refusalOf(viewer, task, change)))));
    }
    return codes;
  }

  /** The code that a change of one task is refused with; null when it was made. */
  async #refusalOf(viewer: Viewer, task: Task, change: Change): Promise<string | null> {
    try {
      await this.#apply(viewer, task, change);
      return null;
    } catch (error) {
      if (error instanceof HttpProblem && error.status < 500) return error.code;
      throw error;
    }
  }
}

/** Ids that belong to no task which the viewer may see: to the viewer they do not exist. */
function unknownIds({ ids = [] }: TaskFilter, found: readonly Task[]): BulkResult['skipped'] {
  const known = new Set(found.map(({ id }) => id));
  return ids.filter((id) => !known.has(id)).map((task_id) => ({ task_id, code: 'NOT_FOUND' }));
}

function finished({ row: { status } }: Task): HttpProblem {
  return HttpProblem.conflict(
    'TASK_FINISHED',
    `The task has already ${status === 'cancelled' ? 'been ' : ''}${status}.`,
  );
}
