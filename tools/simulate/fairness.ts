import type { TraceTask } from './trace.js';

const WINDOW_S = 30;

interface Presence {
  readonly spec: TraceTask;
  /** When the task was submitted. */
  fromS: number;
  untilS: number | null;
}

/**
 * Jain's index of fairness between users over windows of 30 s.
 *
 * A window counts when a task was queued in it and at least two users had demand. A user's demand is what the user's
 * running and queued tasks could have used at full speed in the window. The CPU served in the window is divided max-min
 * fairly over the demands. A user's figure x is the CPU served to the user over that share, at most 1. The index of the
 * window is (sum x)^2 / (n sum x^2) (Jain, Chiu, Hawe, 1984).
 */
export class FairnessMeter {
  readonly #cores: number;
  readonly #present = new Map<string, Presence>();
  #served = new Map<string, number>();
  #windowStartS = 0;
  #hasQueuedTasks = false;
  #nowS = 0;
  #sum = 0;
  #windows = 0;

  constructor(cores: number) {
    this.#cores = cores;
  }

  arrive(id: string, spec: TraceTask, atS: number): void {
    this.#present.set(id, { spec, fromS: atS, untilS: null });
  }

  leave(id: string, atS: number): void {
    const presence = this.#present.get(id);
    if (presence !== undefined) presence.untilS = atS;
  }

  serve(user: string, coreSeconds: number): void {
    this.#served.set(user, (this.#served.get(user) ?? 0) + coreSeconds);
  }

  /** Advances the clock to `atS`; to be called before `serve` reports the CPU of that time. */
  advance(atS: number, hasQueuedTasks: boolean): void {
    if (this.#nowS >= this.#windowStartS + WINDOW_S) this.#closeWindow();
    if (atS > this.#nowS && hasQueuedTasks) this.#hasQueuedTasks = true;
    this.#nowS = atS;
  }

  /** The mean over the windows that count, or null when there are none. */
  result(): number | null {
    return this.#windows === 0 ? null : this.#sum / this.#windows;
  }

  #closeWindow(): void {
    const endS = this.#windowStartS + WINDOW_S;
    const demand = new Map<string, number>();
    for (const [id, { spec, fromS, untilS }] of this.#present) {
      const thereS = (untilS ?? endS) - Math.max(fromS, this.#windowStartS);
      const wanted = Math.min(spec.cpu_cores * thereS, spec.cpu_seconds);
      demand.set(spec.user, (demand.get(spec.user) ?? 0) + wanted);
      if (untilS !== null) this.#present.delete(id);
    }
    for (const [user, wanted] of demand) demand.set(user, Math.min(wanted, this.#cores * WINDOW_S));
    const withDemand = [...demand].filter(([, wanted]) => wanted > 0);
    if (this.#hasQueuedTasks && withDemand.length >= 2) {
      const served = withDemand.map(([user]) => this.#served.get(user) ?? 0);
      const shares = maxMinShares(
        withDemand.map(([, wanted], i) => Math.max(wanted, served[i]!)),
        served.reduce((sum, s) => sum + s, 0),
      );
      const ratios = served.map((s, i) => (shares[i]! > 0 ? Math.min(1, s / shares[i]!) : 1));
      this.#sum += jainIndex(ratios);
      this.#windows++;
    }
    this.#served = new Map();
    this.#hasQueuedTasks = false;
    this.#windowStartS = endS;
  }
}

/** Max-min fair shares of an amount: no share exceeds its demand, and the smallest share is as large as possible. */
export function maxMinShares(demands: readonly number[], amount: number): number[] {
  const shares = demands.map(() => 0);
  const bySize = demands.map((_, i) => i).sort((a, b) => demands[a]! - demands[b]!);
  let left = amount;
  bySize.forEach((index, taken) => {
    const share = Math.min(demands[index]!, left / (bySize.length - taken));
    shares[index] = share;
    left -= share;
  });
  return shares;
}

/** Jain's index of non-negative figures: 1 when all are equal, 1/n when all but one are zero, 0 when all are zero. */
export function jainIndex(figures: readonly number[]): number {
  const sum = figures.reduce((total, x) => total + x, 0);
  const squares = figures.reduce((total, x) => total + x * x, 0);
  return squares === 0 ? 0 : (sum * sum) / (figures.length * squares);
}
