import { decideAdmission, resourceRequestOf, Scheduler } from '@app/scheduler';
import type {
  GuardAction,
  MachineSample,
  MeasuredRun,
  QueuedTask,
  ResourceRequest,
  SchedulerPolicy,
} from '@app/scheduler';

/** Why a dispatcher is asked for starts: a task was submitted, a task ended, or the machine was sampled. */
export type Trigger = 'submission' | 'end' | 'sample';

/** Decides which queued tasks start; the replay reports what happens. */
export interface Dispatcher {
  observe(sample: MachineSample): void;
  recordStart(task: QueuedTask, atMs: number): void;
  recordEnd(id: string, atMs: number, measured: MeasuredRun): void;
  guard(atMs: number): GuardAction;
  /** The queued tasks to start now, in order; `queued` is in order of submission. */
  choose(atMs: number, queued: readonly QueuedTask[], trigger: Trigger): QueuedTask[];
}

/** The scheduler of the server. */
export class HeadroomDispatcher implements Dispatcher {
  readonly #scheduler: Scheduler;

  constructor(policy: SchedulerPolicy) {
    this.#scheduler = new Scheduler(policy);
  }

  observe(sample: MachineSample): void {
    this.#scheduler.observe(sample);
  }

  recordStart(task: QueuedTask, atMs: number): void {
    this.#scheduler.recordStart({ ...task, startedAtMs: atMs });
  }

  recordEnd(id: string, atMs: number, measured: MeasuredRun): void {
    this.#scheduler.recordEnd(id, atMs, measured);
  }

  guard(atMs: number): GuardAction {
    return this.#scheduler.guard(atMs);
  }

  choose(atMs: number, queued: readonly QueuedTask[]): QueuedTask[] {
    return this.#scheduler.runCycle(atMs, queued, { paused: false }).starts.map(({ task }) => task);
  }
}

/**
 * The requirement's rule: a submission starts at once if it fits the last sample, and every 5 s the next task of the
 * queue starts if it fits the last sample. Nothing is reserved, so only the next sample shows a start.
 */
export class RequirementDispatcher implements Dispatcher {
  readonly #policy: SchedulerPolicy;
  readonly #submitted = new Set<string>();
  #sample: MachineSample | null = null;
  #lastCheckMs = 0;

  constructor(policy: SchedulerPolicy) {
    this.#policy = policy;
  }

  observe(sample: MachineSample): void {
    this.#sample = sample;
  }

  recordStart(): void {
    // The rule does not track running tasks.
  }

  recordEnd(): void {
    // The rule learns no estimates.
  }

  guard(): GuardAction {
    return { kind: 'none' };
  }

  choose(atMs: number, queued: readonly QueuedTask[]): QueuedTask[] {
    const starts: QueuedTask[] = [];
    for (const task of queued) {
      if (this.#submitted.has(task.id)) continue;
      this.#submitted.add(task.id);
      if (this.#fits(task.requested)) starts.push(task);
    }
    if (atMs - this.#lastCheckMs >= 5000) {
      this.#lastCheckMs = atMs;
      const next = byPriority(queued.filter((task) => !starts.includes(task)))[0];
      if (next !== undefined && this.#fits(next.requested)) starts.push(next);
    }
    return starts;
  }

  #fits(requested: ResourceRequest): boolean {
    const sample = this.#sample;
    if (sample === null) return false;
    const capacity = {
      total: { cpuMillicores: sample.totalCpuMillicores, ramMb: sample.totalRamMb },
      available: { cpuMillicores: sample.availableCpuMillicores, ramMb: sample.availableRamMb },
      baselineLoad: { cpuMillicores: 0, ramMb: 0 },
      runningTasks: Math.max(1, sample.tasks.size), // the rule has no exclusive mode
    };
    const factor = this.#policy.consumptionFactor;
    const predicted = {
      cpuMillicores: Math.ceil(requested.cpuMillicores * factor),
      ramMb: Math.ceil(requested.ramMb * factor),
    };
    return decideAdmission(capacity, requested, predicted, this.#policy).admitted;
  }
}

/** A worker pool: a fixed number of tasks at once, regardless of what they need. */
export class FixedDispatcher implements Dispatcher {
  readonly #limit: number;
  readonly #running = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  observe(): void {
    // A pool does not look at the machine.
  }

  recordStart(task: QueuedTask): void {
    this.#running.add(task.id);
  }

  recordEnd(id: string): void {
    this.#running.delete(id);
  }

  guard(): GuardAction {
    return { kind: 'none' };
  }

  choose(_atMs: number, queued: readonly QueuedTask[]): QueuedTask[] {
    return byPriority(queued).slice(0, Math.max(0, this.#limit - this.#running.size));
  }
}

const requestByType: Readonly<Record<string, ResourceRequest>> = {
  backtest: resourceRequestOf(1, 0.5),
  model_training: resourceRequestOf(2, 1.5),
  prediction: resourceRequestOf(0.5, 0.3),
};

/** What a task of this type requests; unknown types count as backtests. */
export function requestOf(type: string): ResourceRequest {
  return requestByType[type] ?? resourceRequestOf(1, 0.5);
}

function byPriority(queued: readonly QueuedTask[]): QueuedTask[] {
  return [...queued].sort((a, b) => b.priority - a.priority || a.sequence - b.sequence);
}
