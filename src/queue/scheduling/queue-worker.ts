import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import {
  Scheduler,
  type AdmissionDecision,
  type QueuedTask,
  type SchedulerSnapshot,
  type Waiting,
} from '@app/scheduler';
import { Subject } from 'rxjs';
import { attemptKey, removeParts, removeResults } from '../storage/result-files.js';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Notifications } from '../../database/notifications.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { Nodes } from '../cluster/node-registry.js';
import type { TaskDecision } from './admission-decisions.js';
import { TaskEvents, type StoredTaskEvent, type TaskEvent } from '../domain/task-events.js';
import { TaskRunner } from '../execution/task-runner.js';
import { channels, TaskStore } from '../storage/task-store.js';
import { leaseS, type AlsoWrite, type NewTask } from '../storage/task-writes.js';
import {
  countByType,
  startedColumns,
  Task,
  unmeasured,
  type Placement,
  type Transition,
} from '../domain/task.js';

const pausedSetting = 'queue_paused';
const learnedSetting = 'scheduler_learned';
const positionsIntervalMs = 1000;
const placementsIntervalMs = 1000;
const smallQueue = 500;

/** A new task on its way in, and who waits for the answer. */
interface Candidate {
  readonly row: NewTask;
  readonly also: AlsoWrite;
  resolve(task: Task): void;
  reject(error: unknown): void;
}

/**
 * Decides when queued tasks start.
 *
 * A *pass* asks the scheduler what starts now and claims those tasks; it takes in all that was submitted
 * since the last one. It happens on every submission, whenever a task ends, after every resource sample
 * while something queues, and each five seconds as the safety net. Passes never overlap: `#exclusively`
 * runs them one after another, so what one pass admitted is reserved before the next one looks.
 *
 * The queued tasks are kept in memory beside the database. The database decides: a claim whose
 * condition fails is dropped here. On a shared database the events of the other nodes keep this memory
 * true, and after a time without them it is read anew.
 */
