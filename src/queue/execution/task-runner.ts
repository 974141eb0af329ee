import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Scheduler, type ResourceRequest, type QueuedTask } from '@app/scheduler';
import { Subject } from 'rxjs';
import { attemptKey, partsFolder, removeParts, removeResults } from '../storage/result-files.js';
import { TaskProcess, type ProcessEnd, type StopReason } from './task-process.js';
import { Config } from '../../config/config.js';
import { redacted } from '../../logging/redact.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { ProgressBuffer } from './progress-buffer.js';
import { SplitRun, type Piece } from './sharded-run.js';
import { TaskHandlers, type TaskHandler } from '../domain/task-handlers.js';
import { TaskStore, type Attempt } from '../storage/task-store.js';
import type { AlsoWrite } from '../storage/task-writes.js';
import {
  countByType,
  unmeasured,
  type Measured,
  type Task,
  type TaskRow,
  type Transition,
} from '../domain/task.js';

/** A function of this process that is shown as a task. */
export type InProcessTask = () => Promise<unknown>;

/** A process of a task, at its start (`end` is null) or at its end. */
export interface ProcessTurn {
  readonly row: TaskRow;
  /** The piece of a split task that it does. */
  readonly piece: Piece | null;
  readonly startedAtMs: number;
  readonly end: ProcessEnd | null;
}

/** An attempt whose end is stored. */
export interface AttemptEnd {
  /** The task as it was while it ran, and as it is now. */
  readonly before: TaskRow;
  readonly after: TaskRow;
  /** When its last process had ended. */
  readonly endedAtMs: number;
}

/** A process of a running task: the whole task, or a piece of a split one. */
interface Unit {
  readonly process: TaskProcess;
  readonly startedAtMs: number;
  readonly piece: Piece | null;
}

interface Running {
  readonly task: Task;
  /** Null for a function of this process, which nobody can stop from outside. */
  readonly handler: TaskHandler | null;
  readonly payload: unknown;
  readonly units: Map<string, Unit>;
  readonly split: SplitRun | null;
  /** Measured of the units that have ended. */
  measured: Measured;
  /** How a split task ends, once that is decided; its units may still be ending. */
  decided: ProcessEnd | null;
  /** What a task that the guard has killed gets at its next attempt. */
  retryDemand: ResourceRequest | null;
  memoryKills: number;
  lastReportMs: number;
}

const hardLimitFactor = 4;
const leastHardLimitMb = 1024;
const storeRetryMs = 1000;
const reportIntervalMs = 100;
const mostOffered = 64;
const killedFloorFactor = 1.3;

/** Runs claimed tasks, each in processes of its own, and writes down how each of them ended. */
@Injectable()
export class TaskRunner {
  readonly #logger = new Logger('TaskRunner');
  readonly #running = new Map<string, Running>();
  readonly #ended = new Subject<Task | null>();
  readonly #processes = new Subject<ProcessTurn>();
  readonly #stored = new Subject<AttemptEnd>();

  /**
   * When room was made: a task of this node has ended and that is stored, or a part of one has ended.
   * A task that went back to the queue goes along.
   */
  readonly ended$ = this.#ended.asObservable();

  /** When a process of a task has been started, and when it has ended. */
  readonly processes$ = this.#processes.asObservable();

  /** When it is stored how an attempt of this node has ended, or that its task is queued again. */
  readonly stored$ = this.#stored.asObservable();

  constructor(
    private readonly config: Config,
    private readonly handlers: TaskHandlers,
    private readonly store: TaskStore,
    private readonly scheduler: Scheduler,
    private readonly monitor: ResourceMonitor,
    private readonly progress: ProgressBuffer,
  ) {}

  isRunningHere(taskId: string): boolean {
    return this.#running.has(taskId);
  }

  /** Which attempt of a task runs here; null when none does. */
  attemptOf(taskId: string): number | null {
    return this.#running.get(taskId)?.task.row.attempt ?? null;
  }

