/** Why a queued task does not run: typed for programs, with a sentence for people. */
export type WaitKind =
  /** It is the next one, and the machine has no room for it. */
  | 'resources'
  /** It needs the machine to itself, and other tasks still run. */
  | 'alone'
  /** Other tasks come first. */
  | 'behind'
  /** It would fit, and would delay a task that comes first. */
  | 'held'
  | 'paused'
  /** The machine is short of memory. */
  | 'pressure'
  | 'not-before'
  /** The machine was not measured yet. */
  | 'unmeasured';

export interface Waiting {
  readonly id: string;
  /** Place in the whole queue, from 1. */
  readonly position: number;
  readonly kind: WaitKind;
  /** A sentence with figures. */
  readonly reason: string;
  readonly estimatedStartAtMs: number | null;
}

export const pausedReason = 'Queue paused by an admin';
export const unmeasuredReason = 'The machine has not been measured yet';

export function behindReason(tasksAhead: number): string {
  return `Behind ${countTasks(tasksAhead)} in the queue`;
}

export function aloneReason(runningTasks: number): string {
  return `Needs the machine to itself: waits for ${countRunning(runningTasks)} to end`;
}

/** A task of somebody else is not named: its id is not the reader's to know. */
export function heldReason(
  task: { id: string; type: string; userId: string },
  startsAtMs: number,
  readerId: string,
): string {
  const name =
    task.userId === readerId ? `task ${task.id} (${task.type})` : `another user's task (${task.type})`;
  return `Held back for ${name}, which starts at about ${timeOfDay(startsAtMs)}`;
}

export function notBeforeReason(atMs: number): string {
  return `Not to be started again before ${timeOfDay(atMs)}`;
}

function countTasks(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}

function countRunning(count: number): string {
  return count === 1 ? '1 running task' : `${count} running tasks`;
}

function timeOfDay(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`;
}
