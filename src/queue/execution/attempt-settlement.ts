import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../clock/clock.js';
import { DatabaseTransaction } from '../../database/database-transaction.js';
import { causesOf } from '../../logging/causes.js';
import { errorMessage } from '../../logging/error-message.js';
import { redact } from '../../logging/redact.js';
import { transitionAfterEnd, type AttemptEnd } from '../domain/attempt-outcome.js';
import { taskError } from '../domain/task-error-codes.js';
import { resultUrlOf, TaskHandlers } from '../domain/task-handlers.js';
import { viewFor } from '../domain/task-view.js';
import type { Task, Transition } from '../domain/task.js';
import { ShardStore } from '../storage/shard-store.js';
import { TaskStore } from '../storage/task-store.js';
import type { TransactionHook } from '../storage/task-writes.js';
import { AttemptFiles } from './attempt-files.js';
import type { Attempt, FinishedAttempt } from './attempt.js';
import { ExecutionEvents } from './execution-events.js';

const retryDelayMs = 1000;

/** What became of an attempt's end. */
export interface Settlement {
  /** The task as it is now; null when the fence refused the end. */
  readonly after: Task | null;
  /** Whether the stored end refers to the attempt's result. */
  readonly hasResult: boolean;
}

const nothingStored: Settlement = { after: null, hasResult: false };

/**
 * Stores how attempts end.
 *
 * A database that is away is waited for: the result of a run is not thrown away because of it. An end that the
 * database rejects, or whose handler throws, becomes a failed end, `RESULT_INVALID`, which can always be stored. An
 * end that the fence refuses changes nothing: the task is another attempt's by now.
 */
@Injectable()
export class AttemptSettlement {
  readonly #logger = new Logger('AttemptSettlement');

  constructor(
    private readonly handlers: TaskHandlers,
    private readonly store: TaskStore,
    private readonly shards: ShardStore,
    private readonly files: AttemptFiles,
    private readonly events: ExecutionEvents,
    private readonly clock: Clock,
  ) {}

  /** Stores an attempt's end; never rejects. */
  async settle(attempt: Attempt, finished: FinishedAttempt): Promise<Settlement> {
    const { task } = attempt;
    const endedAtMs = this.clock.steadyMs();
    const settlement = await this.#store(attempt, finished);
    if (settlement.after === null) {
      this.#logger.warn(`Attempt ${task.row.attempt} of task ${task.id} was lost meanwhile.`);
    } else {
      this.events.publishSettled({ before: task.row, after: settlement.after.row, endedAtMs });
    }
    return settlement;
  }

  /** Removes the files of an attempt that its stored end does not refer to; never rejects. */
  async removeFiles({ task }: Attempt, { after, hasResult }: Settlement): Promise<void> {
    await this.files.removeAfter(task, after, hasResult);
  }

  async #store(attempt: Attempt, { end, keptSummary }: FinishedAttempt): Promise<Settlement> {
    const { task } = attempt;
    try {
      const transition = this.#transitionAfter(attempt, end);
      if (transition === null) return nothingStored;
      const summary = end.type === 'done' ? { value: end.summary } : keptSummary;
      const hook = summary === null ? undefined : this.#completion(task, summary.value);
      const after = await this.#apply(task, transition, hook);
      return { after, hasResult: after !== null && summary !== null };
    } catch (error) {
      return { after: await this.#storeRejected(attempt, messageOf(error)), hasResult: false };
    }
  }

  /** An end that cannot be stored becomes one that can: first with the reason, else with a fixed sentence. */
  async #storeRejected({ task, measured }: Attempt, reason: string): Promise<Task | null> {
    this.#logger.error(`The end of task ${task.id} was rejected: ${reason}`);
    const fixed = 'The end of the task could not be stored.';
    for (const message of [`The end of the task could not be stored: ${reason}`, fixed]) {
      try {
        return await this.#apply(task, task.fail(taskError('RESULT_INVALID', message), measured));
      } catch (error) {
        this.#logger.error(`The failure of task ${task.id} was rejected: ${messageOf(error)}`);
      }
    }
    // The lease runs out, and the task is taken up like one whose node is gone.
    return null;
  }

  #transitionAfter({ task, measured, retryRamMb }: Attempt, end: AttemptEnd): Transition | null {
    const retryPolicy = this.handlers.find(task.row.taskType)?.retry ?? null;
    return transitionAfterEnd(task, end, { measured, retryRamMb, retryPolicy });
  }

  /** What commits with the end of a task that has a result. A function keeps its own result, if it has one. */
  #completion(task: Task, summary: unknown): TransactionHook {
    const handler = task.row.durable ? this.handlers.find(task.row.taskType) : null;
    return async (queries, settled) => {
      const transaction = new DatabaseTransaction(queries);
      const view = viewFor({ isAdmin: true }, settled.view(null), resultUrlOf(handler, task.id));
      await handler?.completed?.(transaction, view, summary, this.files.resultFile(task));
      if (handler?.shards && settled.hasCompleted) await this.shards.forget(queries, [task.id]);
    };
  }

  #apply(task: Task, transition: Transition, hook?: TransactionHook): Promise<Task | null> {
    let isFirst = true;
    return this.store.applyWithRetry(task, transition, hook, async (error) => {
      if (isFirst) this.#logger.error(`The end of task ${task.id} cannot be stored yet: ${messageOf(error)}`);
      isFirst = false;
      await this.clock.delay(retryDelayMs);
    });
  }
}

/** The innermost cause, which names what the database refused; the outer message may hold a whole statement. */
function messageOf(error: unknown): string {
  return redact(errorMessage(error instanceof Error ? causesOf(error).at(-1) : error));
}
