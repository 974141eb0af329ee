/**
 * An amount of CPU and of RAM: integer thousandths of a core and integer megabytes (2^20 bytes).
 *
 * The amounts are integers because a threshold must be met exactly: `6.4 - 6 * 0.8 >= 1.6` is false in doubles.
 */
export interface ResourceAmounts {
  readonly cpuMillicores: number;
  readonly ramMb: number;
}

/** What a task asks for. It is allocated what it is predicted to use, which can be less. */
export type ResourceRequest = ResourceAmounts;

const MB_PER_GB = 1024;

export const noResources: ResourceAmounts = { cpuMillicores: 0, ramMb: 0 };

/** Converts cores and gigabytes (1 GB = 1024 MB) to integer units, rounded to the nearest. */
export function resourceRequestOf(cpuCores: number, ramGb: number): ResourceRequest {
  return { cpuMillicores: Math.round(cpuCores * 1000), ramMb: Math.round(ramGb * MB_PER_GB) };
}

export function addResources(a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts {
  return { cpuMillicores: a.cpuMillicores + b.cpuMillicores, ramMb: a.ramMb + b.ramMb };
}

export function subtractResources(from: ResourceAmounts, amounts: ResourceAmounts): ResourceAmounts {
  return { cpuMillicores: from.cpuMillicores - amounts.cpuMillicores, ramMb: from.ramMb - amounts.ramMb };
}

export function hasSameResources(a: ResourceAmounts, b: ResourceAmounts): boolean {
  return a.cpuMillicores === b.cpuMillicores && a.ramMb === b.ramMb;
}

/** Whether `amounts` is at most `limit` in CPU and in RAM. */
export function isWithin(amounts: ResourceAmounts, limit: ResourceAmounts): boolean {
  return amounts.cpuMillicores <= limit.cpuMillicores && amounts.ramMb <= limit.ramMb;
}

/**
 * The cost of an allocation under dominant-resource fairness (Ghodsi, 2011): the larger of its shares of the machine's
 * CPU and RAM, expressed in cores.
 */
export function dominantCores(amounts: ResourceAmounts, total: ResourceAmounts): number {
  const share = Math.max(amounts.cpuMillicores / total.cpuMillicores, amounts.ramMb / total.ramMb);
  return (share * total.cpuMillicores) / 1000;
}

/**
 * A fraction of an integer amount, rounded up. The fraction is first rounded to thousandths, so that
 * `fractionOf(1000, 0.8)` is exactly 800.
 */
export function fractionOf(amount: number, fraction: number): number {
  return Math.ceil((amount * Math.round(fraction * 1000)) / 1000);
}

/** Formats millicores as cores with the given number of decimals; never "-0.0". */
export function formatCores(cpuMillicores: number, decimals: number): string {
  return formatFixed(cpuMillicores / 1000, decimals);
}

/** Formats megabytes as gigabytes with the given number of decimals; never "-0.0". */
export function formatGb(ramMb: number, decimals: number): string {
  return formatFixed(ramMb / MB_PER_GB, decimals);
}

function formatFixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
}
