import type { TaskError } from '@app/contracts';
import type { RetryPolicy } from '@app/tasks-sdk';
import { taskError } from './task-error-codes.js';
import type { Measured, Task, Transition } from './task.js';

const stopReasons = ['cancelled', 'time-limit', 'returned', 'memory', 'lost', 'abandoned'] as const;

/**
 * Why an attempt is stopped. `returned`: its node shuts down; `memory`: the memory guard chose it; `lost`: another
 * node has the task by now; `abandoned`: another shard of the task has ended it.
 */
export type StopReason = (typeof stopReasons)[number];

/** How an attempt, or one process of it, ended. */
export type AttemptEnd =
  | { readonly type: 'done'; readonly summary: unknown }
  | { readonly type: 'failed'; readonly error: TaskError }
  /** By the system, as it does when memory runs out. */
  | { readonly type: 'killed' }
  /** No process could be started. */
  | { readonly type: 'spawn-failed'; readonly message: string }
  | { readonly type: 'stopped'; readonly reason: StopReason };

export const endLabels: readonly string[] = ['done', 'failed', 'killed', 'spawn-failed', ...stopReasons];

/** `done`, `failed`, `killed`, `spawn-failed`, or why it was stopped: for metrics and traces. */
export function endLabel(end: AttemptEnd): string {
  return end.type === 'stopped' ? end.reason : end.type;
}

/** Whether a process ended because memory was short, which may pass. */
export function isMemoryEnd(end: AttemptEnd): boolean {
  return end.type === 'killed' || (end.type === 'stopped' && end.reason === 'memory');
}

export interface OutcomeContext {
  readonly measured: Measured;
  /** RAM that the memory guard asks for at the next attempt. */
  readonly retryRamMb: number | null;
  readonly retryPolicy: RetryPolicy | null;
}

/** How much more RAM than it asked for or reached a task gets after the system has killed it. */
const killedFloorFactor = 1.3;
const interrupted = 'The server stopped while this task ran inside it.';
const firstDelayMs = 1000;
const maxDelayMs = 60_000;

/** The transition that an end leads to; null where the attempt is no longer this node's to end. */
export function transitionAfterEnd(task: Task, end: AttemptEnd, context: OutcomeContext): Transition | null {
  const { measured } = context;
  switch (end.type) {
    case 'done':
      return task.complete(measured);
    case 'failed':
      return afterFailure(task, end.error, context);
    case 'killed': {
      const floorRamMb = Math.ceil(killedFloorFactor * Math.max(measured.peakRamMb ?? 0, task.row.ramMb));
      return retryOrFail(task, { floorRamMb }, measured, (attempts) =>
        outOfMemory(
          `The system killed the task's process${attempts}, as it does when memory runs out.`,
          measured,
        ),
      );
    }
    case 'spawn-failed': {
      return retryOrFail(task, {}, measured, (attempts) =>
        taskError('SPAWN_FAILED', `The task's process could not be started${attempts}: ${end.message}`),
      );
    }
    case 'stopped':
      return afterStop(task, end.reason, context);
  }
}

/**
 * The transition of a task whose node is gone. The first attempt goes on at once, before all that came after it; a
 * task that is lost again may be what ends the nodes, and pauses for 1, 2, 4 … seconds, a minute at most.
 */
export function transitionAfterLoss(task: Task): Transition {
  const { row } = task;
  if (row.cancelRequested) return task.cancelLost();
  if (!row.durable) return task.failLost('INTERRUPTED', interrupted);
  if (task.hasAttemptsLeft) {
    const endedBy = taskError('NODE_LOST', 'The node that ran it was lost.');
    return task.requeueLost({ endedBy, ...(row.attempt > 1 && { delayMs: backoffMs(row.attempt - 1) }) });
  }
  return task.failLost('NODE_LOST', `The node that ran it was lost in each of ${row.attempt} attempts.`);
}

function afterFailure(task: Task, error: TaskError, { measured, retryPolicy }: OutcomeContext): Transition {
  const { attempt } = task.row;
  if (retryPolicy?.codes.includes(error.code) && attempt < retryPolicy.maxAttempts) {
    const delayS = Math.min(retryPolicy.maxDelayS, retryPolicy.firstDelayS * 2 ** (attempt - 1));
    return task.requeue({ delayMs: 1000 * delayS, endedBy: error });
  }
  const isMemory = error.code === 'OUT_OF_MEMORY';
  return task.fail(isMemory ? outOfMemory(error.message, measured) : error, measured);
}

function afterStop(task: Task, reason: StopReason, context: OutcomeContext): Transition | null {
  const { measured, retryRamMb } = context;
  switch (reason) {
    case 'cancelled':
      return task.cancel(measured);
    case 'time-limit':
      return task.fail(
        taskError('TIME_LIMIT', `The task ran longer than its limit of ${task.row.timeoutS} s.`),
        measured,
      );
    case 'returned': {
      if (!task.row.durable) return task.fail(taskError('INTERRUPTED', interrupted), measured);
      return task.requeue({
        grantAttempt: true,
        endedBy: taskError('INTERRUPTED', 'Its node shut down and returned it to the queue.'),
      });
    }
    case 'memory': {
      const options = retryRamMb === null ? {} : { floorRamMb: retryRamMb };
      return retryOrFail(task, options, measured, (attempts) =>
        outOfMemory(`The machine ran out of memory${attempts}.`, measured),
      );
    }
    case 'lost':
    case 'abandoned':
      return null;
  }
}

/** `errorOf` gets the words that say in how many attempts it happened; none for the history of a single one. */
function retryOrFail(
  task: Task,
  options: { floorRamMb?: number },
  measured: Measured,
  errorOf: (attempts: string) => TaskError,
): Transition {
  const { durable, attempt } = task.row;
  if (!durable || !task.hasAttemptsLeft)
    return task.fail(errorOf(` in each of ${attempt} attempts`), measured);
  return task.requeue({ ...options, delayMs: backoffMs(attempt), endedBy: errorOf('') });
}

function outOfMemory(message: string, { peakRamMb }: Measured): TaskError {
  return taskError(
    'OUT_OF_MEMORY',
    peakRamMb === null ? message : `${message} Its measured peak was ${peakRamMb} MB.`,
  );
}

/** 1, 2, 4 … seconds after so many attempts, a minute at most. */
function backoffMs(attempts: number): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (attempts - 1));
}
