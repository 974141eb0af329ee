import { fractionOf } from './resource-request.js';
import type { ResourceAmounts } from './resource-request.js';
import type { SchedulerPolicy } from './policy.js';
import type { MeasuredRun, TaskShape } from './task.js';

const MAX_KEPT_RUNS = 64;
/** Factor on the highest measured peak while fewer runs are known than an estimate needs. */
const FEW_RUNS_MARGIN = 1.05;
/** P90 over the median of the durations of a type that has never run. */
const UNKNOWN_P90_FACTOR = 3;

/** How long tasks of a type and size run, in seconds. */
export interface DurationEstimate {
  readonly medianS: number;
  readonly p90S: number;
}

/**
 * The kept runs by type and size, oldest first, as plain JSON. Stored in the database: fields must not change.
 */
export type EstimatesSnapshot = Readonly<Record<string, HistorySnapshot>>;

interface HistorySnapshot {
  readonly cpuMillicores: readonly number[];
  readonly peakRamMb: readonly number[];
  readonly durationS: readonly number[];
}

/**
 * Predicts what tasks of a type and size use, from their last 64 runs.
 *
 * While too few runs are known, a task is predicted to use its request times the consumption factor. A task that is
 * observed to use more RAM raises the prediction for its type and size at once, while it still runs.
 */
export class Estimates {
  readonly #policy: SchedulerPolicy;
  readonly #histories = new Map<string, RunHistory>();

  constructor(policy: SchedulerPolicy) {
    this.#policy = policy;
  }

  /**
   * What a task is predicted to use.
   *
   * Learned CPU is the P75 of the measured CPU. For short tasks it is the consumption factor times that P75 or times
   * their request, whichever is more: the measured CPU of a task that lasts a moment is mostly its start-up, and a burst
   * of them must not be admitted on that figure. For long tasks the P75 counts in full: they would fill the machine
   * completely for so long that there is no reserve when the external load rises, and no gap for short tasks.
   */
  predict(task: TaskShape): ResourceAmounts {
    const { consumptionFactor, minRunsForEstimate } = this.#policy;
    const history = this.#histories.get(keyOf(task));
    const isLearned = history !== undefined && history.peakRamMb.length >= minRunsForEstimate;
    const minRamMb = Math.max(history?.observedPeakMb ?? 0, task.floorRamMb ?? 0);
    if (isLearned) {
      const isLong = history.medianDurationS >= this.#policy.longTaskS;
      const shortMillicores = Math.max(history.p75CpuMillicores, task.requested.cpuMillicores);
      return {
        cpuMillicores: isLong ? history.p75CpuMillicores : fractionOf(shortMillicores, consumptionFactor),
        ramMb: Math.max(history.p85RamMb, minRamMb),
      };
    }
    const highestRamMb = Math.ceil((history?.highestRamMb ?? 0) * FEW_RUNS_MARGIN);
    return {
      cpuMillicores: fractionOf(task.requested.cpuMillicores, consumptionFactor),
      ramMb: Math.max(fractionOf(task.requested.ramMb, consumptionFactor), highestRamMb, minRamMb),
    };
  }

  /** How long a task is expected to run; for a size that has never run, scaled from the nearest size of its type. */
  duration(task: TaskShape): DurationEstimate {
    const step = sizeStep(task.size);
    for (let distance = 0; distance <= 8; distance++) {
      for (const other of distance === 0 ? [step] : [step - distance, step + distance]) {
        const history = this.#histories.get(keyOfStep(task.type, other));
        if (history !== undefined && history.durationS.length > 0) {
          const scale = 2 ** (step - other);
          return { medianS: history.medianDurationS * scale, p90S: history.p90DurationS * scale };
        }
      }
    }
    const medianS = this.#policy.unknownDurationS;
    return { medianS, p90S: medianS * UNKNOWN_P90_FACTOR };
  }

  /** Records the RAM that a running task holds; raises the prediction where it is more than predicted. */
  observePeak(task: TaskShape, rssMb: number): void {
    const history = this.#historyOf(task);
    if (rssMb > history.observedPeakMb && rssMb > this.predict(task).ramMb) {
      history.observedPeakMb = Math.ceil(rssMb);
    }
  }

  /**
   * Records a run that has ended after `durationS` seconds; runs that failed are ignored.
   *
   * @param isStarved the machine was saturated, so the run shows the CPU that it received and not what it could have
   *   used; its CPU counts as at least its request
   */
  recordRun(task: TaskShape, durationS: number, measured: MeasuredRun, isStarved = false): void {
    const history = this.#historyOf(task);
    if (!measured.succeeded) return;
    const received = (1000 * measured.cpuSeconds) / Math.max(durationS, 0.001);
    const cpuMillicores = isStarved ? Math.max(received, task.requested.cpuMillicores) : received;
    history.add(cpuMillicores, measured.peakRamMb, durationS);
  }

  snapshot(): EstimatesSnapshot {
    return Object.fromEntries(
      [...this.#histories].map(([key, { cpuMillicores, peakRamMb, durationS }]) => [
        key,
        { cpuMillicores: [...cpuMillicores], peakRamMb: [...peakRamMb], durationS: [...durationS] },
      ]),
    );
  }

  restore(snapshot: EstimatesSnapshot): void {
    this.#histories.clear();
    for (const [key, runs] of Object.entries(snapshot)) {
      const history = new RunHistory();
      runs.durationS.forEach((durationS, i) =>
        history.add(runs.cpuMillicores[i]!, runs.peakRamMb[i]!, durationS),
      );
      this.#histories.set(key, history);
    }
  }

  #historyOf(task: TaskShape): RunHistory {
    const key = keyOf(task);
    let history = this.#histories.get(key);
    if (history === undefined) this.#histories.set(key, (history = new RunHistory()));
    return history;
  }
}

/** The last runs of one type and size, with the statistics that predictions need. */
class RunHistory {
  readonly cpuMillicores: number[] = [];
  readonly peakRamMb: number[] = [];
  readonly durationS: number[] = [];
  p75CpuMillicores = 0;
  p85RamMb = 0;
  highestRamMb = 0;
  medianDurationS = 0;
  p90DurationS = 0;
  /** RAM above the prediction that a running task was observed to hold; reset when the next run is recorded. */
  observedPeakMb = 0;

  add(cpuMillicores: number, peakRamMb: number, durationS: number): void {
    push(this.cpuMillicores, Math.round(cpuMillicores));
    push(this.peakRamMb, Math.ceil(peakRamMb));
    push(this.durationS, durationS);
    this.p75CpuMillicores = quantile(this.cpuMillicores, 0.75);
    this.p85RamMb = quantile(this.peakRamMb, 0.85);
    this.highestRamMb = Math.max(...this.peakRamMb);
    this.medianDurationS = quantile(this.durationS, 0.5);
    this.p90DurationS = quantile(this.durationS, 0.9);
    this.observedPeakMb = 0;
  }
}

function push(values: number[], value: number): void {
  values.push(value);
  if (values.length > MAX_KEPT_RUNS) values.shift();
}

/** The smallest of the values that at least the given fraction of the values do not exceed. */
function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? 0;
}

function sizeStep(size: number): number {
  return Math.round(Math.log2(Math.max(size, 2 ** -20)));
}

function keyOfStep(type: string, step: number): string {
  return `${type}/${step}`;
}

function keyOf(task: TaskShape): string {
  return keyOfStep(task.type, sizeStep(task.size));
}
