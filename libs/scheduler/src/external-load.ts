import type { ResourceAmounts } from './resource-request.js';

/** Length of a window; the recent minimum covers the last complete window and the current one. */
const WINDOW_MS = 5 * 60_000;

/**
 * What programs other than the scheduler's own tasks use of the machine.
 *
 * The figure rises at once, because that capacity is no longer free. It falls slowly, because a short lull does not mean
 * that the capacity will stay free.
 */
export class ExternalLoad {
  readonly #decayPerS: number;
  #cpuMillicores = 0;
  #ramMb = 0;
  #atMs: number | null = null;
  #windowStartMs = 0;
  #windowMinimum: ResourceAmounts = unbounded;
  #previousWindowMinimum: ResourceAmounts | null = null;

  /** @param decayPerS fraction of the distance to a lower figure that remains after one second */
  constructor(decayPerS: number) {
    this.#decayPerS = decayPerS;
  }

  get current(): ResourceAmounts {
    return { cpuMillicores: this.#cpuMillicores, ramMb: this.#ramMb };
  }

  /** The minimum over the last 5 to 10 minutes, or null before 5 minutes were observed. */
  get recentMinimum(): ResourceAmounts | null {
    return this.#previousWindowMinimum === null
      ? null
      : lower(this.#previousWindowMinimum, this.#windowMinimum);
  }

  /** Records the load measured at `atMs`; negative figures count as zero. */
  observe(atMs: number, measured: ResourceAmounts): void {
    const elapsedS = this.#atMs === null ? Infinity : Math.max(0, atMs - this.#atMs) / 1000;
    const kept = this.#decayPerS ** elapsedS;
    this.#cpuMillicores = decay(this.#cpuMillicores, Math.max(0, measured.cpuMillicores), kept);
    this.#ramMb = decay(this.#ramMb, Math.max(0, measured.ramMb), kept);
    if (this.#atMs === null) this.#windowStartMs = atMs;
    this.#atMs = atMs;
    this.#windowMinimum = lower(this.#windowMinimum, this.current);
    if (atMs - this.#windowStartMs >= WINDOW_MS) {
      this.#previousWindowMinimum = this.#windowMinimum;
      this.#windowMinimum = unbounded;
      this.#windowStartMs = atMs;
    }
  }
}

const unbounded: ResourceAmounts = { cpuMillicores: Infinity, ramMb: Infinity };

function lower(a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts {
  return { cpuMillicores: Math.min(a.cpuMillicores, b.cpuMillicores), ramMb: Math.min(a.ramMb, b.ramMb) };
}

/** Moves `from` to `to`: at once when it rises, by all but the fraction `kept` of the distance when it falls. */
function decay(from: number, to: number, kept: number): number {
  return to >= from ? Math.round(to) : Math.ceil(to + (from - to) * kept);
}
