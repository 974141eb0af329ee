import {
  toHostSample,
  type HostProbe,
  type HostSample,
  type Overrides,
  type Pressure,
} from './host-sample.js';
import { idleMillicores, SHORTEST_INTERVAL_MS, type CpuTimes } from './cpu-times.js';

/** What the probe asks of an operating system without `/proc`. */
export interface OsFigures {
  /** Counters of every CPU since boot, by number; any unit. */
  cpuTimes(): Map<number, CpuTimes>;
  /** RAM in bytes; `available` counts caches that the system gives back. */
  memory(): Promise<{ total: number; available: number }>;
}

export interface OsHostProbeOptions extends Overrides {
  readonly figures: OsFigures;
  /** Time in ms since the epoch that never steps. */
  readonly now: () => number;
}

const NO_PRESSURE: Pressure = { cpu: null, memory: null, io: null, memoryFull: null };

/** The probe for macOS, Windows and the BSDs: whole-machine figures, since these have no cgroups, and no pressure. */
export class OsHostProbe implements HostProbe {
  readonly #options: OsHostProbeOptions;
  #baseline: { atMs: number; times: Map<number, CpuTimes> };
  #idle: number | null = null;

  constructor(options: OsHostProbeOptions) {
    this.#options = options;
    this.#baseline = this.#readTimes();
  }

  async sample(): Promise<HostSample> {
    const current = this.#readTimes();
    const cpus = new Set(current.times.keys());
    if (current.atMs - this.#baseline.atMs >= SHORTEST_INTERVAL_MS) {
      this.#idle = idleMillicores(this.#baseline.times, current.times, cpus);
      this.#baseline = current;
    }
    const total = 1000 * cpus.size;
    const cpu = { total, available: this.#idle ?? total, source: 'host' } as const;
    const ram = { ...(await this.#options.figures.memory()), source: 'host' } as const;
    return toHostSample({ cpu, ram, pressure: NO_PRESSURE }, this.#options, this.#options.now());
  }

  #readTimes(): { atMs: number; times: Map<number, CpuTimes> } {
    return { atMs: this.#options.now(), times: this.#options.figures.cpuTimes() };
  }
}
