/** Where a total comes from: the machine itself, a cgroup's limit, or the operator's word. */
export type LimitSource = 'host' | 'cgroup-v1' | 'cgroup-v2' | 'override';

/** Share of the last ten seconds, in percent, in which tasks stood still for want of the resource (PSI avg10). */
export interface Pressure {
  /** Some task waited for a CPU; null where the kernel keeps no PSI. */
  readonly cpu: number | null;
  /** Some task waited for memory. */
  readonly memory: number | null;
  /** Some task waited for a disk. */
  readonly io: number | null;
  /** Every task that was not idle waited for memory. */
  readonly memoryFull: number | null;
}

/** What this process may use and what of it is free now: integer milli-cores, MB of 2^20 bytes, percent with one decimal. */
export interface HostSample {
  /** ms since the epoch, from a clock that never steps; rises from sample to sample. */
  readonly atMs: number;
  readonly totalCpuMillicores: number;
  readonly availableCpuMillicores: number;
  readonly totalRamMb: number;
  readonly availableRamMb: number;
  /** Less than 5 % of the CPUs there really are was free, whatever an override says. */
  readonly isCpuSaturated: boolean;
  readonly cpuUsagePercent: number;
  readonly ramUsagePercent: number;
  readonly pressure: Pressure;
  readonly limits: { readonly cpuSource: LimitSource; readonly ramSource: LimitSource };
}

/** The port: one owner calls `sample` about once a second; CPU figures are means since its previous call. */
export interface HostProbe {
  sample(): HostSample | Promise<HostSample>;
}

/** One resource as measured, before overrides and rounding; the unit is the resource's own (milli-cores or bytes). */
export interface Measured {
  readonly total: number;
  readonly available: number;
  readonly source: LimitSource;
}

/** A machine measured once, before overrides and rounding: CPU in milli-cores, RAM in bytes. */
export interface HostReading {
  readonly cpu: Measured;
  readonly ram: Measured;
  readonly pressure: Pressure;
}

/** The operator's totals (`HEADROOM_CPU_CORES`, `HEADROOM_RAM_GB`; a GB is 1024 MB); absent means as measured. */
export interface Overrides {
  readonly cpuCoresOverride?: number | undefined;
  readonly ramGbOverride?: number | undefined;
}

export const BYTES_PER_MB = 2 ** 20;
const BYTES_PER_GB = 2 ** 30;
const SATURATED_BELOW = 0.05;

/**
 * Turns a reading into a sample of integers. An override replaces the total and keeps the measured *use*:
 * available = override − busy, never below 0; so a small machine can pass for a large one, and the other way round.
 */
export function toHostSample(reading: HostReading, overrides: Overrides, atMs: number): HostSample {
  const { cpuCoresOverride, ramGbOverride } = overrides;
  const cpu = overridden(reading.cpu, cpuCoresOverride === undefined ? undefined : cpuCoresOverride * 1000);
  const ram = overridden(reading.ram, ramGbOverride === undefined ? undefined : ramGbOverride * BYTES_PER_GB);
  const totalCpuMillicores = wholeUnits(cpu.total);
  const availableCpuMillicores = wholeUnits(cpu.available);
  const totalRamMb = wholeUnits(ram.total / BYTES_PER_MB);
  const availableRamMb = wholeUnits(ram.available / BYTES_PER_MB);
  return {
    atMs,
    totalCpuMillicores,
    availableCpuMillicores,
    totalRamMb,
    availableRamMb,
    isCpuSaturated: reading.cpu.available < SATURATED_BELOW * reading.cpu.total,
    cpuUsagePercent: usagePercent(totalCpuMillicores, availableCpuMillicores),
    ramUsagePercent: usagePercent(totalRamMb, availableRamMb),
    pressure: reading.pressure,
    limits: { cpuSource: cpu.source, ramSource: ram.source },
  };
}

/** Throws a RangeError that names the override which is not a positive number. */
export function assertOverrides(overrides: Overrides): void {
  for (const name of ['cpuCoresOverride', 'ramGbOverride'] as const) {
    const value = overrides[name];
    if (value !== undefined && !(Number.isFinite(value) && value > 0)) {
      throw new RangeError(`${name} must be a positive number, got ${value}`);
    }
  }
}

function overridden(measured: Measured, total: number | undefined): Measured {
  if (total === undefined) return { ...measured, available: clamp(measured.available, 0, measured.total) };
  const busy = measured.total - measured.available;
  return { total, available: clamp(total - busy, 0, total), source: 'override' };
}

/** Rounds down, so that a sample never promises more than there is; the epsilon forgives binary fractions. */
function wholeUnits(value: number): number {
  return Math.floor(value + 1e-6);
}

function usagePercent(total: number, available: number): number {
  return total === 0 ? 100 : Math.round(((total - available) / total) * 1000) / 10;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
