/**
 * Why a queued task does not run, for programs.
 *
 * The scheduler itself never uses `dependency`, `user_limit` or `no_node`: its callers keep such tasks out of the
 * scheduling cycle.
 */
export type WaitKind =
  /** The machine has too little free CPU for it. */
  | 'cpu'
  /** The machine has too little free RAM for it, or too little of both. */
  | 'ram'
  /** Other tasks come first. */
  | 'behind'
  /** It would fit now, but it would delay a task that comes first. */
  | 'held_back'
  /** It needs the machine to itself, and other tasks are running. */
  | 'exclusive'
  /** The machine is short of memory, so nothing starts. */
  | 'pressure'
  /** An admin has paused the queue. */
  | 'paused'
  /** A task that it depends on has not completed. */
  | 'dependency'
  /** It failed before, and its next attempt is delayed. */
  | 'retry_delay'
  /** Its user has reached a limit. */
  | 'user_limit'
  /** No node that runs tasks is connected. */
  | 'no_node'
  /** The server has just started and has not measured the machine yet. */
  | 'starting';

/** Why a task waits: a kind for programs, and one sentence for admins and one for other users. */
export interface WaitReason {
  readonly kind: WaitKind;
  /** The sentence for admins, with the figures of the machine. */
  readonly reason: string;
  /** The sentence for the task's user: no figure of the machine, and nothing about the tasks of other users. */
  readonly userReason: string;
}

/** A queued task that does not start, with its place and its reason. */
export interface Waiting extends WaitReason {
  readonly id: string;
  /** Place in the whole queue, from 1. */
  readonly position: number;
  readonly estimatedStartAtMs: number | null;
}

export function waitPaused(): WaitReason {
  return sameForAll('paused', 'Queue paused by an admin');
}

export function waitStarting(): WaitReason {
  return {
    kind: 'starting',
    reason: 'Waiting: the machine has not been measured yet',
    userReason: 'Waiting: the server is starting',
  };
}

/** @param shortage which memory figure is too low or too high, see `memoryShortage` */
export function waitForMemoryPressure(shortage: string): WaitReason {
  return { kind: 'pressure', reason: shortage, userReason: 'Waiting: the machine is short of memory' };
}

export function waitBehind(tasksAhead: number): WaitReason {
  return sameForAll('behind', `Behind ${tasksAhead === 1 ? '1 task' : `${tasksAhead} tasks`} in the queue`);
}

export function waitForExclusiveUse(runningTasks: number): WaitReason {
  const others = runningTasks === 1 ? '1 running task' : `${runningTasks} running tasks`;
  return {
    kind: 'exclusive',
    reason: `Needs the machine to itself: waiting for ${others} to end`,
    userReason: 'Needs the machine to itself: waiting for the running tasks to end',
  };
}

/**
 * @param head the task at the head of the queue
 * @param headStartMs when the head is expected to start
 * @param userId the user of the waiting task; the id and type of another user's head are not shown to them
 */
export function waitForHead(
  head: { readonly id: string; readonly type: string; readonly userId: string },
  headStartMs: number,
  userId: string,
): WaitReason {
  const named = `task ${head.id} (${head.type})`;
  const startsAt = `which starts at about ${timeOfDay(headStartMs)}`;
  return {
    kind: 'held_back',
    reason: `Held back for ${named}, ${startsAt}`,
    userReason: `Held back for ${head.userId === userId ? named : "another user's task"}, ${startsAt}`,
  };
}

export function waitForRetry(notBeforeMs: number): WaitReason {
  return sameForAll(
    'retry_delay',
    `Waiting to retry: the next attempt starts after ${timeOfDay(notBeforeMs)}`,
  );
}

function sameForAll(kind: WaitKind, reason: string): WaitReason {
  return { kind, reason, userReason: reason };
}

function timeOfDay(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`;
}
