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
  submit: rule([], 'queued', 'new', 'a submission', 'none', 'none', ['queuedAt']),
  submitRunning: rule([], 'running', 'new', 'a submission whose own cycle starts it', 'taken', 'none', [
    'queuedAt',
    'startedAt',
  ]),
  register: rule([], 'running', 'new', 'a function of this process', 'taken', 'none', [
    'queuedAt',
    'startedAt',
  ]),
  claim: rule(['queued'], 'running', 'attempt', 'the scheduling cycle of a node', 'taken', 'none', ['startedAt']),
  cancelQueued: rule(['queued'], 'cancelled', 'attempt', 'a cancel', 'none', 'kept', ['completedAt']),
  failQueued: rule(
    ['queued'],
    'failed',
    'attempt',
    'the end of a dependency, or a node that finds that it can never fit',
    'none',
    'kept',
    ['completedAt'],
  ),
  complete: rule(['running'], 'completed', 'node', 'the settlement of its attempt', 'released', 'kept', [
    'completedAt',
  ]),
  fail: rule(['running'], 'failed', 'node', 'the settlement of its attempt', 'released', 'removed', [
    'completedAt',
  ]),
  cancel: rule(['running'], 'cancelled', 'node', 'the settlement of its attempt', 'released', 'kept', [
    'completedAt',
  ]),
  requeue: rule(['running'], 'queued', 'node', 'the settlement of its attempt', 'released', 'removed', []),
  endByAdmin: rule(['running'], 'failed', 'attempt', 'an admin', 'released', 'kept', ['completedAt']),
  requeueLost: rule(['running'], 'queued', 'lost', 'a node that finds the lease expired', 'none', 'removed', []),
  failLost: rule(['running'], 'failed', 'lost', 'a node that finds the lease expired', 'none', 'removed', [
    'completedAt',
  ]),
  cancelLost: rule(['running'], 'cancelled', 'lost', 'a node that finds the lease expired', 'none', 'removed', [
    'completedAt',
  ]),
  retry: rule(['failed', 'cancelled'], 'queued', 'attempt', 'a person', 'none', 'kept', ['queuedAt']),
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

const eventOf = { queued: 'task_queued', running: 'task_running' } as const;

function rule(
  from: readonly TaskStatus[],
  to: TaskStatus,
  fence: Fence,
  firedBy: string,
  reservation: TransitionRule['reservation'],
  files: TransitionRule['files'],
  stamps: readonly StampedColumn[],
): TransitionRule {
  const event = to === 'queued' || to === 'running' ? eventOf[to] : 'task_completed';
  return { from, to, event, fence, firedBy, reservation, files, stamps };
}
