import type { TaskStatus } from '@app/contracts';
import type { StateEventType } from './task-events.js';

/**
 * What has to hold of the stored task, besides its status:
 *
 * - `new`: there is no task of this id
 * - `attempt`: it is still at the attempt that was read
 * - `node`: and that attempt is this node's
 * - `lost`: and that attempt's lease has run out, or it belongs to an earlier process of this node
 */
export type Fence = 'new' | 'attempt' | 'node' | 'lost';

/** The times that the database sets to its own clock. */
export type StampedColumn = 'queuedAt' | 'startedAt' | 'completedAt';

export interface TransitionRule {
  /** Statuses that it leads from; none for a new task. */
  readonly from: readonly TaskStatus[];
  readonly to: TaskStatus;
  readonly event: StateEventType;
  readonly fence: Fence;
  readonly firedBy: string;
  readonly stamps: readonly StampedColumn[];
  /** What becomes of the attempt's reservation on its node. */
  readonly reservation: 'none' | 'taken' | 'released';
  /** What becomes of the files of the attempt that it ends. */
  readonly files: 'none' | 'kept' | 'removed';
}

/**
 * Every way in which a task's status may change. A change that is not in the table is an `IllegalTransitionError`,
 * and the statement that makes one repeats `from` and the fence in its condition. A lease is taken when a task
 * becomes running, and dropped by every other transition.
 *
 * Priority and the wish to cancel are no transitions: they leave the status as it is.
 */
export const taskTransitions = {
  submit: {
    from: [],
    to: 'queued',
    event: 'task_queued',
    fence: 'new',
    firedBy: 'a submission',
    stamps: ['queuedAt'],
    reservation: 'none',
    files: 'none',
  },
  submitRunning: {
    from: [],
    to: 'running',
    event: 'task_running',
    fence: 'new',
    firedBy: 'a submission whose own cycle starts it',
    stamps: ['queuedAt', 'startedAt'],
    reservation: 'taken',
    files: 'none',
  },
  register: {
    from: [],
    to: 'running',
    event: 'task_running',
    fence: 'new',
    firedBy: 'a function of this process',
    stamps: ['queuedAt', 'startedAt'],
    reservation: 'taken',
    files: 'none',
  },
  claim: {
    from: ['queued'],
    to: 'running',
    event: 'task_running',
    fence: 'attempt',
    firedBy: 'the scheduling cycle of a node',
    stamps: ['startedAt'],
    reservation: 'taken',
    files: 'none',
  },
  cancelQueued: {
    from: ['queued'],
    to: 'cancelled',
    event: 'task_completed',
    fence: 'attempt',
    firedBy: 'a cancel',
    stamps: ['completedAt'],
    reservation: 'none',
    files: 'kept',
  },
  failQueued: {
    from: ['queued'],
    to: 'failed',
    event: 'task_completed',
    fence: 'attempt',
    firedBy: 'the end of a dependency, or a node that finds that it can never fit',
    stamps: ['completedAt'],
    reservation: 'none',
    files: 'kept',
  },
  complete: {
    from: ['running'],
    to: 'completed',
    event: 'task_completed',
    fence: 'node',
    firedBy: 'the settlement of its attempt',
    stamps: ['completedAt'],
    reservation: 'released',
    files: 'kept',
  },
  fail: {
    from: ['running'],
    to: 'failed',
    event: 'task_completed',
    fence: 'node',
    firedBy: 'the settlement of its attempt',
    stamps: ['completedAt'],
    reservation: 'released',
    files: 'removed',
  },
  cancel: {
    from: ['running'],
    to: 'cancelled',
    event: 'task_completed',
    fence: 'node',
    firedBy: 'the settlement of its attempt',
    stamps: ['completedAt'],
    reservation: 'released',
    files: 'kept',
  },
  requeue: {
    from: ['running'],
    to: 'queued',
    event: 'task_queued',
    fence: 'node',
    firedBy: 'the settlement of its attempt',
    stamps: [],
    reservation: 'released',
    files: 'removed',
  },
  endByAdmin: {
    from: ['running'],
    to: 'failed',
    event: 'task_completed',
    fence: 'attempt',
    firedBy: 'an admin',
    stamps: ['completedAt'],
    reservation: 'released',
    files: 'removed',
  },
  requeueLost: {
    from: ['running'],
    to: 'queued',
    event: 'task_queued',
    fence: 'lost',
    firedBy: 'a node that finds the lease expired',
    stamps: [],
    reservation: 'none',
    files: 'removed',
  },
  failLost: {
    from: ['running'],
    to: 'failed',
    event: 'task_completed',
    fence: 'lost',
    firedBy: 'a node that finds the lease expired',
    stamps: ['completedAt'],
    reservation: 'none',
    files: 'removed',
  },
  cancelLost: {
    from: ['running'],
    to: 'cancelled',
    event: 'task_completed',
    fence: 'lost',
    firedBy: 'a node that finds the lease expired',
    stamps: ['completedAt'],
    reservation: 'none',
    files: 'removed',
  },
  retry: {
    from: ['failed', 'cancelled'],
    to: 'queued',
    event: 'task_queued',
    fence: 'attempt',
    firedBy: 'a person',
    stamps: ['queuedAt'],
    reservation: 'none',
    files: 'kept',
  },
} as const satisfies Record<string, TransitionRule>;

export type TransitionName = keyof typeof taskTransitions;

/** A change of status that the table does not have. */
export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalTransitionError';
  constructor(taskId: string, transition: TransitionName, status: TaskStatus) {
    const { from, to } = ruleOf(transition);
    const allowed = from.length === 0 ? 'a new task' : from.join(' or ');
    super(`Task ${taskId} is ${status}; "${transition}" leads from ${allowed} to ${to}.`);
  }
}

export function ruleOf(transition: TransitionName): TransitionRule {
  return taskTransitions[transition];
}

/** @throws IllegalTransitionError when the table has no such transition from this status */
export function assertTransition(taskId: string, transition: TransitionName, status: TaskStatus): void {
  if (!ruleOf(transition).from.includes(status)) throw new IllegalTransitionError(taskId, transition, status);
}