  /** All attempts that run here. */
  attempts(): Attempt[] {
    return [...this.#running.values()].map(({ task: { row } }) => ({
      taskId: row.taskId,
      attempt: row.attempt,
    }));
  }

  /** How many tasks of each type run here. */
  runningByType(): Map<string, number> {
    return countByType([...this.#running.values()].map(({ task }) => task));
  }

  /** Starts a task that this node has claimed. */
  start(task: Task): void {
    const { row } = task;
    const handler = this.handlers.find(row.taskType);
    const payload = handler?.payload.safeParse(row.payload);
    const running: Running = {
      task,
      handler,
      payload: payload?.data,
      units: new Map(),
      split:
        handler?.parts && payload?.success
          ? new SplitRun(handler.parts(payload.data), partsFolder(this.config.dataDir, task.id), Date.now())
          : null,
      measured: unmeasured,
      decided: null,
      retryDemand: null,
      memoryKills: 0,
      lastReportMs: 0,
    };
    this.#running.set(row.taskId, running);
    if (handler === null || !payload?.success) {
      const message =
        handler === null
          ? `No handler is registered for task type "${row.taskType}".`
          : `The stored payload is not valid any more: ${payload!.error!.issues[0]?.message ?? 'unknown'}.`;
      const error = { code: 'UNKNOWN_TASK', message };
      void this.#settle(running, (measured) => task.fail(new Date(), error, measured));
      return;
    }
    this.#startUnit(running, row.taskId, running.split?.waiting(0)[0] ?? null);
  }

  /** The parts of split tasks that wait for room beside those that run, as the scheduler sees them. */
  waitingParts(): QueuedTask[] {
    return [...this.#running.values()].flatMap(({ task, split, decided, units }) => {
      if (split === null || decided !== null) return [];
      const base = task.asQueued();
      return split
        .waiting(units.size)
        .slice(0, mostOffered)
        .map((piece) => ({ ...base, id: partId(task.id, piece) }));
    });
  }

  /** Whether an id of the scheduler's names a part of a split task. */
  isPart(id: string): boolean {
    return id.includes('/');
  }

  /** Starts a part that the scheduler has admitted; false when the id is not that of a waiting part. */
  startPart(id: string): boolean {
    const [taskId, name] = id.split('/');
    const running = this.#running.get(taskId!);
    if (name === undefined || running?.split == null || running.decided !== null) return false;
    const piece = running.split
      .waiting(running.units.size)
      .find((piece) => partId(running.task.id, piece) === id);
    if (piece === undefined) return false;
    this.#startUnit(running, id, piece);
    return true;
  }

  /** Shows a function of this process as a running task; it ends when the function's promise settles. */
  startFunction(task: Task, run: InProcessTask): void {
    this.scheduler.recordStart(task.asStarted());
    const running: Running = {
      task,
      handler: null,
      payload: null,
      units: new Map(),
      split: null,
      measured: unmeasured,
      decided: null,
      retryDemand: null,
      memoryKills: 0,
      lastReportMs: 0,
    };
    this.#running.set(task.id, running);
    void run()
      .finally(() => this.progress.flush())
      .then(
        () => this.#settle(running, (measured) => task.complete(new Date(), measured)),
        (error: unknown) => {
          const message = redacted(error instanceof Error ? error.message : String(error));
          return this.#settle(running, (measured) =>
            task.fail(new Date(), { code: 'TASK_FAILED', message }, measured),
          );
        },
      );
  }

  /** Ends a task's processes, or the one of a part, within two seconds; false when this node runs no such process. */
  stop(id: string, reason: StopReason, retryDemand?: ResourceRequest): boolean {
    const running = this.#running.get(id.split('/')[0]!);
    if (running === undefined || running.handler === null) return false;
    if (retryDemand) running.retryDemand = retryDemand;
    if (running.split === null || reason === 'memory') {
      running.units.get(id)?.process.stop(reason);
      return running.units.has(id);
    }
    this.#decide(running, { type: 'stopped', reason });
    return true;
  }

  /**
   * Waits until nothing runs, for a time at most; what is left then is stopped and returned to the queue.
   *
   * @returns how many tasks have ended, were queued again, and are left: functions of this process, and tasks whose end
   * could not be stored
   */
  async drain(graceMs: number): Promise<{ finished: number; requeued: number; left: number }> {
    let finished = 0;
    let requeued = 0;
    this.stored$.subscribe(({ after }) => {
      if (after.status === 'queued') requeued += 1;
      else finished += 1;
    });
    const deadline = Date.now() + graceMs;
    while (this.#running.size > 0 && Date.now() < deadline) await delay(20);
    for (const taskId of this.#running.keys()) this.stop(taskId, 'returned');
    const stopDeadline = Date.now() + 3_000;
    while (this.#running.size > 0 && Date.now() < stopDeadline) await delay(20);
    return { finished, requeued, left: this.#running.size };
  }

  /** Where an attempt leaves its result: a late writer of a lost attempt cannot touch its successor's file. */
  resultPath(task: Task): string {
    return join(this.config.dataDir, 'results', this.resultFile(task));
  }

  resultFile(task: Task): string {
    const extension = this.handlers.find(task.row.taskType)?.resultExtension ?? '.json.gz';
    return `${attemptKey(task.id, task.row.attempt)}${extension}`;
  }

  #startUnit(running: Running, id: string, piece: Piece | null): void {
    const { task, handler, split } = running;
    const { row } = task;
    const now = Date.now();
    const startedAtMs = piece === null ? (row.startedAt ?? row.queuedAt).getTime() : now;
    if (running.decided === null) this.scheduler.recordStart({ ...task.asStarted(), id, startedAtMs });
    const ranS = (now - (row.startedAt?.getTime() ?? now)) / 1000;
    const process = new TaskProcess(
      {
        taskId: row.taskId,
        userId: row.userId,
        attempt: row.attempt,
        entry: handler!.entry,
        payload: running.payload,
        dataDir: this.config.dataDir,
        resultPath: piece?.kind === 'part' ? split!.pathOf(piece.index) : this.resultPath(task),
        part: piece?.kind === 'part' ? { index: piece.index, count: split!.count } : null,
        partResults: piece?.kind === 'combine' ? split!.results : [],
        memoryLimitMb: Math.max(hardLimitFactor * (row.floorRamMb ?? row.ramMb), leastHardLimitMb),
        timeoutS: Math.max(1, row.timeoutS - ranS),
      },
      (description, progress) => {
        this.#report(running, piece, description, progress);
      },
    );
    if (piece !== null) split!.started(piece);
    running.units.set(id, { process, startedAtMs: now, piece });
    if (process.pid !== null) this.monitor.watch(id, process.pid);
    this.#processes.next({ row, piece, startedAtMs: now, end: null });
    void process.ended.then((end) => this.#unitEnded(running, id, end));
  }

  /** A part's progress moves that of the whole; all parts together speak at most ten times a second. */
  #report(running: Running, piece: Piece | null, description: string, progress: number | null): void {
    const { task, split, handler } = running;
    const { taskId, attempt } = task.row;
    if (split === null || piece === null) {
      this.progress.add({ taskId, attempt, description, progress });
      return;
    }
    split.report(piece, progress);
    const now = Date.now();
    if (now - running.lastReportMs < reportIntervalMs) return;
    running.lastReportMs = now;
    const fraction = split.fraction;
    const line =
      piece.kind === 'combine'
        ? description
        : handler!.describeParts?.(running.payload, fraction, split.etaS(now));
    this.progress.add({ taskId, attempt, description: line ?? description, progress: fraction });
  }

  async #unitEnded(running: Running, id: string, end: ProcessEnd): Promise<void> {
    const { task, split } = running;
    const unit = running.units.get(id)!;
    this.#processes.next({ row: task.row, piece: unit.piece, startedAtMs: unit.startedAtMs, end });
    await this.progress.flush();
    const endedAtMs = Date.now();
    const measured = this.#measure(id, end);
    running.measured = together(running.measured, measured);
    // Only when the end is stored: whoever follows the events never sees more running than was admitted.
    const release = () => {
      this.scheduler.recordEnd(id, endedAtMs, {
        cpuSeconds: measured.cpuSeconds ?? 0,
        peakRamMb: measured.peakRamMb ?? 0,
        succeeded: end.type === 'done' && measured.peakRamMb !== null,
      });
    };
    if (split === null) {
      await this.#settleAs(running, end, release);
      return;
    }
    const piece = unit.piece!;
    release();
    running.units.delete(id);
    if (end.type === 'done') split.done(piece);
    if (running.decided !== null) {
      if (running.units.size === 0) await this.#conclude(running, piece.kind === 'combine' ? end : null);
    } else if (end.type === 'done' && piece.kind === 'combine') {
      await this.#settleAs(running, end);
    } else if (end.type === 'done') {
      this.#ended.next(null);
    } else if (isMemory(end) && running.memoryKills < task.row.maxAttempts) {
      running.memoryKills += 1;
      split.returned(piece);
      this.#ended.next(null);
    } else {
      this.#decide(running, end);
    }
  }

  /** Decides how a split task ends; the units that still run are stopped. */
  #decide(running: Running, end: ProcessEnd): void {
    if (running.decided !== null) return;
    running.decided = end;
    const reason = end.type === 'stopped' ? end.reason : 'abandoned';
    for (const { process } of running.units.values()) process.stop(reason);
    if (running.units.size === 0) void this.#conclude(running, null);
  }

  /** The end of a split task that was decided, after its last unit. A cancelled one keeps what is done: that is combined first. */
  async #conclude(running: Running, combined: ProcessEnd | null): Promise<void> {
    const { task, split, decided } = running;
    if (combined === null && isCancel(decided!) && split!.hasResults) {
      const combine: Piece = { kind: 'combine' };
      this.#startUnit(running, partId(task.id, combine), combine);
      return;
    }
    const kept = combined?.type === 'done' ? combined : null;
    await this.#settleAs(running, decided!, undefined, kept);
  }

  #measure(id: string, end: ProcessEnd): Measured {
    const use = 'use' in end ? end.use : undefined;
    const sampled = this.monitor.unwatch(id);
    return {
      cpuSeconds: use?.cpuSeconds ?? sampled.cpuSeconds,
      peakRamMb: sampled.peakRamMb ?? use?.peakRamMb ?? null,
    };
  }

  /** Stores the end that a task's processes have come to; `kept` is the result of a cancelled task. */
  #settleAs(
    running: Running,
    end: ProcessEnd,
    release: () => void = () => undefined,
    kept: Extract<ProcessEnd, { type: 'done' }> | null = null,
  ): Promise<void> {
    const { task, handler } = running;
    const result = end.type === 'done' ? end : kept;
    const also: AlsoWrite | undefined =
      result === null
        ? undefined
        : async (queries, settled) => {
            await handler?.completed?.(queries, settled, result.summary, this.resultFile(task));
          };
    return this.#settle(running, (measured) => this.#stepAfter(running, end, measured), {
      also,
      release,
      hasResult: result !== null,
    });
  }

  #stepAfter(running: Running, end: ProcessEnd, measured: Measured): Transition | null {
    const { task } = running;
    const now = new Date();
    switch (end.type) {
      case 'done':
        return task.complete(now, measured);
      case 'failed':
        return task.fail(now, withPeak(end.error, measured), measured);
      case 'killed': {
        const floorRamMb = Math.ceil(killedFloorFactor * Math.max(measured.peakRamMb ?? 0, task.row.ramMb));
        if (task.hasAttemptsLeft) return task.tryAgain(now, { floorRamMb });
        const message = `The system killed the task's process in each of ${task.row.attempt} attempts, as it does when memory runs out.`;
        return task.fail(now, withPeak({ code: 'OUT_OF_MEMORY', message }, measured), measured);
      }
      case 'stopped':
        return this.#stepAfterStop(running, end.reason, measured);
    }
  }

  #stepAfterStop(running: Running, reason: StopReason, measured: Measured): Transition | null {
    const { task, retryDemand } = running;
    const now = new Date();
    switch (reason) {
      case 'cancelled':
        return task.cancel(now, measured);
      case 'time-limit': {
        const message = `The task ran longer than its limit of ${task.row.timeoutS} s.`;
        return task.fail(now, { code: 'TIME_LIMIT', message }, measured);
      }
      case 'returned':
        return task.requeue({ grantAttempt: true });
      case 'memory': {
        if (task.hasAttemptsLeft) {
          return task.tryAgain(now, retryDemand === null ? {} : { floorRamMb: retryDemand.ramMb });
        }
        const message = `The machine ran out of memory in each of ${task.row.attempt} attempts.`;
        return task.fail(now, withPeak({ code: 'OUT_OF_MEMORY', message }, measured), measured);
      }
      case 'lost':
      case 'abandoned':
        return null;
    }
  }

  /**
   * Stores the end and gives the reservation back. A database that is away is waited for: the result
   * of a run is not thrown away because of it. Files of an attempt that did not end well are removed.
   */
  async #settle(
    running: Running,
    transition: (measured: Measured) => Transition | null,
    more: { also?: AlsoWrite | undefined; release?: () => void; hasResult?: boolean } = {},
  ): Promise<void> {
    const { task, split } = running;
    const endedAtMs = Date.now();
    const step = transition(running.measured);
    const settled = step === null ? null : await this.#applyInTheEnd(task, step, more.also);
    more.release?.();
    if (running.handler === null) this.#releaseFunction(task);
    if (settled === null)
      this.#logger.warn(`Attempt ${task.row.attempt} of task ${task.id} was lost meanwhile.`);
    else this.#stored.next({ before: task.row, after: settled.row, endedAtMs });
    if (settled === null || more.hasResult !== true) {
      await removeResults(this.config.dataDir, new Set([attemptKey(task.id, task.row.attempt)]));
    }
    if (split !== null && (settled ?? (await this.#latest(task))).isSettled) {
      await removeParts(this.config.dataDir, task.id);
    }
    this.#running.delete(task.id);
    this.#ended.next(settled?.isQueued ? settled : null);
  }

  #releaseFunction(task: Task): void {
    const nothing = { cpuSeconds: 0, peakRamMb: 0, succeeded: false };
    this.scheduler.recordEnd(task.id, Date.now(), nothing);
  }

  #applyInTheEnd(task: Task, step: Transition, also?: AlsoWrite): Promise<Task | null> {
    return this.store.applyInTheEnd(task, step, also, async (error) => {
      this.#logger.error(`The end of task ${task.id} could not be stored yet: ${String(error)}`);
      await delay(storeRetryMs);
    });
  }

  /** A lost attempt's task as it is now, or as it was known here when that cannot be read. */
  async #latest(task: Task): Promise<Task> {
    return (await this.store.find(task.id).catch(() => null)) ?? task;
  }
}

function partId(taskId: string, piece: Piece): string {
  return `${taskId}/${piece.kind === 'part' ? piece.index : 'combine'}`;
}

function isCancel(end: ProcessEnd): boolean {
  return end.type === 'stopped' && end.reason === 'cancelled';
}

/** Whether a piece ended because memory was short, which may pass. */
function isMemory(end: ProcessEnd): boolean {
  return end.type === 'killed' || (end.type === 'stopped' && end.reason === 'memory');
}

/** CPU adds up over a task's processes; the peak is that of the largest. */
function together(one: Measured, other: Measured): Measured {
  const add = (a: number | null, b: number | null, join: (a: number, b: number) => number) =>
    a === null ? b : b === null ? a : join(a, b);
  return {
    cpuSeconds: add(one.cpuSeconds, other.cpuSeconds, (a, b) => a + b),
    peakRamMb: add(one.peakRamMb, other.peakRamMb, Math.max),
  };
}

function withPeak(
  error: { code: string; message: string },
  measured: Measured,
): { code: string; message: string } {
  if (error.code !== 'OUT_OF_MEMORY' || measured.peakRamMb === null) return error;
  return { ...error, message: `${error.message} Its measured peak was ${measured.peakRamMb} MB.` };
}
