import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Scheduler, type AdmissionDecision, type SchedulerSnapshot } from '@app/scheduler';
import { Config } from '../config/config.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';
import { TaskEvents } from './task-events.js';
import { TaskRunner } from './task-runner.js';
import { TaskStore, type AlsoWrite, type NewTask } from './task-store.js';
import { startedColumns, Task, unmeasured, type Placement } from './task.js';

const pausedSetting = 'queue_paused';
const learnedSetting = 'scheduler_learned';
const positionsIntervalMs = 1000;
const placementsIntervalMs = 1000;
const smallQueue = 500;
const shutdownGraceMs = 3000;

/**
 * Decides when queued tasks start.
 *
 * A *pass* asks the scheduler what starts now and claims those tasks. It happens on every submission,
 * whenever a task ends, after every resource sample while something queues, and each five seconds as
 * the safety net. Passes never overlap: `#exclusively` runs them one after another, so what one pass
 * admitted is reserved before the next one looks.
 *
 * The queued tasks are kept in memory beside the database. The database decides: a claim whose
 * condition fails is dropped here.
 */
@Injectable()
export class QueueWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('QueueWorker');
  readonly #queued = new Map<string, Task>();
  #placements = new Map<string, Placement>();
  #announced = new Map<string, Placement>();
  #announcedAt = 0;
  #placedAtMs = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #wakeUpPending = false;
  #paused = false;
  /** False before the queue is loaded and once the server is going down: nothing starts then. */
  #admitting = false;

  constructor(
    private readonly config: Config,
    private readonly store: TaskStore,
    private readonly events: TaskEvents,
    private readonly runner: TaskRunner,
    private readonly scheduler: Scheduler,
    private readonly monitor: ResourceMonitor,
  ) {}

  get isPaused(): boolean {
    return this.#paused;
  }

  get isAdmitting(): boolean {
    return this.#admitting;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#paused = (await this.store.readSetting(pausedSetting)) === true;
    const learned = await this.store.readSetting(learnedSetting);
    if (learned !== null) this.scheduler.restore(learned as SchedulerSnapshot);
    for (const task of await this.store.unfinished(null)) {
      if (task.isQueued) this.#queued.set(task.id, task);
      else if (this.config.databaseUrl === null) await this.#recover(task);
    }
    this.runner.ended$.subscribe((returned) => {
      if (returned !== null) this.#queued.set(returned.id, returned);
      this.wake();
    });
    this.monitor.sampled$.subscribe(() => {
      this.#obeyGuard();
      if (this.#queued.size > 0) this.wake();
    });
    this.#admitting = true;
    this.#logger.log('Started');
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#admitting = false;
    await this.#turn;
    await this.runner.drain(shutdownGraceMs);
    await this.#keepLearned();
  }

  @Interval(5000)
  async tick(): Promise<void> {
    if (!this.#admitting) return;
    try {
      await this.store.renewLeases(this.config.nodeId);
      for (const task of await this.store.abandoned()) {
        if (!this.runner.isRunningHere(task.id)) await this.#recover(task);
      }
    } catch (error) {
      this.#logger.error(`Leases could not be renewed: ${String(error)}`);
    }
    this.wake();
  }

  @Interval(60_000)
  async tidy(): Promise<void> {
    try {
      await this.#keepLearned();
      await this.store.purgeEvents();
    } catch (error) {
      this.#logger.error(`Tidying up failed: ${String(error)}`);
    }
  }

  /** Asks for a pass soon; any number of calls before it leads to one. */
  wake(): void {
    if (this.#wakeUpPending || !this.#admitting) return;
    this.#wakeUpPending = true;
    this.#exclusively(async () => {
      this.#wakeUpPending = false;
      await this.#pass(null);
    }).catch((error: unknown) => {
      this.#logger.error(`A pass over the queue failed: ${String(error)}`);
    });
  }

  /** Takes a new task in: it is stored as running when it may start now, as queued otherwise. */
  submit(row: NewTask, also: AlsoWrite): Promise<Task> {
    return this.#exclusively(async () => (await this.#pass({ row, also }))!);
  }

  /** Takes a task in that was queued again by hand. */
  requeued(task: Task): void {
    this.#queued.set(task.id, task);
    this.wake();
  }

  /** Puts a queued task in the place of an older reading of itself. */
  amended(task: Task): void {
    if (this.#queued.has(task.id)) this.requeued(task);
  }

  /** Forgets a queued task that has ended without running. */
  removed(taskId: string): void {
    this.#queued.delete(taskId);
    this.#placements.delete(taskId);
    this.wake();
  }

  placementOf(taskId: string): Placement | null {
    return this.#placements.get(taskId) ?? null;
  }

  queuedCountOf(userId: string): number {
    let count = 0;
    for (const task of this.#queued.values()) if (task.row.userId === userId) count += 1;
    return count;
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.store.writeSetting(pausedSetting, paused);
    this.#paused = paused;
    this.wake();
  }

  #exclusively<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #pass(candidate: { row: NewTask; also: AlsoWrite } | null): Promise<Task | null> {
    const now = new Date();
    const queued = [...this.#queued.values()].map((task) => task.asQueued());
    if (candidate) queued.push(candidateOf(candidate.row).asQueued());
    const result = this.scheduler.pass(now.getTime(), queued, {
      paused: this.#paused || !this.#admitting,
    });
    const { starts } = result;
    // Saying why each of thousands waits costs far more than choosing who starts.
    if (queued.length <= smallQueue || now.getTime() - this.#placedAtMs >= placementsIntervalMs) {
      this.#placedAtMs = now.getTime();
      this.#placements = new Map(
        result.waiting.map(({ id, position, reason, estimatedStartAtMs }) => [
          id,
          { position, reason, estimatedStartAtMs },
        ]),
      );
    }
    const started = new Map(starts.map(({ task, decision }) => [task.id, decision]));

    // The tasks that waited before the candidate are claimed before it.
    for (const [taskId, decision] of started) {
      const task = this.#queued.get(taskId);
      if (task) await this.#claim(task, decision);
    }
    let submitted: Task | null = null;
    if (candidate) {
      const decision = started.get(candidate.row.taskId);
      submitted = await this.#accept(candidate, decision ?? null, now);
    }
    this.#announcePositions();
    return submitted;
  }

  async #claim(task: Task, decision: AdmissionDecision): Promise<void> {
    const claimed = await this.store.apply(task, task.start(this.config.nodeId, new Date()));
    this.#queued.delete(task.id);
    if (claimed === null) return;
    this.monitor.logDecision(claimed.row.taskType, decision);
    this.runner.start(claimed);
  }

  async #accept(
    candidate: { row: NewTask; also: AlsoWrite },
    decision: AdmissionDecision | null,
    now: Date,
  ): Promise<Task> {
    const { row, also } = candidate;
    this.monitor.logDecision(row.taskType, decision ?? this.scheduler.canRun(candidateOf(row).shape()));
    if (decision !== null) {
      const task = await this.store.insert(
        { ...row, ...startedColumns(this.config.nodeId, now) },
        null,
        also,
      );
      this.runner.start(task);
      return task;
    }
    const placement = this.placementOf(row.taskId) ?? lastPlace(this.#queued.size);
    const task = await this.store.insert(row, placement, also);
    this.#queued.set(task.id, task);
    return task;
  }

  /** A task whose process is gone: back to the queue, or ended when it may not run again. */
  async #recover(task: Task): Promise<void> {
    const now = new Date();
    if (task.row.cancelRequested) {
      await this.store.apply(task, task.cancel(now));
    } else if (!task.row.durable) {
      const error = { code: 'INTERRUPTED', message: 'The server stopped while this task ran inside it.' };
      await this.store.apply(task, task.fail(now, error, unmeasured));
    } else if (!task.hasAttemptsLeft) {
      const message = `The node that ran it was lost in each of ${task.row.attempt} attempts.`;
      await this.store.apply(task, task.fail(now, { code: 'NODE_LOST', message }, unmeasured));
    } else {
      const requeued = await this.store.apply(task, task.requeue());
      if (requeued) this.#queued.set(requeued.id, requeued);
    }
  }

  #obeyGuard(): void {
    const action = this.scheduler.guard(Date.now());
    if (action.kind !== 'kill') return;
    this.#logger.warn(action.reason);
    this.runner.stop(action.taskId, 'memory', action.retryDemand);
  }

  /** Tells the stream about new places, at most once a second and only of tasks whose place has changed. */
  #announcePositions(): void {
    const now = Date.now();
    if (now - this.#announcedAt < positionsIntervalMs) return;
    const changed = new Map<string, { userId: string; placement: Placement }>();
    for (const [taskId, placement] of this.#placements) {
      const before = this.#announced.get(taskId);
      const task = this.#queued.get(taskId);
      if (task && (before?.position !== placement.position || before.reason !== placement.reason)) {
        changed.set(taskId, { userId: task.row.userId, placement });
      }
    }
    if (changed.size === 0) return;
    this.#announcedAt = now;
    this.#announced = this.#placements;
    this.events.publish({ type: 'queue_positions', placements: changed });
  }

  #keepLearned(): Promise<void> {
    return this.store.writeSetting(learnedSetting, this.scheduler.snapshot());
  }
}

/** Where a new task stands until the next look at a long queue gives it its place. */
function lastPlace(tasksAhead: number): Placement {
  return {
    position: tasksAhead + 1,
    reason: `Behind ${tasksAhead} tasks in the queue`,
    estimatedStartAtMs: null,
  };
}

/** A task that is about to be stored, as the scheduler sees it: behind everything that is stored already. */
function candidateOf(row: NewTask): Task {
  return new Task({ ...row, sequence: Number.MAX_SAFE_INTEGER });
}
