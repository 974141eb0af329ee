/**
 * What a task needs, or a machine has: integer thousandths of a core and integer megabytes (2^20 bytes).
 *
 * Integers because a threshold must be met exactly: `6.4 - 6 * 0.8 >= 1.6` is false in doubles.
 */
export interface Demand {
  readonly cpuMillicores: number;
  readonly ramMb: number;
}

const MB_PER_GB = 1024;

export const noDemand: Demand = { cpuMillicores: 0, ramMb: 0 };

/** Cores and gigabytes (1 GB = 1024 MB), as people write them, in integer units. */
export function demandOf(cpuCores: number, ramGb: number): Demand {
  return { cpuMillicores: Math.round(cpuCores * 1000), ramMb: Math.round(ramGb * MB_PER_GB) };
}

export function subtractDemand(from: Demand, taken: Demand): Demand {
  return { cpuMillicores: from.cpuMillicores - taken.cpuMillicores, ramMb: from.ramMb - taken.ramMb };
}

export function addDemand(a: Demand, b: Demand): Demand {
  return { cpuMillicores: a.cpuMillicores + b.cpuMillicores, ramMb: a.ramMb + b.ramMb };
}

export function isSameDemand(a: Demand, b: Demand): boolean {
  return a.cpuMillicores === b.cpuMillicores && a.ramMb === b.ramMb;
}

/** Whether `demand` is at most `limit` in CPU and in RAM. */
export function isWithin(demand: Demand, limit: Demand): boolean {
  return demand.cpuMillicores <= limit.cpuMillicores && demand.ramMb <= limit.ramMb;
}

/** The larger of a demand's shares of the machine, told in cores: its cost by dominant-resource fairness (Ghodsi, 2011). */
export function dominantCores(demand: Demand, total: Demand): number {
  const share = Math.max(demand.cpuMillicores / total.cpuMillicores, demand.ramMb / total.ramMb);
  return (share * total.cpuMillicores) / 1000;
}

/** The given part of an integer amount, rounded up; the part is taken in thousandths, so `partOf(1000, 0.8)` is 800. */
export function partOf(amount: number, part: number): number {
  return Math.ceil((amount * Math.round(part * 1000)) / 1000);
}

/** Millicores as cores with the given decimals; never "-0.0". */
export function formatCores(cpuMillicores: number, decimals: number): string {
  return formatFixed(cpuMillicores / 1000, decimals);
}

/** Megabytes as gigabytes with the given decimals; never "-0.0". */
export function formatGb(ramMb: number, decimals: number): string {
  return formatFixed(ramMb / MB_PER_GB, decimals);
}

function formatFixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
}
