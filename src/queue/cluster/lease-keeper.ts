import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../../clock/clock.js';
import { Config } from '../../config/config.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { Task } from '../domain/task.js';
import { TaskExecutor, type RunningAttempt } from '../execution/task-executor.js';
import { TaskStore } from '../storage/task-store.js';
import { leaseS } from '../storage/task-leases.js';
import { AbandonedTasks } from './abandoned-tasks.js';

/**
 * Keeps the attempts of this node from being taken for lost, stops those that are to be cancelled or belong to another
 * node by now, and takes up the tasks of nodes that are gone.
 */
@Injectable()
export class LeaseKeeper {
  readonly #logger = new Logger('LeaseKeeper');
  #isRenewing = false;
  #isReaping = false;
  #reapFromMs = 0;

  /** Tasks of lost attempts that are queued again. */
  readonly requeued$;

  constructor(
    private readonly config: Config,
    private readonly store: TaskStore,
    private readonly executor: TaskExecutor,
    private readonly abandoned: AbandonedTasks,
    private readonly databaseClock: DatabaseClock,
    private readonly clock: Clock,
  ) {
    this.requeued$ = abandoned.requeued$;
  }

  /** Takes up what an earlier process of this node has left, and from then on what other nodes leave. */
  async start(): Promise<void> {
    await this.databaseClock.sync();
    await this.abandoned.recoverAtStart();
    this.#isReaping = true;
  }

  /** Leases are still renewed while running tasks end. */
  stopReaping(): void {
    this.#isReaping = false;
  }

  @Interval(5000)
  async tick(): Promise<void> {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      await this.databaseClock.sync();
      await this.#renew();
      if (this.#isReaping && this.clock.monotonicMs() >= this.#reapFromMs) await this.abandoned.reap();
    } catch (error) {
      // The other nodes could not renew their leases either: they get the time of one lease to do so.
      this.#reapFromMs = this.clock.monotonicMs() + leaseS * 1000;
      this.#logger.error(`Leases could not be renewed: ${String(error)}`);
    } finally {
      this.#isRenewing = false;
    }
  }

  /** A running task was changed on another node: it may be one of this node's that is to be cancelled. */
  onTaskUpdated(task: Task): void {
    if (!task.row.cancelRequested) return;
    if (this.#isOurs(task, this.#attemptHere(task.id))) this.executor.stop(task.id, 'cancelled');
  }

  async #renew(): Promise<void> {
    const attempts = this.executor.list();
    if (attempts.length === 0) return;
    const renewed = await this.store.renewLeases(attempts);
    for (const attempt of attempts) {
      const lease = renewed.get(attempt.taskId);
      if (lease === undefined) await this.#stopIfLost(attempt);
      else if (lease.cancelRequested) this.executor.stop(attempt.taskId, 'cancelled');
    }
  }

  /**
   * An attempt without a lease may have ended since it was listed, and the next one may run here by now: only an
   * attempt that still runs and that the database denies is lost.
   */
  async #stopIfLost({ taskId, attempt }: RunningAttempt): Promise<void> {
    if (this.#attemptHere(taskId) !== attempt) return;
    const task = await this.store.find(taskId);
    if (task !== null && this.#isOurs(task, attempt)) return;
    if (this.#attemptHere(taskId) === attempt) this.executor.stop(taskId, 'lost');
  }

  /** The newest attempt at a task that runs here: an earlier one may still be storing its end. */
  #attemptHere(taskId: string): number | null {
    const attempts = this.executor.list().filter((listed) => listed.taskId === taskId);
    return attempts.length === 0 ? null : Math.max(...attempts.map(({ attempt }) => attempt));
  }

  #isOurs({ row, isRunning }: Task, attempt: number | null): boolean {
    return isRunning && row.nodeId === this.config.nodeId && row.attempt === attempt;
  }
}
