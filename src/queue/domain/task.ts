import type { TaskError } from '@app/contracts';
import type { QueuedTask, TaskShape } from '@app/scheduler';
import type { QueuePosition } from './queue-position.js';
import { assertTransition, type StampedColumn, type TransitionName } from './task-transitions.js';
import type { TaskRow } from './task-row.js';
import { taskError, type TaskErrorCode } from './task-error-codes.js';
import { storedTaskView, type StoredTaskView } from './task-view.js';

/** A change of a task's status: a row of the table of transitions, and what it sets besides. */
export interface Transition {
  readonly name: TransitionName;
  /** Columns besides the status, the lease and the times that the table says the database stamps. */
  readonly set: Partial<Omit<TaskRow, 'status' | 'leaseExpiresAt' | 'notBefore' | StampedColumn>> & {
    readonly startedAt?: null;
    readonly completedAt?: null;
  };
  /** How long a task that goes back to the queue waits before it may start, in ms. */
  readonly delayMs?: number;
  /** What ended the attempt, for its history, where the task itself keeps no error. */
  readonly endedBy?: TaskError;
}

/** What an attempt's processes used. */
export interface Measured {
  readonly cpuSeconds: number | null;
  readonly peakRamMb: number | null;
}

export const unmeasured: Measured = { cpuSeconds: null, peakRamMb: null };

export interface RequeueOptions {
  readonly delayMs?: number;
  /** The least RAM that the next attempt is given. */
  readonly floorRamMb?: number;
  /** The attempt that ends does not count against the maximum. */
  readonly grantAttempt?: boolean;
  /** What ended the attempt, for its history. */
  readonly endedBy?: TaskError;
}

/**
 * A task as it was read, and the transitions that lead on from there.
 *
 * A transition only describes the change. `TaskStore.apply` makes it, on the condition of the transition's fence: of
 * two parties that try, one succeeds, and a report of a lost attempt changes nothing.
 *
 * @throws IllegalTransitionError from every method that returns a transition which does not lead from the task's status
 */
export class Task {
  constructor(readonly row: TaskRow) {}

  get id(): string {
    return this.row.taskId;
  }

  get isQueued(): boolean {
    return this.row.status === 'queued';
  }

  get isRunning(): boolean {
    return this.row.status === 'running';
  }

  get isSettled(): boolean {
    return !this.isQueued && !this.isRunning;
  }

  get hasCompleted(): boolean {
    return this.row.status === 'completed';
  }

  get hasAttemptsLeft(): boolean {
    return this.row.attempt < this.row.maxAttempts;
  }

  claim(nodeId: string): Transition {
    return this.#transition('claim', { nodeId });
  }

  complete(measured: Measured): Transition {
    return this.#transition('complete', { ...measured, error: null, progress: 1 });
  }

  fail(error: TaskError, measured: Measured): Transition {
    return this.#transition('fail', { ...measured, error });
  }

  cancel(measured: Measured): Transition {
    return this.#transition('cancel', { ...measured, error: cancelled });
  }

  cancelQueued(): Transition {
    return this.#transition('cancelQueued', { error: cancelled });
  }

  failQueued(code: TaskErrorCode, message: string): Transition {
    return this.#transition('failQueued', { error: taskError(code, message) });
  }

  endByAdmin(message: string): Transition {
    return this.#transition('endByAdmin', { error: taskError('ENDED_BY_ADMIN', message) });
  }

  /** Back to the queue as the next attempt, in the place that its first submission earned. */
  requeue(options: RequeueOptions = {}): Transition {
    return this.#requeueAs('requeue', options);
  }

  /** The same by a node that found the attempt's lease expired. */
  requeueLost(options: RequeueOptions = {}): Transition {
    return this.#requeueAs('requeueLost', options);
  }

  failLost(code: TaskErrorCode, message: string): Transition {
    return this.#transition('failLost', { error: taskError(code, message) });
  }

  cancelLost(): Transition {
    return this.#transition('cancelLost', { error: cancelled });
  }

  /** Runs a finished task once more on request; the attempt is granted whatever the maximum. */
  retry(traceparent: string | null): Transition {
    const { set } = this.#requeueAs('retry', { grantAttempt: !this.hasAttemptsLeft });
    return { name: 'retry', set: { ...set, cpuSeconds: null, peakRamMb: null, traceparent } };
  }

  shape(): TaskShape {
    const { row } = this;
    return {
      type: row.taskType,
      size: row.size,
      requested: { cpuMillicores: row.cpuMillicores, ramMb: row.ramMb },
      ...(row.floorRamMb !== null && { floorRamMb: row.floorRamMb }),
    };
  }

  /**
   * As the scheduler sees it in the queue.
   *
   * @param offsetMs how far the database's clock is ahead of this process's
   */
  asQueued(offsetMs: number): QueuedTask {
    const { row } = this;
    return {
      ...this.shape(),
      id: row.taskId,
      userId: row.userId,
      priority: row.priority,
      queuedAtMs: row.queuedAt.getTime() - offsetMs,
      sequence: row.sequence,
      ...(row.notBefore !== null && { notBeforeMs: row.notBefore.getTime() - offsetMs }),
    };
  }

  /** As admins see it, and as its events keep it; `TaskViews` shows it to a viewer. */
  view(position: QueuePosition | null): StoredTaskView {
    return storedTaskView(this.row, this.isQueued ? position : null);
  }

  #requeueAs(name: TransitionName, options: RequeueOptions): Transition {
    const { delayMs, floorRamMb, grantAttempt, endedBy } = options;
    const attempt = this.row.attempt + 1;
    const set: Transition['set'] = {
      attempt,
      maxAttempts: Math.max(this.row.maxAttempts + (grantAttempt ? 1 : 0), attempt),
      startedAt: null,
      completedAt: null,
      nodeId: null,
      cancelRequested: false,
      progress: null,
      error: null,
      ...(floorRamMb !== undefined && { floorRamMb }),
    };
    return {
      ...this.#transition(name, set),
      ...(delayMs !== undefined && { delayMs }),
      ...(endedBy !== undefined && { endedBy }),
    };
  }

  #transition(name: TransitionName, set: Transition['set']): Transition {
    assertTransition(this.id, name, this.row.status);
    return { name, set };
  }
}

const cancelled: TaskError = { code: 'CANCELLED', message: 'Cancelled on request.' };

/** How many there are of each task type. */
export function countByType(tasks: Iterable<Task>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { row } of tasks) counts.set(row.taskType, (counts.get(row.taskType) ?? 0) + 1);
  return counts;
}
