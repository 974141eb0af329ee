import { formatCores, formatGb, fractionOf, isWithin, subtractResources } from './resource-request.js';
import type { ResourceAmounts, ResourceRequest } from './resource-request.js';
import type { Capacity } from './capacity.js';
import type { SchedulerPolicy } from './policy.js';
import type { WaitReason } from './wait-reason.js';

export interface AdmissionFigures {
  readonly available: ResourceAmounts;
  readonly requested: ResourceRequest;
  readonly predicted: ResourceAmounts;
  /** What would be free after the start. */
  readonly remaining: ResourceAmounts;
  /** What must stay free. */
  readonly threshold: ResourceAmounts;
  readonly cpuOk: boolean;
  readonly ramOk: boolean;
}

/** Whether a task may start now, with the figures behind the decision. */
export type AdmissionDecision = AdmissionFigures &
  (
    | {
        readonly admitted: true;
        /** The task is too large to leave the buffer free, and runs while no other task does. */
        readonly exclusive: boolean;
      }
    | ({ readonly admitted: false } & WaitReason)
  );

/**
 * Applies the requirement's rule in integers: what remains after the task's predicted consumption must reach the
 * threshold, for CPU and for RAM. Exactly the threshold is enough.
 *
 * A task that fits the machine, but would not leave the buffer and the baseline load free, may run exclusively. It
 * starts when no other task runs, the CPU buffer is free, and enough RAM remains that the memory guard does not kill it.
 * In this mode its RAM counts as requested at most. Otherwise an estimate that is too high would never be corrected,
 * because no task of its type could run any more.
 */
export function decideAdmission(
  capacity: Capacity,
  requested: ResourceRequest,
  predicted: ResourceAmounts,
  policy: SchedulerPolicy,
): AdmissionDecision {
  const figures = admissionFigures(capacity, requested, predicted, policy);
  const fit = fitOf(capacity, requested, predicted, policy);
  return fit === 'none'
    ? { admitted: false, ...waitForResources(figures), ...figures }
    : { admitted: true, exclusive: fit === 'exclusive', ...figures };
}

export function admissionFigures(
  capacity: Capacity,
  requested: ResourceRequest,
  predicted: ResourceAmounts,
  policy: SchedulerPolicy,
): AdmissionFigures {
  const threshold = thresholdOf(capacity.total, policy);
  const remaining = subtractResources(capacity.available, predicted);
  return {
    available: capacity.available,
    requested,
    predicted,
    remaining,
    threshold,
    cpuOk: remaining.cpuMillicores >= threshold.cpuMillicores,
    ramOk: remaining.ramMb >= threshold.ramMb,
  };
}

/** The rule of {@link decideAdmission} without its figures: whether a task fits next to others, exclusively, or not. */
export function fitOf(
  capacity: Capacity,
  requested: ResourceRequest,
  predicted: ResourceAmounts,
  policy: SchedulerPolicy,
): 'shared' | 'exclusive' | 'none' {
  const { total, available } = capacity;
  const cpuThreshold = fractionOf(total.cpuMillicores, policy.cpuBuffer);
  const cpuOk = available.cpuMillicores - predicted.cpuMillicores >= cpuThreshold;
  const ramOk = available.ramMb - predicted.ramMb >= fractionOf(total.ramMb, policy.ramBuffer);
  if (cpuOk && ramOk) return 'shared';
  if (capacity.runningTasks > 0) return 'none';

  const exclusiveCpuOk =
    isCpuOversized(capacity, predicted, policy) && available.cpuMillicores >= cpuThreshold;
  const exclusiveRamOk =
    isRamOversized(capacity, predicted, policy) &&
    available.ramMb - Math.min(predicted.ramMb, requested.ramMb) >=
      fractionOf(total.ramMb, policy.killBelowRam);
  return (cpuOk || exclusiveCpuOk) && (ramOk || exclusiveRamOk) ? 'exclusive' : 'none';
}

/** What must stay free of a machine. */
export function thresholdOf(total: ResourceAmounts, policy: SchedulerPolicy): ResourceAmounts {
  return {
    cpuMillicores: fractionOf(total.cpuMillicores, policy.cpuBuffer),
    ramMb: fractionOf(total.ramMb, policy.ramBuffer),
  };
}

