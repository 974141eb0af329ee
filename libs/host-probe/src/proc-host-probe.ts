import { findCgroups, type CgroupChain, type CgroupMembership } from './cgroups.js';
import { parseCpuList } from './cpu-list.js';
import { readCpuQuotas, type CpuQuota } from './cpu-quota.js';
import { idleMillicores, parseCpuTimes, SHORTEST_INTERVAL_MS, type CpuTimes } from './cpu-times.js';
import type { FileTree } from './file-tree.js';
import {
  toHostSample,
  type HostProbe,
  type HostReading,
  type HostSample,
  type Measured,
  type Overrides,
} from './host-sample.js';
import { readMemory } from './memory.js';
import { readPressure } from './pressure.js';

export interface ProcHostProbeOptions extends Overrides {
  readonly files: FileTree;
  /** Whose limits are read: the process of this folder name in `/proc`. */
  readonly pid: number | 'self';
  /** Time in ms since the epoch that never steps, for `atMs` and rates. */
  readonly now: () => number;
}

/** The counters that rates are taken from, and when they were read. */
interface Baseline {
  readonly atMs: number;
  readonly times: ReadonlyMap<number, CpuTimes>;
  readonly quotas: readonly CpuQuota[];
}

/** Rates between two baselines, in milli-cores. */
interface Rates {
  readonly idle: number | null;
  /** Use of each level of the CPU chain, by folder. */
  readonly usedByDir: ReadonlyMap<string, number>;
}

/**
 * The Linux probe. Everything is read anew at each sample, limits included, since `docker update`, a systemd property
 * or a taskset change them under a running process; only the walk from mount table to cgroup folders is kept for as
 * long as `/proc/PID/cgroup` stays the same. The constructor takes the first reading of the counters, so the first
 * sample covers the time since then.
 */
export class ProcHostProbe implements HostProbe {
  readonly #options: ProcHostProbeOptions;
  readonly #files: FileTree;
  #membershipText: string | null = null;
  #cgroups: CgroupMembership = { cpu: null, cpuacct: null, memory: null, unified: null };
  #baseline: Baseline;
  #rates: Rates = { idle: null, usedByDir: new Map() };

  constructor(options: ProcHostProbeOptions) {
    this.#options = options;
    this.#files = options.files;
    this.#refreshCgroups();
    this.#baseline = this.#readBaseline();
  }

  sample(): HostSample {
    return toHostSample(this.#read(), this.#options, this.#options.now());
  }

  #read(): HostReading {
    this.#refreshCgroups();
    const current = this.#readBaseline();
    const cpus = this.#allowedCpus(current.times);
    if (current.atMs - this.#baseline.atMs >= SHORTEST_INTERVAL_MS) {
      this.#rates = ratesBetween(this.#baseline, current, cpus);
      this.#baseline = current;
    }
    const cpu = this.#measureCpu(cpus.size, current.quotas);
    const memory = readMemory(this.#cgroups.memory, this.#files);
    const pressure = readPressure(
      {
        cpu: this.#pressureDir(this.#cgroups.cpu, cpu.limitedBy),
        memory: this.#pressureDir(this.#cgroups.memory, memory.limitedBy),
      },
      this.#files,
    );
    return { cpu, ram: memory, pressure };
  }

  /** Walks the mount table again when the process was moved to another cgroup. */
  #refreshCgroups(): void {
    const text = this.#files.read(`/proc/${this.#options.pid}/cgroup`) ?? '';
    if (text === this.#membershipText) return;
    const mountInfo = this.#files.read(`/proc/${this.#options.pid}/mountinfo`) ?? '';
    this.#cgroups = findCgroups(mountInfo, text, this.#files);
    this.#membershipText = text;
  }

  #readBaseline(): Baseline {
    const quotas = readCpuQuotas(this.#cgroups, this.#files);
    const times = parseCpuTimes(this.#files.read('/proc/stat') ?? '');
    return { atMs: this.#options.now(), times, quotas };
  }

  /**
   * CPUs of the affinity mask (which the kernel keeps within the cpuset) that are online. A mask may be wider than the
   * machine (CPUs that could be plugged in), and a container may see a `/proc/stat` of its own that counts its CPUs
   * from 0 (lxcfs): where `/proc/stat` has no more CPUs than the mask, all of them are ours.
   */
  #allowedCpus(times: ReadonlyMap<number, CpuTimes>): Set<number> {
    const status = this.#files.read(`/proc/${this.#options.pid}/status`) ?? '';
    const list = /^Cpus_allowed_list:\s*(\S*)$/m.exec(status)?.[1];
    const online = [...times.keys()];
    if (list === undefined) return new Set(online);
    const mask = parseCpuList(list);
    return new Set(online.length <= mask.size ? online : online.filter((cpu) => mask.has(cpu)));
  }

  #measureCpu(cpuCount: number, quotas: readonly CpuQuota[]): Measured & { limitedBy: string | null } {
    const allowed = 1000 * cpuCount;
    const idle = this.#rates.idle ?? allowed - 1000 * this.#loadNow();
    let tightest: CpuQuota | null = null;
    let available = Math.min(idle, allowed);
    for (const quota of quotas) {
      const used = this.#rates.usedByDir.get(quota.dir) ?? 0;
      available = Math.min(available, quota.limitMillicores - used);
      if (quota.limitMillicores < (tightest?.limitMillicores ?? allowed)) tightest = quota;
    }
    return {
      total: tightest?.limitMillicores ?? allowed,
      available: Math.max(0, available),
      source: tightest?.version ?? 'host',
      limitedBy: tightest?.dir ?? null,
    };
  }

  /** Runnable tasks of the last minute: the coarse answer where CPU counters stand still (some sandboxes). */
  #loadNow(): number {
    const [lastMinute = ''] = (this.#files.read('/proc/loadavg') ?? '').split(' ', 1);
    return Number(lastMinute);
  }

  /** Only v2 keeps pressure: the limited level itself, or for a limit of v1 the process's own group in v2. */
  #pressureDir(chain: CgroupChain | null, limitedBy: string | null): string | null {
    if (limitedBy === null || chain === null) return null;
    if (chain.version === 'cgroup-v2') return limitedBy;
    return this.#cgroups.unified?.levels[0]?.dir ?? null;
  }
}

function ratesBetween(before: Baseline, after: Baseline, cpus: ReadonlySet<number>): Rates {
  const elapsedMs = after.atMs - before.atMs;
  const usageBefore = new Map(before.quotas.map(({ dir, usageUs }) => [dir, usageUs]));
  const usedByDir = new Map<string, number>();
  for (const { dir, usageUs } of after.quotas) {
    const from = usageBefore.get(dir);
    if (usageUs === null || from === undefined || from === null) continue;
    // µs of CPU per ms of time are milli-cores.
    usedByDir.set(dir, Math.max(0, usageUs - from) / elapsedMs);
  }
  return { idle: idleMillicores(before.times, after.times, cpus), usedByDir };
}
