import type { Demand } from './demand.js';
import { partOf } from './demand.js';
import type { SchedulerPolicy } from './policy.js';
import type { MeasuredRun, TaskShape } from './task.js';

const RING_LENGTH = 64;
/** What the highest peak of too few runs counts for. */
const FEW_RUNS_MARGIN = 1.05;
/** P90 of an unknown task over its usual duration. */
const UNKNOWN_P90_FACTOR = 3;

/** How long a kind of task runs, in seconds. */
export interface DurationEstimate {
  readonly medianS: number;
  readonly p90S: number;
}

/** The learned runs of one type and size, as plain JSON; the oldest first. */
export type EstimatesSnapshot = Readonly<Record<string, KindSnapshot>>;

interface KindSnapshot {
  readonly cpuMillicores: readonly number[];
  readonly peakRamMb: readonly number[];
  readonly durationS: readonly number[];
}

/**
 * What tasks of a type and size really need, from their last 64 runs.
 *
 * Until enough runs are known a task is taken to use the consumption factor's part of what it declares. A task that is
 * seen to need more RAM than that raises the estimate of its kind at once, even while it still runs.
 */
export class Estimates {
  readonly #policy: SchedulerPolicy;
  readonly #kinds = new Map<string, Kind>();

  constructor(policy: SchedulerPolicy) {
    this.#policy = policy;
  }

  /**
   * The demand that a task is expected to show.
   *
   * Learned CPU is the P75 of what was measured; of short tasks the consumption factor's part of that or, where it is
   * more, of what they declare: the figure of a task that is over in a moment is mostly its start, and a burst of them
   * must not be let in on it. Long tasks fill the machine to the brim for so long that a rise of others' load finds them
   * there, and leave no gap for short ones.
   */
  predict(task: TaskShape): Demand {
    const { consumptionFactor, learnAfterRuns } = this.#policy;
    const kind = this.#kinds.get(kindOf(task));
    const isLearned = kind !== undefined && kind.peakRamMb.length >= learnAfterRuns;
    const ramSeen = Math.max(kind?.seenRamMb ?? 0, task.floorRamMb ?? 0);
    if (isLearned) {
      const isLong = kind.medianDurationS >= this.#policy.longTaskS;
      const shortMillicores = Math.max(kind.p75CpuMillicores, task.declared.cpuMillicores);
      return {
        cpuMillicores: isLong ? kind.p75CpuMillicores : partOf(shortMillicores, consumptionFactor),
        ramMb: Math.max(kind.p85RamMb, ramSeen),
      };
    }
    const highestRamMb = Math.ceil((kind?.highestRamMb ?? 0) * FEW_RUNS_MARGIN);
    return {
      cpuMillicores: partOf(task.declared.cpuMillicores, consumptionFactor),
      ramMb: Math.max(partOf(task.declared.ramMb, consumptionFactor), highestRamMb, ramSeen),
    };
  }

  /** How long a task is expected to run; of a size never seen, scaled from the nearest size of its type. */
  duration(task: TaskShape): DurationEstimate {
    const step = sizeStep(task.size);
    for (let distance = 0; distance <= 8; distance++) {
      for (const other of distance === 0 ? [step] : [step - distance, step + distance]) {
        const kind = this.#kinds.get(kindName(task.type, other));
        if (kind !== undefined && kind.durationS.length > 0) {
          const scale = 2 ** (step - other);
          return { medianS: kind.medianDurationS * scale, p90S: kind.p90DurationS * scale };
        }
      }
    }
    const medianS = this.#policy.unknownDurationS;
    return { medianS, p90S: medianS * UNKNOWN_P90_FACTOR };
  }

  /** Takes in the RAM that a task is seen to hold while it runs. */
  seen(task: TaskShape, rssMb: number): void {
    const kind = this.#kind(task);
    if (rssMb > kind.seenRamMb && rssMb > this.predict(task).ramMb) kind.seenRamMb = Math.ceil(rssMb);
  }

  /**
   * Takes in a run that has ended after `durationS` seconds. A starved run's CPU counts as no less than
   * declared: on a saturated machine a task shows what it got, not what it wanted.
   */
  learn(task: TaskShape, durationS: number, measured: MeasuredRun, isStarved = false): void {
    const kind = this.#kind(task);
    if (!measured.succeeded) return;
    const got = (1000 * measured.cpuSeconds) / Math.max(durationS, 0.001);
    kind.add(isStarved ? Math.max(got, task.declared.cpuMillicores) : got, measured.peakRamMb, durationS);
  }

  snapshot(): EstimatesSnapshot {
    return Object.fromEntries(
      [...this.#kinds].map(([name, { cpuMillicores, peakRamMb, durationS }]) => [
        name,
        { cpuMillicores: [...cpuMillicores], peakRamMb: [...peakRamMb], durationS: [...durationS] },
      ]),
    );
  }

  restore(snapshot: EstimatesSnapshot): void {
    this.#kinds.clear();
    for (const [name, runs] of Object.entries(snapshot)) {
      const kind = new Kind();
      runs.durationS.forEach((durationS, i) =>
        kind.add(runs.cpuMillicores[i]!, runs.peakRamMb[i]!, durationS),
      );
      this.#kinds.set(name, kind);
    }
  }

  #kind(task: TaskShape): Kind {
    const name = kindOf(task);
    let kind = this.#kinds.get(name);
    if (kind === undefined) this.#kinds.set(name, (kind = new Kind()));
    return kind;
  }
}

/** The runs of one type and size, with the figures drawn from them kept ready. */
class Kind {
  readonly cpuMillicores: number[] = [];
  readonly peakRamMb: number[] = [];
  readonly durationS: number[] = [];
  p75CpuMillicores = 0;
  p85RamMb = 0;
  highestRamMb = 0;
  medianDurationS = 0;
  p90DurationS = 0;
  /** RAM above the estimate that a running task showed; forgotten once a run has taught it. */
  seenRamMb = 0;

  add(cpuMillicores: number, peakRamMb: number, durationS: number): void {
    push(this.cpuMillicores, Math.round(cpuMillicores));
    push(this.peakRamMb, Math.ceil(peakRamMb));
    push(this.durationS, durationS);
    this.p75CpuMillicores = quantile(this.cpuMillicores, 0.75);
    this.p85RamMb = quantile(this.peakRamMb, 0.85);
    this.highestRamMb = Math.max(...this.peakRamMb);
    this.medianDurationS = quantile(this.durationS, 0.5);
    this.p90DurationS = quantile(this.durationS, 0.9);
    this.seenRamMb = 0;
  }
}

function push(ring: number[], value: number): void {
  ring.push(value);
  if (ring.length > RING_LENGTH) ring.shift();
}

/** The smallest value that at least the given part of the values do not exceed. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

function sizeStep(size: number): number {
  return Math.round(Math.log2(Math.max(size, 2 ** -20)));
}

function kindName(type: string, step: number): string {
  return `${type}/${step}`;
}

function kindOf(task: TaskShape): string {
  return kindName(task.type, sizeStep(task.size));
}
