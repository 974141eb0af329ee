import type { Demand } from './demand.js';

/**
 * The machine's load that is not ours.
 *
 * It rises at once, because room that is gone is gone, and falls slowly, because a lull of one second is no room yet.
 */
export class ExternalLoad {
  readonly #decayPerS: number;
  #cpuMillicores = 0;
  #ramMb = 0;
  #atMs: number | null = null;

  /** `decayPerS`: part of the distance to a lower figure that is left after a second. */
  constructor(decayPerS: number) {
    this.#decayPerS = decayPerS;
  }

  get current(): Demand {
    return { cpuMillicores: this.#cpuMillicores, ramMb: this.#ramMb };
  }

  /** Takes in the load that was seen beside our tasks at `atMs`; negative figures count as none. */
  observe(atMs: number, seen: Demand): void {
    const elapsedS = this.#atMs === null ? Infinity : Math.max(0, atMs - this.#atMs) / 1000;
    const kept = this.#decayPerS ** elapsedS;
    this.#cpuMillicores = fall(this.#cpuMillicores, Math.max(0, seen.cpuMillicores), kept);
    this.#ramMb = fall(this.#ramMb, Math.max(0, seen.ramMb), kept);
    this.#atMs = atMs;
  }
}

function fall(from: number, to: number, kept: number): number {
  return to >= from ? Math.round(to) : Math.ceil(to + (from - to) * kept);
}
