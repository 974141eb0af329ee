import type { Demand } from './demand.js';
import type { DurationEstimate } from './estimates.js';
import type { TaskUse } from './machine-sample.js';
import type { StartedTask } from './task.js';

const REMEMBERED_SAMPLES = 5;
/** A task that outlives its P90 is expected to run this part of its age longer. */
const OVERRUN = 0.25;

/** The share of the machine that one running task holds: its prediction at first, then what it is seen to use. */
export class Reservation {
  readonly task: StartedTask;
  readonly predicted: Demand;
  readonly duration: DurationEstimate;
  readonly #warmUpMs: number;
  readonly #recentCpu: number[] = [];
  #isStarved = false;
  #rssMb = 0;
  #peakRssMb = 0;
  #chargedToMs: number;

  constructor(task: StartedTask, predicted: Demand, duration: DurationEstimate, warmUpS: number) {
    this.task = task;
    this.predicted = predicted;
    this.duration = duration;
    this.#warmUpMs = warmUpS * 1000;
    this.#chargedToMs = task.startedAtMs;
  }

  observe(use: TaskUse, isCpuSaturated = false): void {
    this.#isStarved = isCpuSaturated;
    this.#recentCpu.push(Math.round(use.cpuMillicores));
    if (this.#recentCpu.length > REMEMBERED_SAMPLES) this.#recentCpu.shift();
    this.#rssMb = Math.ceil(use.rssMb);
    this.#peakRssMb = Math.max(this.#peakRssMb, this.#rssMb);
  }

  /** Whether the last sample shows what the task got rather than what it wanted. */
  get isStarved(): boolean {
    return this.#isStarved;
  }

  /** Whether a sample has shown the task yet. */
  get isSeen(): boolean {
    return this.#recentCpu.length > 0;
  }

  /** CPU of the last sample. */
  get cpuMillicores(): number {
    return this.#recentCpu.at(-1) ?? 0;
  }

  get rssMb(): number {
    return this.#rssMb;
  }

  get peakRssMb(): number {
    return this.#peakRssMb;
  }

  /** What the task counts for at `nowMs`; RAM never below its prediction, because memory ramps up late. */
  held(nowMs: number): Demand {
    const warmingUp = nowMs - this.task.startedAtMs < this.#warmUpMs || !this.isSeen;
    const cpuMillicores =
      warmingUp || this.#isStarved
        ? Math.max(this.predicted.cpuMillicores, this.cpuMillicores)
        : Math.max(Math.ceil(this.predicted.cpuMillicores / 2), ...this.#recentCpu);
    return { cpuMillicores, ramMb: Math.max(this.predicted.ramMb, this.#rssMb) };
  }

  /** When the task is expected to have ended, with the given duration of its kind. */
  expectedEndMs(nowMs: number, durationS: number): number {
    const ageMs = nowMs - this.task.startedAtMs;
    return Math.max(this.task.startedAtMs + durationS * 1000, nowMs + Math.max(1000, ageMs * OVERRUN));
  }

  /** Milliseconds up to `nowMs` that were not charged to the user's usage yet; charges them. */
  takeUncharged(nowMs: number): number {
    const ms = Math.max(0, nowMs - this.#chargedToMs);
    this.#chargedToMs += ms;
    return ms;
  }
}
