import { Injectable, Logger } from '@nestjs/common';
import type { ResourceRequest } from '@app/scheduler';
import type { TaskFunction } from '@app/tasks-sdk';
import { Subject } from 'rxjs';
import { Clock } from '../../clock/clock.js';
import type { StopReason } from '../domain/attempt-outcome.js';
import type { Task } from '../domain/task.js';
import { AttemptRegistry } from './attempt-registry.js';
import { AttemptSettlement } from './attempt-settlement.js';
import { Attempt, type FinishedAttempt, type Role } from './attempt.js';
import { FunctionRun } from './function-run.js';
import { ProgressBuffer } from './progress-buffer.js';
import { Reservations, type Reservation } from './reservations.js';
import { TaskExecutor, type DrainResult, type RunningAttempt, type WaitingWork } from './task-executor.js';
import { WorkFactory } from './work-factory.js';
import type { WorkItem } from './work-item.js';

/** What waits of one sharded task is shown to the scheduler up to this. */
const maxWaitingPerTask = 64;
const pollMs = 20;
const stopGraceMs = 3_000;
const logLimitMs = 5_000;

/** Runs tasks on this machine, each in separate processes, and stores how each of them ended. */
@Injectable()
export class LocalExecutor extends TaskExecutor {
  readonly #logger = new Logger('LocalExecutor');
  readonly #capacityReleased = new Subject<Task | null>();
  readonly #counts = { finished: 0, requeued: 0 };
  readonly #overdueFunctions = new Set<string>();

  override readonly capacityReleased$ = this.#capacityReleased.asObservable();

  constructor(
    private readonly attempts: AttemptRegistry,
    private readonly settlement: AttemptSettlement,
    private readonly works: WorkFactory,
    private readonly progress: ProgressBuffer,
    private readonly reservations: Reservations,
    private readonly clock: Clock,
  ) {
    super();
  }

  override start(task: Task, reservation: Reservation): void {
    const attempt = this.#register(task);
    this.works.start(attempt, reservation, {
      onProgress: (description, progress) => {
        this.#report(attempt, description, progress);
      },
      onCapacityReleased: () => {
        this.#capacityReleased.next(null);
      },
      reserve: () => this.#reserve(task),
    });
  }

  /** Shows a function of this process as a task that this node has claimed. */
  startFunction(task: Task, run: TaskFunction): void {
    const attempt = this.#register(task);
    const work = new FunctionRun(attempt, this.#reserve(task), this.clock, {
      onOverdue: () => {
        this.#overdueFunctions.add(task.id);
        this.#logger.warn(
          `The function of task ${task.id} did not settle after its abort; it keeps its reservation.`,
        );
      },
      onSettled: () => this.#overdueFunctions.delete(task.id),
    });
    attempt.begin(work);
    work.start(run, (description, progress) => {
      this.#report(attempt, description, progress);
    });
  }

  /** Shows people how far a task is that runs here; changes nothing otherwise. */
  report(taskId: string, description: string, progress: number | null): void {
    const attempt = this.attempts.find(taskId);
    if (attempt !== null) this.#report(attempt, description, progress);
  }

  /** Tasks whose functions still run although their end is stored. */
  get overdueFunctions(): readonly string[] {
    return [...this.#overdueFunctions];
  }

  override startWaiting(item: WorkItem, reservation: Reservation): void {
    const work = this.attempts.find(item.taskId)?.work ?? null;
    if (work === null || item.kind === 'task') reservation.release();
    else work.startWaiting(item.kind === 'shard' ? item.index : 'reduce', reservation);
  }

  override waitingWork(clockOffsetMs: number): WaitingWork[] {
    return this.attempts.list().flatMap(({ task, work }) => {
      const roles = work?.waiting().slice(0, maxWaitingPerTask) ?? [];
      return roles.map((role) => ({
        item: itemOf(task.id, role),
        queued: { ...task.asQueued(clockOffsetMs), id: `${task.id}/${role}` },
      }));
    });
  }

  override stop(taskId: string, reason: StopReason): boolean {
    return this.attempts.find(taskId)?.stop(reason) ?? false;
  }

  override stopForMemory(reservationId: string, ramMb: number): void {
    for (const { work } of this.attempts.list()) work?.stopForMemory(reservationId, ramMb);
  }

  /** A process dies with the server that started it, so there is nothing to go on with. */
  override adopt(): boolean {
    return false;
  }

  override list(): RunningAttempt[] {
    const held = this.attempts.list().filter(({ state }) => state !== 'settled');
    return held.map(({ task: { row } }) => ({
      taskId: row.taskId,
      attempt: row.attempt,
      taskType: row.taskType,
    }));
  }

  override capacity(): ResourceRequest | null {
    return this.reservations.capacity();
  }

  override async drain(graceMs: number): Promise<DrainResult> {
    const before = { ...this.#counts };
    await this.#untilIdle(graceMs);
    for (const attempt of this.attempts.list()) attempt.stop('returned');
    await this.#untilIdle(stopGraceMs);
    return {
      finished: this.#counts.finished - before.finished,
      requeued: this.#counts.requeued - before.requeued,
      left: this.attempts.size,
    };
  }

  async #untilIdle(limitMs: number): Promise<void> {
    const deadlineMs = this.clock.monotonicMs() + limitMs;
    while (this.attempts.size > 0 && this.clock.monotonicMs() < deadlineMs) await this.clock.delay(pollMs);
  }

  /** The last of a log is waited for, but not for ever: the end of the task is worth more. */
  async #closeLog({ work }: Attempt): Promise<void> {
    if (work === null) return;
    let cancel: () => void = () => undefined;
    const limit = new Promise<void>((resolve) => (cancel = this.clock.after(logLimitMs, resolve)));
    await Promise.race([work.closeLog(), limit]);
    cancel();
  }

  #register(task: Task): Attempt {
    const attempt = new Attempt(task, this.clock, (ending, finished) => {
      void this.#settle(ending, finished);
    });
    this.attempts.add(attempt);
    return attempt;
  }

  #reserve(task: Task): Reservation {
    const { taskId, userId, durable } = task.row;
    return this.reservations.take({ taskId, userId, shape: task.shape(), isKillable: durable });
  }

  #report({ task, isOpen }: Attempt, description: string, progress: number | null): void {
    const { taskId, attempt } = task.row;
    if (isOpen) this.progress.add({ taskId, attempt, description, progress });
  }

  /** Stores an attempt's end, then releases its reservation, then publishes the released capacity. */
  async #settle(attempt: Attempt, finished: FinishedAttempt): Promise<void> {
    await this.progress.finish(attempt.task.row);
    await this.#closeLog(attempt);
    const settlement = await this.settlement.settle(attempt, finished);
    const { after } = settlement;
    if (after?.isQueued) this.#counts.requeued += 1;
    if (after?.isSettled) this.#counts.finished += 1;
    attempt.markSettled();
    this.#capacityReleased.next(after?.isQueued ? after : null);
    await this.settlement.removeFiles(attempt, settlement);
    this.attempts.remove(attempt);
  }
}

function itemOf(taskId: string, role: Role): WorkItem {
  return role === 'reduce' ? { kind: 'reduce', taskId } : { kind: 'shard', taskId, index: role };
}
