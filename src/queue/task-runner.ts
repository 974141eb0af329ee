import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Scheduler, type Demand } from '@app/scheduler';
import { Subject } from 'rxjs';
import type { ChildUse } from '../compute/child-messages.js';
import { TaskProcess, type ProcessEnd, type StopReason } from '../compute/task-process.js';
import { Config } from '../config/config.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';
import { ProgressBuffer } from './progress-buffer.js';
import { TaskHandlers } from './task-handler.js';
import { TaskStore, type AlsoWrite } from './task-store.js';
import type { Measured, Task, Transition } from './task.js';

/** A function of this process that is shown as a task. */
export type InProcessTask = () => Promise<unknown>;

interface Running {
  readonly task: Task;
  /** Null for a function of this process, which nobody can stop from outside. */
  readonly process: TaskProcess | null;
  /** What a task that the guard has killed gets at its next attempt. */
  retryDemand: Demand | null;
}

const hardLimitFactor = 4;
const leastHardLimitMb = 1024;
const storeRetryMs = 1000;

/** Runs claimed tasks, each in its process, and writes down how each of them ended. */
@Injectable()
export class TaskRunner {
  readonly #logger = new Logger('TaskRunner');
  readonly #running = new Map<string, Running>();
  readonly #ended = new Subject<Task | null>();

  /** When a task of this node has ended and that is stored; the task goes along when it went back to the queue. */
  readonly ended$ = this.#ended.asObservable();

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

  /** Starts the process of a task that this node has claimed. */
  start(task: Task): void {
    const { row } = task;
    this.scheduler.started(task.asStarted());
    const handler = this.handlers.find(row.taskType);
    const payload = handler?.payload.safeParse(row.payload);
    if (handler === null || !payload?.success) {
      const message =
        handler === null
          ? `No handler is registered for task type "${row.taskType}".`
          : `The stored payload is not valid any more: ${payload!.error!.issues[0]?.message ?? 'unknown'}.`;
      void this.#settle(task, (task, measured) =>
        task.fail(new Date(), { code: 'UNKNOWN_TASK', message }, measured),
      );
      return;
    }
    const process = new TaskProcess(
      {
        taskId: row.taskId,
        userId: row.userId,
        attempt: row.attempt,
        entry: handler.entry,
        payload: payload.data,
        dataDir: this.config.dataDir,
        resultPath: this.resultPath(task),
        memoryLimitMb: Math.max(hardLimitFactor * (row.floorRamMb ?? row.ramMb), leastHardLimitMb),
        timeoutS: row.timeoutS,
      },
      (description, progress) => {
        this.progress.add({ taskId: row.taskId, attempt: row.attempt, description, progress });
      },
    );
    const running: Running = { task, process, retryDemand: null };
    this.#running.set(row.taskId, running);
    if (process.pid !== null) this.monitor.watch(row.taskId, process.pid);
    void process.ended.then((end) => this.#settleProcess(running, end));
  }

