import type { DurationEstimate } from './estimates.js';
import type { TaskUse } from './machine-sample.js';
import type { ResourceAmounts } from './resource-request.js';
import type { StartedTask } from './task.js';

const KEPT_SAMPLES = 5;
/** A task that outlives its P90 is expected to run for another quarter of its age. */
const OVERRUN_FRACTION = 0.25;

/** What one running task is allocated: its prediction at first, later what it is measured to use. */
export class Reservation {
  readonly task: StartedTask;
  readonly predicted: ResourceAmounts;
  readonly duration: DurationEstimate;
  readonly #warmUpMs: number;
  readonly #recentCpu: number[] = [];
  #isStarved = false;
  #rssMb = 0;
  #peakRssMb = 0;
  #chargedUntilMs: number;

  constructor(task: StartedTask, predicted: ResourceAmounts, duration: DurationEstimate, warmUpS: number) {
    this.task = task;
    this.predicted = predicted;
    this.duration = duration;
    this.#warmUpMs = warmUpS * 1000;
    this.#chargedUntilMs = task.startedAtMs;
  }

  observe(use: TaskUse, isCpuSaturated = false): void {
    this.#isStarved = isCpuSaturated;
    this.#recentCpu.push(Math.round(use.cpuMillicores));
    if (this.#recentCpu.length > KEPT_SAMPLES) this.#recentCpu.shift();
    this.#rssMb = Math.ceil(use.rssMb);
    this.#peakRssMb = Math.max(this.#peakRssMb, this.#rssMb);
  }

  /** Whether the CPUs were saturated at the last sample, so that the task may have received less than it could use. */
  get isStarved(): boolean {
    return this.#isStarved;
  }

  /** Whether any sample has contained the task. */
  get isObserved(): boolean {
    return this.#recentCpu.length > 0;
  }

  /** CPU in the last sample. */
  get cpuMillicores(): number {
    return this.#recentCpu.at(-1) ?? 0;
  }

  get rssMb(): number {
    return this.#rssMb;
  }

  get peakRssMb(): number {
    return this.#peakRssMb;
  }

  /** What the task is allocated at `nowMs`. RAM is never below the prediction, because memory use grows late in a run. */
  allocated(nowMs: number): ResourceAmounts {
    const isWarmingUp = nowMs - this.task.startedAtMs < this.#warmUpMs || !this.isObserved;
    const cpuMillicores =
      isWarmingUp || this.#isStarved
        ? Math.max(this.predicted.cpuMillicores, this.cpuMillicores)
        : Math.max(Math.ceil(this.predicted.cpuMillicores / 2), ...this.#recentCpu);
    return { cpuMillicores, ramMb: Math.max(this.predicted.ramMb, this.#rssMb) };
  }

  /** When the task is expected to end if it runs for `durationS`; at least one second from `nowMs`. */
  expectedEndMs(nowMs: number, durationS: number): number {
    const ageMs = nowMs - this.task.startedAtMs;
    return Math.max(
      this.task.startedAtMs + durationS * 1000,
      nowMs + Math.max(1000, ageMs * OVERRUN_FRACTION),
    );
  }

  /** Returns the milliseconds up to `nowMs` that were not yet charged to the user, and marks them as charged. */
  takeUncharged(nowMs: number): number {
    const ms = Math.max(0, nowMs - this.#chargedUntilMs);
    this.#chargedUntilMs += ms;
    return ms;
  }
}
