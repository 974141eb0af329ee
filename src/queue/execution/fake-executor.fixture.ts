import type { ResourceRequest } from '@app/scheduler';
import { Subject } from 'rxjs';
import type { StopReason } from '../domain/attempt-outcome.js';
import type { Task } from '../domain/task.js';
import type { Reservation } from './reservations.js';
import { TaskExecutor, type DrainResult, type RunningAttempt, type WaitingWork } from './task-executor.js';
import type { WorkItem } from './work-item.js';

/** An executor for tests: remembers what it was told, and runs nothing. */
export class FakeExecutor extends TaskExecutor {
  override readonly capacityReleased$ = new Subject<Task | null>();
  readonly started: Task[] = [];
  readonly startedWork: WorkItem[] = [];
  readonly stopped: { taskId: string; reason: StopReason }[] = [];
  readonly memoryStops: { reservationId: string; ramMb: number }[] = [];
  readonly reservations: Reservation[] = [];
  /** Waiting shards and reduces of running tasks; tests fill it. */
  work: WaitingWork[] = [];
  /** What runs besides the tasks that were started; tests fill it. */
  running: RunningAttempt[] = [];
  /** Tasks that an earlier process has left and that go on. */
  adopted = new Set<string>();
  /** Tasks whose start throws. */
  broken = new Set<string>();
  drained: number | null = null;
  result: DrainResult = { finished: 0, requeued: 0, left: 0 };

  override start(task: Task, reservation: Reservation): void {
    if (this.broken.has(task.id)) throw new Error('no more processes');
    this.started.push(task);
    this.reservations.push(reservation);
  }

  override startWaiting(item: WorkItem, reservation: Reservation): void {
    this.startedWork.push(item);
    this.reservations.push(reservation);
  }

  override waitingWork(): WaitingWork[] {
    return this.work;
  }

  override stop(taskId: string, reason: StopReason): boolean {
    this.stopped.push({ taskId, reason });
    return true;
  }

  override stopForMemory(reservationId: string, ramMb: number): void {
    this.memoryStops.push({ reservationId, ramMb });
  }

  override adopt(task: Task): boolean {
    return this.adopted.has(task.id);
  }

  override list(): RunningAttempt[] {
    const started = this.started.map(({ row: { taskId, attempt, taskType } }) => ({
      taskId,
      attempt,
      taskType,
    }));
    return [...started, ...this.running];
  }

  override drain(graceMs: number): Promise<DrainResult> {
    this.drained = graceMs;
    return Promise.resolve(this.result);
  }

  override capacity(): ResourceRequest | null {
    return null;
  }
}
