import { decideAdmission, demandOf, Scheduler } from '@app/scheduler';
import type {
  Demand,
  GuardAction,
  MachineSample,
  MeasuredRun,
  QueuedTask,
  SchedulerPolicy,
} from '@app/scheduler';

/** Why a dispatcher is asked: something was submitted, something ended, the machine was sampled. */
export type Occasion = 'submission' | 'end' | 'sample';

/** What decides which queued tasks start; the replay tells it what happens. */
export interface Dispatcher {
  observe(sample: MachineSample): void;
  started(task: QueuedTask, atMs: number): void;
  ended(id: string, atMs: number, measured: MeasuredRun): void;
  guard(atMs: number): GuardAction;
  /** The queued tasks to start now, in order; `queued` is in order of submission. */
  choose(atMs: number, queued: readonly QueuedTask[], occasion: Occasion): QueuedTask[];
}

/** The server's own scheduler. */
export class HeadroomDispatcher implements Dispatcher {
  readonly #scheduler: Scheduler;

  constructor(policy: SchedulerPolicy) {
    this.#scheduler = new Scheduler(policy);
  }

  observe(sample: MachineSample): void {
    this.#scheduler.observe(sample);
  }

  started(task: QueuedTask, atMs: number): void {
    this.#scheduler.started({ ...task, startedAtMs: atMs });
  }

  ended(id: string, atMs: number, measured: MeasuredRun): void {
    this.#scheduler.ended(id, atMs, measured);
  }

  guard(atMs: number): GuardAction {
    return this.#scheduler.guard(atMs);
  }

  choose(atMs: number, queued: readonly QueuedTask[]): QueuedTask[] {
    return this.#scheduler.pass(atMs, queued, { paused: false }).starts.map(({ task }) => task);
  }
}

/**
 * The requirement's own rule: a submission starts at once when the last sample has room for it; every 5 s the queue's
 * next task starts when the last sample has room. Nothing is reserved, so a start shows only in the next sample.
 */
export class RequirementDispatcher implements Dispatcher {
  readonly #policy: SchedulerPolicy;
  readonly #seen = new Set<string>();
  #sample: MachineSample | null = null;
  #lastCheckMs = 0;

  constructor(policy: SchedulerPolicy) {
    this.#policy = policy;
  }

  observe(sample: MachineSample): void {
    this.#sample = sample;
  }

  started(): void {
    // The rule keeps no account of what runs.
  }

  ended(): void {
    // The rule learns nothing.
  }

  guard(): GuardAction {
    return { kind: 'none' };
  }

  choose(atMs: number, queued: readonly QueuedTask[]): QueuedTask[] {
    const starts: QueuedTask[] = [];
    for (const task of queued) {
      if (this.#seen.has(task.id)) continue;
      this.#seen.add(task.id);
      if (this.#hasRoom(task.declared)) starts.push(task);
    }
    if (atMs - this.#lastCheckMs >= 5000) {
      this.#lastCheckMs = atMs;
      const next = byPriority(queued.filter((task) => !starts.includes(task)))[0];
      if (next !== undefined && this.#hasRoom(next.declared)) starts.push(next);
    }
    return starts;
  }

  #hasRoom(declared: Demand): boolean {
    const sample = this.#sample;
    if (sample === null) return false;
    const room = {
      total: { cpuMillicores: sample.totalCpuMillicores, ramMb: sample.totalRamMb },
      available: { cpuMillicores: sample.availableCpuMillicores, ramMb: sample.availableRamMb },
      ambient: { cpuMillicores: 0, ramMb: 0 },
      runningTasks: Math.max(1, sample.tasks.size), // the rule knows no running alone
    };
    const factor = this.#policy.consumptionFactor;
    const predicted = {
      cpuMillicores: Math.ceil(declared.cpuMillicores * factor),
      ramMb: Math.ceil(declared.ramMb * factor),
    };
    return decideAdmission(room, declared, predicted, this.#policy).admitted;
  }
}

/** At most so many tasks at once, whatever they need: the usual worker pool. */
export class FixedDispatcher implements Dispatcher {
  readonly #limit: number;
  readonly #running = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  observe(): void {
    // A pool does not look at the machine.
  }

  started(task: QueuedTask): void {
    this.#running.add(task.id);
  }

  ended(id: string): void {
    this.#running.delete(id);
  }

  guard(): GuardAction {
    return { kind: 'none' };
  }

  choose(_atMs: number, queued: readonly QueuedTask[]): QueuedTask[] {
    return byPriority(queued).slice(0, Math.max(0, this.#limit - this.#running.size));
  }
}

const declaredByType: Readonly<Record<string, Demand>> = {
  backtest: demandOf(1, 0.5),
  model_training: demandOf(2, 1.5),
  prediction: demandOf(0.5, 0.3),
};

/** What a type's handler declares; unknown types count as backtests. */
export function declaredOf(type: string): Demand {
  return declaredByType[type] ?? demandOf(1, 0.5);
}

function byPriority(queued: readonly QueuedTask[]): QueuedTask[] {
  return [...queued].sort((a, b) => b.priority - a.priority || a.sequence - b.sequence);
}