/** Why a task can never run on a machine of this size, or null when it can. */
export function infeasibilityReason(total: ResourceAmounts, requested: ResourceRequest): string | null {
  if (isWithin(requested, total)) return null;
  return (
    `Task too large: needs ${formatCores(requested.cpuMillicores, 1)} cores and ${formatGb(requested.ramMb, 1)}GB RAM, ` +
    `the machine has ${formatCores(total.cpuMillicores, 1)} cores and ${formatGb(total.ramMb, 1)}GB`
  );
}

/** Whether a task is so large that it can usually run only exclusively. */
export function isOversized(
  capacity: Capacity,
  predicted: ResourceAmounts,
  policy: SchedulerPolicy,
): boolean {
  return isCpuOversized(capacity, predicted, policy) || isRamOversized(capacity, predicted, policy);
}

function isCpuOversized(
  { total, baselineLoad }: Capacity,
  predicted: ResourceAmounts,
  policy: SchedulerPolicy,
): boolean {
  const buffer = fractionOf(total.cpuMillicores, policy.cpuBuffer);
  return predicted.cpuMillicores > total.cpuMillicores - buffer - baselineLoad.cpuMillicores;
}

function isRamOversized(
  { total, baselineLoad }: Capacity,
  predicted: ResourceAmounts,
  policy: SchedulerPolicy,
): boolean {
  return predicted.ramMb > total.ramMb - fractionOf(total.ramMb, policy.ramBuffer) - baselineLoad.ramMb;
}

/**
 * Why a task with these figures waits for CPU or RAM. The kind is the resource that is short; when both are short it is
 * `ram`, because memory that is overcommitted kills tasks while CPU that is overcommitted only slows them.
 */
export function waitForResources(figures: AdmissionFigures): WaitReason {
  const { requested, cpuOk, ramOk } = figures;
  const reason = [...(cpuOk ? [] : [cpuShortage(figures)]), ...(ramOk ? [] : [ramShortage(figures)])].join(
    '; ',
  );
  if (!ramOk) {
    const needed = formatRequest(formatGb, requested.ramMb);
    return { kind: 'ram', reason, userReason: `Waiting for RAM: this task needs ${needed} GB` };
  }
  const needed = formatRequest(formatCores, requested.cpuMillicores);
  const unit = Number(needed) === 1 ? 'core' : 'cores';
  return { kind: 'cpu', reason, userReason: `Waiting for CPU: this task needs ${needed} ${unit}` };
}

function cpuShortage({ available, requested, remaining, threshold }: AdmissionFigures): string {
  const decimals = distinguishingDecimals(formatCores, remaining.cpuMillicores, threshold.cpuMillicores);
  const cores = (cpuMillicores: number) => `${formatCores(cpuMillicores, decimals)} cores`;
  return (
    `Insufficient CPU: need ${cores(requested.cpuMillicores)}, available ${cores(available.cpuMillicores)}, ` +
    `would leave ${cores(remaining.cpuMillicores)} (min: ${cores(threshold.cpuMillicores)})`
  );
}

function ramShortage({ available, requested, remaining, threshold }: AdmissionFigures): string {
  const decimals = distinguishingDecimals(formatGb, remaining.ramMb, threshold.ramMb);
  const gb = (ramMb: number) => `${formatGb(ramMb, decimals)}GB`;
  return (
    `Insufficient RAM: need ${gb(requested.ramMb)}, available ${gb(available.ramMb)}, ` +
    `would leave ${gb(remaining.ramMb)} (min: ${gb(threshold.ramMb)})`
  );
}

type Format = (amount: number, decimals: number) => string;

/** One decimal, or as many as are needed for the two figures to differ, at most three. */
function distinguishingDecimals(format: Format, remaining: number, threshold: number): number {
  return [1, 2].find((decimals) => format(remaining, decimals) !== format(threshold, decimals)) ?? 3;
}

/** One decimal; two where the second is not zero, and three where two decimals would read as zero. */
function formatRequest(format: Format, amount: number): string {
  const rounded = Number(format(amount, 2));
  if (rounded === 0) return format(amount, 3);
  return format(amount, Number(format(amount, 1)) === rounded ? 1 : 2);
}