@Injectable()
export class QueueWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('QueueWorker');
  readonly #queued = new Map<string, Task>();
  /** Queued tasks that run after another one, by the id of that one. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #notifications: Notifications | null;
  readonly #decided = new Subject<TaskDecision>();
  #candidates: Candidate[] = [];
  /** Submitted and not answered yet. */
  readonly #incoming = new Set<Candidate>();
  #placements = new Map<string, Placement>();
  #announced = new Map<string, Placement>();
  #announcedAt = 0;
  #placedAtMs = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #wakeUpPending = false;
  #paused = false;
  /** False before the queue is loaded and once the server is going down: nothing starts then. */
  #admitting = false;
  /** After a time without the database, leases may have run out only because nobody could renew them. */
  #reapFromMs = 0;
  #mustReload = false;

  /** When a task arrives on a node that runs tasks, and when one that has waited starts. */
  readonly decided$ = this.#decided.asObservable();

  constructor(
    private readonly config: Config,
    private readonly store: TaskStore,
    private readonly events: TaskEvents,
    private readonly runner: TaskRunner,
    private readonly scheduler: Scheduler,
    private readonly monitor: ResourceMonitor,
    private readonly nodes: Nodes,
    private readonly database: Database,
  ) {
    this.#notifications = database.listen(Object.values(channels));
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get isAdmitting(): boolean {
    return this.#admitting;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#listen();
    await this.#notifications?.open();
    await this.store.begin();
    const learned = await this.store.readSetting(this.#learnedKey);
    if (learned !== null) this.scheduler.restore(learned as SchedulerSnapshot);
    await this.nodes.join(this.#notifications);
    const running = await this.#load();
    // Nobody else works on an embedded store: what ran when it was last open runs no more.
    if (!this.database.isShared) for (const task of running) await this.#recover(task);
    this.#admitting = true;
    this.#logger.log('Started');
    this.wake();
  }

  async beforeApplicationShutdown(signal?: string): Promise<void> {
    const { stopGraceS } = this.config.tasks;
    const running = this.runner.attempts().length;
    this.#logger.log(
      `Stopping${signal === undefined ? '' : ` (${signal})`}: ` +
        `${running} running ${running === 1 ? 'task gets' : 'tasks get'} up to ${stopGraceS} s`,
    );
    this.#admitting = false;
    await this.#turn;
    const { finished, requeued, left } = await this.runner.drain(stopGraceS * 1000);
    this.#logger.log(
      `Stopped: ${finished} finished, ${requeued} queued again` +
        (left === 0 ? '' : `, ${left} left to be found by the next start or another node`),
    );
    await this.#keepLearned();
    await this.#notifications?.close();
  }

  @Interval(5000)
  async tick(): Promise<void> {
    try {
      await this.#renewLeases();
      if (this.#mustReload) await this.#exclusively(() => this.#load());
      this.store.catchUp();
      await this.#readPaused();
      if (this.#admitting && Date.now() >= this.#reapFromMs) await this.#reap();
    } catch (error) {
      this.#reapFromMs = Date.now() + leaseS * 1000;
      this.#mustReload = true;
      this.#logger.error(`Leases could not be renewed: ${String(error)}`);
    }
    this.wake();
  }

  @Interval(60_000)
  async tidy(): Promise<void> {
    try {
      await this.#keepLearned();
      await this.nodes.forgetOld();
    } catch (error) {
      this.#logger.error(`Tidying up failed: ${String(error)}`);
    }
  }

  /** Asks for a pass soon; any number of calls before it leads to one. */
  wake(): void {
    if (this.#wakeUpPending || (!this.#admitting && this.#candidates.length === 0)) return;
    this.#wakeUpPending = true;
    this.#exclusively(async () => {
      this.#wakeUpPending = false;
      await this.#pass();
    }).catch((error: unknown) => {
      this.#mustReload = true;
      this.#logger.error(`A pass over the queue failed: ${String(error)}`);
    });
  }

  /** Takes a new task in: it is stored as running when it may start now, as queued otherwise. */
  async submit(row: NewTask, also: AlsoWrite): Promise<Task> {
    const { promise, resolve, reject } = deferred<Task>();
    const candidate: Candidate = { row, also, resolve, reject };
    this.#incoming.add(candidate);
    this.#candidates.push(candidate);
    this.wake();
    try {
      return await promise;
    } finally {
      this.#incoming.delete(candidate);
    }
  }

  /** Takes a task in that was queued again by hand. */
  async requeued(task: Task): Promise<void> {
    await this.#keepUnlessReady(task);
    this.wake();
  }

  /** Puts a queued task in the place of an older reading of itself. */
  amended(task: Task): void {
    if (!this.#queued.has(task.id)) return;
    this.#queued.set(task.id, task);
    this.wake();
  }

  /** Forgets a queued task that has ended without running. */
  removed(taskId: string): void {
    this.#drop(taskId);
    this.wake();
  }

  placementOf(taskId: string): Placement | null {
    return this.#placements.get(taskId) ?? null;
  }

  /** How many tasks of each type wait, on whichever node they will run. */
  queuedByType(): Map<string, number> {
    return countByType(this.#queued.values());
  }

  queuedCountOf(userId: string): number {
    let count = 0;
    for (const task of this.#queued.values()) if (task.row.userId === userId) count += 1;
    for (const { row } of this.#incoming) if (row.userId === userId) count += 1;
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

  #listen(): void {
    this.runner.ended$.subscribe((returned) => {
      if (returned !== null) this.#keepAgain(returned);
      this.wake();
    });
    this.monitor.sampled$.subscribe(() => {
      this.#obeyGuard();
      if (this.#queued.size > 0 || this.runner.attempts().length > 0) this.wake();
    });
    this.events.all$.subscribe((event) => {
      this.#follow(event);
    });
    this.store.foreign$.subscribe((events) => {
      this.#followOthers(events).catch((error: unknown) => {
        this.#mustReload = true;
        this.#logger.error(`The queue could not be read: ${String(error)}`);
      });
    });
    this.nodes.beaten$.subscribe(() => {
      this.wake();
    });
    this.#notifications?.connected$.subscribe(() => {
      this.#mustReload = true;
      if (this.#admitting) void this.tick();
    });
    this.#notifications?.heard$.subscribe(({ channel, payload }) => {
      void this.#hear(channel, payload);
    });
  }

  async #hear(channel: string, payload: string): Promise<void> {
    try {
      if (channel === channels.events && payload !== this.config.nodeId) this.store.catchUp();
      if (channel === channels.setting && payload === pausedSetting) {
        await this.#readPaused();
        this.wake();
      }
      if (channel === channels.task) {
        const task = await this.store.find(payload);
        if (task?.isQueued) this.amended(task);
        if (task?.isRunning && task.row.cancelRequested) this.#stopHere(task, 'cancelled');
      }
    } catch (error) {
      this.#logger.warn(`Another node's word could not be followed up: ${String(error)}`);
    }
  }

  /** What an event of any node means for the tasks that wait here. */
  #follow(event: TaskEvent): void {
    if (event.type !== 'task_completed') return;
    const { task_id: taskId, success } = event.data;
    this.#drop(taskId);
    const dependents = this.#dependents.get(taskId);
    if (dependents === undefined || !success) return;
    this.#dependents.delete(taskId);
    this.wake();
  }

  async #followOthers(events: readonly StoredTaskEvent[]): Promise<void> {
    const queued = new Set<string>();
    for (const event of events) {
      if (event.type === 'task_description_update') continue;
      const { task_id: taskId } = event.data;
      if (event.type === 'task_queued') queued.add(taskId);
      else if (!this.runner.isRunningHere(taskId)) {
        queued.delete(taskId);
        this.#drop(taskId);
      }
      if (event.type === 'task_completed') this.#countServedElsewhere(event);
    }
    for (const task of (await this.store.findMany([...queued])).values()) {
      if (task.isQueued) await this.#keepUnlessReady(task);
    }
    this.wake();
  }

  #countServedElsewhere({ data, at }: Extract<StoredTaskEvent, { type: 'task_completed' }>): void {
    if (data.started_at === null || data.node_id === this.config.nodeId) return;
    const seconds = (at.getTime() - Date.parse(data.started_at)) / 1000;
    const cores = data.estimated_cpu_cores * this.scheduler.policy.consumptionFactor;
    this.scheduler.recordRemoteUsage(data.user_id, Math.max(0, seconds) * cores);
  }

  /** Reads the queue anew; returns what runs according to the database. */
  async #load(): Promise<Task[]> {
    this.#mustReload = false;
    await this.#readPaused();
    const unfinished = await this.store.unfinished(null);
    this.#queued.clear();
    this.#dependents.clear();
    for (const task of unfinished) if (task.isQueued) await this.#keepUnlessReady(task);
    return unfinished.filter((task) => task.isRunning);
  }

  async #readPaused(): Promise<void> {
    this.#paused = (await this.store.readSetting(pausedSetting)) === true;
  }

  /** Keeps a queued task; it is held while the task that it runs after has not completed. */
  #keep(task: Task): void {
    this.#queued.set(task.id, task);
    const { runAfter } = task.row;
    if (runAfter === null) return;
    const waiting = this.#dependents.get(runAfter) ?? new Set();
    this.#dependents.set(runAfter, waiting.add(task.id));
  }

  /** Keeps a task that ran already: the one that it runs after has completed, and nobody will tell of that again. */
  #keepAgain(task: Task): void {
    this.#queued.set(task.id, task);
  }

  async #keepUnlessReady(task: Task): Promise<void> {
    this.#keep(task);
    const { runAfter } = task.row;
    if (runAfter === null) return;
    // Looked at after it was kept: an end that comes between the two is followed as an event.
    const before = await this.store.find(runAfter);
    if (before === null || before.hasCompleted) this.#dependents.get(runAfter)?.delete(task.id);
  }

  #drop(taskId: string): void {
    const task = this.#queued.get(taskId);
    if (task === undefined) return;
    this.#queued.delete(taskId);
    this.#placements.delete(taskId);
    if (task.row.runAfter !== null) this.#dependents.get(task.row.runAfter)?.delete(taskId);
  }

  #isHeld({ row }: Task): boolean {
    return row.runAfter !== null && (this.#dependents.get(row.runAfter)?.has(row.taskId) ?? false);
  }

  async #pass(): Promise<void> {
    const candidates = this.#candidates;
    this.#candidates = [];
    const early = await this.#withoutDependency(candidates);
    const now = new Date();
    const held: Task[] = [];
    const queued: QueuedTask[] = [];
    for (const task of this.#queued.values()) {
      if (this.#isHeld(task)) held.push(task);
      else queued.push(task.asQueued());
    }
    early.forEach(({ row }, n) => queued.push(candidateOf(row, n).asQueued()));
    queued.push(...this.runner.waitingParts());
    const result = this.scheduler.runCycle(now.getTime(), queued, {
      paused: this.#paused || !this.#admitting || !this.nodes.isWorker,
    });
    // Saying why each of thousands waits costs far more than choosing who starts.
    if (queued.length <= smallQueue || now.getTime() - this.#placedAtMs >= placementsIntervalMs) {
      this.#placedAtMs = now.getTime();
      this.#place(result.waiting, held);
    }

    // The order of the queue is the order of the claims; what waited before is claimed before what is new.
    const decisions = new Map(result.starts.map(({ task, decision }) => [task.id, decision]));
    const work: Promise<Task | null>[] = [];
    for (const [id, decision] of decisions) {
      const task = this.#queued.get(id);
      if (task) work.push(this.#claim(task, decision));
      else this.runner.startPart(id);
    }
    for (const candidate of candidates) {
      work.push(this.#accept(candidate, decisions.get(candidate.row.taskId) ?? null, now));
    }
    const outcomes = await Promise.allSettled(work);
    // To start processes holds this one up: events and answers go out before.
    await nextTurn();
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled' && outcome.value !== null) this.runner.start(outcome.value);
    }
    this.#announcePositions();
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Those of the new tasks that need not wait for another one to complete. */
  async #withoutDependency(candidates: readonly Candidate[]): Promise<Candidate[]> {
    const names = candidates.flatMap(({ row }) => row.runAfter ?? []);
    const dependencies = await this.store.findMany(names);
    return candidates.filter(
      ({ row: { runAfter } }) => runAfter === null || (dependencies.get(runAfter)?.hasCompleted ?? true),
    );
  }

  #place(waiting: readonly Waiting[], held: readonly Task[]): void {
    const placements = new Map<string, Placement>();
    for (const { id, kind, reason, userReason, estimatedStartAtMs } of waiting) {
      if (this.runner.isPart(id)) continue;
      const position = placements.size + 1;
      // A placement has one sentence for all readers, and an admin's would name another user's task here.
      const shown = kind === 'held_back' ? userReason : reason;
      placements.set(id, {
        position,
        reason: kind === 'behind' ? behindReason(position - 1) : shown,
        estimatedStartAtMs,
      });
    }
    for (const { id, row } of held) {
      placements.set(id, lastPlace(row, placements.size));
    }
    this.nodes.showWaiting(placements);
    this.#placements = this.nodes.soonest(placements);
  }

  /** The task when it is ours to start now. */
  async #claim(task: Task, decision: AdmissionDecision): Promise<Task | null> {
    const claimed = await this.store.apply(task, task.start(this.config.nodeId, new Date()));
    this.#drop(task.id);
    if (claimed !== null) this.#tellDecision({ row: claimed.row, waited: true, started: true, decision });
    return claimed;
  }

  /** The new task when it is to start now. */
  async #accept(candidate: Candidate, decision: AdmissionDecision | null, now: Date): Promise<Task | null> {
    const { row, also } = candidate;
    try {
      if (this.nodes.isWorker) {
        const shown = decision ?? this.scheduler.canRun(candidateOf(row, 0).shape());
        this.#tellDecision({ row, waited: false, started: decision !== null, decision: shown });
      }
      if (decision === null) {
        const placement = this.placementOf(row.taskId) ?? lastPlace(row, this.#queued.size);
        const task = await this.store.insert(row, placement, also);
        await this.#keepUnlessReady(task);
        this.#placements.set(task.id, placement);
        candidate.resolve(task);
        return null;
      } else {
        const started = { ...row, ...startedColumns(this.config.nodeId, now) };
        const task = await this.store.insert(started, null, also);
        candidate.resolve(task);
        return task;
      }
    } catch (error) {
      // Whether it was stored is not known when the database went away in the middle.
      this.#mustReload = true;
      candidate.reject(error);
      return null;
    }
  }

  #tellDecision(told: TaskDecision): void {
    this.monitor.logDecision(told.row.taskType, told.decision);
    this.#decided.next(told);
  }

  /** Keeps what runs here ours; stops what somebody wants cancelled and what another node has by now. */
  async #renewLeases(): Promise<void> {
    const attempts = this.runner.attempts();
    const ours = await this.store.renewLeases(attempts);
    for (const { taskId } of attempts) {
      const lease = ours.get(taskId);
      if (lease?.cancelRequested) this.runner.stop(taskId, 'cancelled');
      else if (lease === undefined && this.runner.isRunningHere(taskId)) {
        const task = await this.store.find(taskId);
        if (task !== null) this.#stopHere(task, 'lost');
      }
    }
  }

  /** Stops an attempt of this node, unless a newer one is meant. */
  #stopHere({ id, row, isRunning }: Task, reason: 'cancelled' | 'lost'): void {
    const attempt = this.runner.attemptOf(id);
    const isOurs = isRunning && row.nodeId === this.config.nodeId && row.attempt === attempt;
    if (attempt !== null && isOurs === (reason === 'cancelled')) this.runner.stop(id, reason);
  }

  async #reap(): Promise<void> {
    for (const task of await this.store.abandoned()) {
      if (!this.runner.isRunningHere(task.id)) await this.#recover(task);
    }
  }

  /** A task whose process is gone: back to the queue, or ended when it may not run again. */
  async #recover(task: Task): Promise<void> {
    const recovered = await this.store.apply(task, stepAfterLoss(task, new Date()));
    if (recovered?.isQueued) this.#keepAgain(recovered);
    await removeResults(this.config.dataDir, new Set([attemptKey(task.id, task.row.attempt)]));
    if (recovered?.isSettled) await removeParts(this.config.dataDir, task.id);
  }

  #obeyGuard(): void {
    const action = this.scheduler.guard(Date.now());
    if (action.kind !== 'kill') return;
    this.#logger.warn(action.reason);
    this.runner.stop(action.taskId, 'memory', action.retryRequest);
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

  /** What was learned is of one machine. */
  get #learnedKey(): string {
    return this.database.isShared ? `${learnedSetting}:${this.config.nodeId}` : learnedSetting;
  }

  #keepLearned(): Promise<void> {
    return this.store.writeSetting(this.#learnedKey, this.scheduler.snapshot());
  }
}

