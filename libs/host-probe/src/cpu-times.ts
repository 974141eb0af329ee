/** The kernel's counters tick every 10 ms; over less than this a rate is mostly rounding, so the previous one stands. */
export const SHORTEST_INTERVAL_MS = 100;

/** A CPU's counters since boot, in clock ticks. */
export interface CpuTimes {
  /** Idle and waiting for I/O: the CPU was free. */
  readonly idle: number;
  /** Everything, stolen time included: what a hypervisor took was not free. */
  readonly total: number;
}

/**
 * The per-CPU lines of `/proc/stat`, by CPU number: user nice system idle iowait irq softirq steal. Guest time, the
 * two columns after that, is already part of user and nice (proc(5)).
 */
export function parseCpuTimes(procStat: string): Map<number, CpuTimes> {
  const times = new Map<number, CpuTimes>();
  for (let start = 0; procStat.startsWith('cpu', start);) {
    const newline = procStat.indexOf('\n', start);
    const end = newline === -1 ? procStat.length : newline;
    const [name, ...columns] = procStat.slice(start, end).split(/\s+/, 9);
    if (name !== 'cpu') {
      const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
        columns.map(Number);
      times.set(Number(name!.slice(3)), {
        idle: idle + iowait,
        total: user + nice + system + idle + iowait + irq + softirq + steal,
      });
    }
    start = end + 1;
  }
  return times;
}

/**
 * How much of the given CPUs was free between two readings, in milli-cores: the sum of Δidle / Δtotal. A CPU without
 * a baseline (just brought online) or with frozen counters counts as the mean of the others; null when none moved.
 */
export function idleMillicores(
  before: ReadonlyMap<number, CpuTimes>,
  after: ReadonlyMap<number, CpuTimes>,
  cpus: ReadonlySet<number>,
): number | null {
  let idle = 0;
  let moved = 0;
  for (const cpu of cpus) {
    const from = before.get(cpu);
    const to = after.get(cpu);
    if (from === undefined || to === undefined || to.total <= from.total) continue;
    // iowait may step back by a tick when a sleeper wakes on another CPU (proc(5)).
    idle += Math.min(Math.max((to.idle - from.idle) / (to.total - from.total), 0), 1);
    moved += 1;
  }
  return moved === 0 ? null : (1000 * idle * cpus.size) / moved;
}
