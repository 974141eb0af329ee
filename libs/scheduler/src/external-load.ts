import type { Demand } from './demand.js';

/** The quietest use is kept over the last one to two of these spans. */
const SPAN_MS = 5 * 60_000;

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
  #spanStartMs = 0;
  #quietestOfSpan: Demand = unbounded;
  #quietestBefore: Demand | null = null;

  /** `decayPerS`: part of the distance to a lower figure that is left after a second. */
  constructor(decayPerS: number) {
    this.#decayPerS = decayPerS;
  }

  get current(): Demand {
    return { cpuMillicores: this.#cpuMillicores, ramMb: this.#ramMb };
  }

  /** The least that others used over the last 5 to 10 minutes, or null before so much time was observed. */
  get quietest(): Demand | null {
    return this.#quietestBefore === null ? null : lower(this.#quietestBefore, this.#quietestOfSpan);
  }

  /** Takes in the load that was seen beside our tasks at `atMs`; negative figures count as none. */
  observe(atMs: number, seen: Demand): void {
    const elapsedS = this.#atMs === null ? Infinity : Math.max(0, atMs - this.#atMs) / 1000;
    const kept = this.#decayPerS ** elapsedS;
    this.#cpuMillicores = fall(this.#cpuMillicores, Math.max(0, seen.cpuMillicores), kept);
    this.#ramMb = fall(this.#ramMb, Math.max(0, seen.ramMb), kept);
    if (this.#atMs === null) this.#spanStartMs = atMs;
    this.#atMs = atMs;
    this.#quietestOfSpan = lower(this.#quietestOfSpan, this.current);
    if (atMs - this.#spanStartMs >= SPAN_MS) {
      this.#quietestBefore = this.#quietestOfSpan;
      this.#quietestOfSpan = unbounded;
      this.#spanStartMs = atMs;
    }
  }
}

const unbounded: Demand = { cpuMillicores: Infinity, ramMb: Infinity };

function lower(a: Demand, b: Demand): Demand {
  return { cpuMillicores: Math.min(a.cpuMillicores, b.cpuMillicores), ramMb: Math.min(a.ramMb, b.ramMb) };
}

function fall(from: number, to: number, kept: number): number {
  return to >= from ? Math.round(to) : Math.ceil(to + (from - to) * kept);
}