function stepAfterLoss(task: Task, now: Date): Transition {
  const { row } = task;
  if (row.cancelRequested) return task.cancel(now);
  if (!row.durable) {
    const error = { code: 'INTERRUPTED', message: 'The server stopped while this task ran inside it.' };
    return task.fail(now, error, unmeasured);
  }
  if (task.hasAttemptsLeft) return task.tryElsewhere(now);
  const message = `The node that ran it was lost in each of ${row.attempt} attempts.`;
  return task.fail(now, { code: 'NODE_LOST', message }, unmeasured);
}

/** Where a task stands that waits for another one, or that the next look at a long queue gives its place. */
function lastPlace({ runAfter }: NewTask, tasksAhead: number): Placement {
  const reason = runAfter === null ? behindReason(tasksAhead) : `Waits for task ${runAfter} to complete`;
  return { position: tasksAhead + 1, reason, estimatedStartAtMs: null };
}

function behindReason(tasksAhead: number): string {
  if (tasksAhead === 0) return 'Behind the parts of tasks that run already';
  return `Behind ${tasksAhead === 1 ? '1 task' : `${tasksAhead} tasks`} in the queue`;
}

/** A task that is about to be stored, as the scheduler sees it: behind everything that is stored already. */
function candidateOf(row: NewTask, n: number): Task {
  return new Task({ ...row, sequence: 2 ** 52 + n });
}

function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<Value>((settle, refuse) => {
    resolve = settle;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
