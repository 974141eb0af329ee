import type { QueuedTask, ResourceRequest } from '@app/scheduler';
import type { Observable } from 'rxjs';
import type { StopReason } from '../domain/attempt-outcome.js';
import type { Task } from '../domain/task.js';
import type { Reservation } from './reservations.js';
import type { WorkItem } from './work-item.js';

/** An attempt that an executor runs. */
export interface RunningAttempt {
  readonly taskId: string;
  readonly attempt: number;
  readonly taskType: string;
}

export interface DrainResult {
  readonly finished: number;
  readonly requeued: number;
  /** Functions that did not settle, and tasks whose end could not be stored. */
  readonly left: number;
}

/** A shard, or the reduce, of a running task that waits to be admitted. */
export interface WaitingWork {
  readonly item: WorkItem;
  /** As the scheduler sees it; its `id` is unique among all that waits. */
  readonly queued: QueuedTask;
}

/**
 * Runs claimed tasks and stores how they end. The scheduling loop decides what starts and when; the executor owns
 * everything between the claim and the stored end.
 */
export abstract class TaskExecutor {
  /**
   * Capacity was released: an attempt's end is stored, or one of its processes has ended. Carries the task when it went back to
   * the queue, else null.
   */
  abstract readonly capacityReleased$: Observable<Task | null>;

  /** Runs a task that this node has claimed; takes over its reservation. Never throws. */
  abstract start(task: Task, reservation: Reservation): void;

  /**
   * Starts a shard or a reduce that was admitted; takes over the reservation, or releases it when the work waits no
   * more.
   */
  abstract startWaiting(item: WorkItem, reservation: Reservation): void;

  /**
   * Shards and reduces of running tasks that wait to be admitted, bounded per task.
   *
   * @param clockOffsetMs how far the database's clock is ahead of this process's
   */
  abstract waitingWork(clockOffsetMs: number): WaitingWork[];

  /** Stops a task's attempt within the contract's time; false when it does not run here or its end is being stored. */
  abstract stop(taskId: string, reason: StopReason): boolean;

  /** Stops the one process that holds a reservation because memory is short; its next attempt is given `ramMb`. */
  abstract stopForMemory(reservationId: string, ramMb: number): void;

  /** Goes on with a task that an earlier process of this node started, where that is possible; false otherwise. */
  abstract adopt(task: Task): boolean;

  /** All attempts that run here, until their ends are stored. */
  abstract list(): RunningAttempt[];

  /**
   * Waits until nothing runs, for a time at most; what is left then is stopped and returned to the queue.
   *
   * @returns how many tasks have ended, were queued again, and are left
   */
  abstract drain(graceMs: number): Promise<DrainResult>;

  /** The resources in all that attempts may share; null before the first measurement. */
  abstract capacity(): ResourceRequest | null;
}