  /** Shows a function of this process as a running task; it ends when the function's promise settles. */
  startFunction(task: Task, run: InProcessTask): void {
    this.scheduler.started(task.asStarted());
    this.#running.set(task.id, { task, process: null, retryDemand: null });
    void run()
      .finally(() => this.progress.flush())
      .then(
        () => this.#settle(task, (task, measured) => task.complete(new Date(), measured)),
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          return this.#settle(task, (task, measured) =>
            task.fail(new Date(), { code: 'TASK_FAILED', message }, measured),
          );
        },
      );
  }

  /** Ends a running task's process within two seconds; false when this node runs no such process. */
  stop(taskId: string, reason: StopReason, retryDemand?: Demand): boolean {
    const running = this.#running.get(taskId);
    if (running?.process == null) return false;
    if (retryDemand) running.retryDemand = retryDemand;
    running.process.stop(reason);
    return true;
  }

  /** Waits until nothing runs, for a time at most; what is left then is stopped and returned to the queue. */
  async drain(graceMs: number): Promise<void> {
    const deadline = Date.now() + graceMs;
    while (this.#running.size > 0 && Date.now() < deadline) await delay(20);
    for (const { process } of this.#running.values()) process?.stop('returned');
    const stopDeadline = Date.now() + 3_000;
    while (this.#running.size > 0 && Date.now() < stopDeadline) await delay(20);
  }

  /** Where an attempt leaves its result: a late writer of a lost attempt cannot touch its successor's file. */
  resultPath(task: Task): string {
    return join(this.config.dataDir, 'results', this.resultFile(task));
  }

  resultFile(task: Task): string {
    const extension = this.handlers.find(task.row.taskType)?.resultExtension ?? '.json.gz';
    return `${task.id}.${task.row.attempt}${extension}`;
  }

  async #settleProcess(running: Running, end: ProcessEnd): Promise<void> {
    const { task } = running;
    await this.progress.flush();
    switch (end.type) {
      case 'done': {
        const handler = this.handlers.get(task.row.taskType);
        await this.#settle(task, (task, measured) => task.complete(new Date(), measured), {
          also: async (queries, completed) => {
            await handler.completed?.(queries, completed, end.summary, this.resultFile(completed));
          },
          succeeded: true,
          use: end.use,
        });
        return;
      }
      case 'failed':
        await this.#settle(
          task,
          (task, measured) => task.fail(new Date(), withPeak(end.error, measured), measured),
          { use: end.use },
        );
        return;
      case 'stopped':
        await this.#settle(task, (task, measured) => this.#afterStop(task, end.reason, running, measured));
    }
  }

  #afterStop(task: Task, reason: StopReason, running: Running, measured: Measured): Transition {
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
          return task.requeue(running.retryDemand === null ? {} : { floorRamMb: running.retryDemand.ramMb });
        }
        const message = `The machine ran out of memory in each of ${task.row.attempt} attempts.`;
        return task.fail(now, withPeak({ code: 'OUT_OF_MEMORY', message }, measured), measured);
      }
    }
  }

  /**
   * Stores the end and gives the reservation back. A database that is away is waited for: the result
   * of a run is not thrown away because of it.
   */
  async #settle(
    task: Task,
    transition: (task: Task, measured: Measured) => Transition,
    more: { also?: AlsoWrite; succeeded?: boolean; use?: ChildUse | undefined } = {},
  ): Promise<void> {
    const { also, succeeded = false, use } = more;
    const sampled = this.monitor.unwatch(task.id);
    const measured: Measured = {
      cpuSeconds: use?.cpuSeconds ?? sampled.cpuSeconds,
      peakRamMb: sampled.peakRamMb ?? use?.peakRamMb ?? null,
    };
    const endedAtMs = Date.now();
    const step = transition(task, measured);
    const settled = await this.#applyInTheEnd(task, step, also);
    // Only now: whoever follows the events never sees more running than was admitted.
    this.scheduler.ended(task.id, endedAtMs, {
      cpuSeconds: measured.cpuSeconds ?? 0,
      peakRamMb: measured.peakRamMb ?? 0,
      succeeded: succeeded && measured.peakRamMb !== null,
    });
    if (settled === null)
      this.#logger.warn(`Attempt ${task.row.attempt} of task ${task.id} was lost meanwhile.`);
    this.#running.delete(task.id);
    this.#ended.next(settled?.isQueued ? settled : null);
  }

  async #applyInTheEnd(task: Task, step: Transition, also?: AlsoWrite): Promise<Task | null> {
    for (;;) {
      try {
        return await this.store.apply(task, step, also);
      } catch (error) {
        this.#logger.error(`The end of task ${task.id} could not be stored yet: ${String(error)}`);
        await delay(storeRetryMs);
      }
    }
  }
}

function withPeak(
  error: { code: string; message: string },
  measured: Measured,
): { code: string; message: string } {
  if (error.code !== 'OUT_OF_MEMORY' || measured.peakRamMb === null) return error;
  return { ...error, message: `${error.message} Its measured peak was ${measured.peakRamMb} MB.` };
}
