import { formatCores, formatGb, isWithin, partOf, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import type { SchedulerPolicy } from './policy.js';
import type { Room } from './room.js';

export interface AdmissionFigures {
  readonly available: Demand;
  readonly declared: Demand;
  readonly predicted: Demand;
  readonly remaining: Demand;
  /** What must stay free. */
  readonly threshold: Demand;
  readonly cpuOk: boolean;
  readonly ramOk: boolean;
}

/** Whether a task may start now, with the figures that say why. */
export type AdmissionDecision = AdmissionFigures &
  (
    | {
        readonly admitted: true;
        /** The task is too large to fit beside the buffer and has the machine to itself. */
        readonly alone: boolean;
      }
    | { readonly admitted: false; readonly reason: string }
  );

/**
 * The requirement's rule in integers: what remains after the task's predicted consumption must reach the threshold, for
 * CPU and for RAM; exactly at the threshold is enough.
 *
 * A task that fits the machine but not beside the buffer and what others use in quiet times may run alone: when nothing
 * else of ours runs, the CPU buffer itself is free, and its RAM stays clear of the guard's limit. There its RAM counts as
 * declared at most, or else an estimate learned too high would lock its kind out for good.
 */
export function decideAdmission(
  room: Room,
  declared: Demand,
  predicted: Demand,
  policy: SchedulerPolicy,
): AdmissionDecision {
  const threshold = thresholdOf(room.total, policy);
  const remaining = subtractDemand(room.available, predicted);
  const cpuOk = remaining.cpuMillicores >= threshold.cpuMillicores;
  const ramOk = remaining.ramMb >= threshold.ramMb;
  const figures = { available: room.available, declared, predicted, remaining, threshold, cpuOk, ramOk };
  const verdict = fitOf(room, declared, predicted, policy);
  return verdict === 'no'
    ? { admitted: false, reason: refusalReason(figures), ...figures }
    : { admitted: true, alone: verdict === 'alone', ...figures };
}

/** The rule of {@link decideAdmission} without its figures: beside others, alone, or not at all. */
export function fitOf(
  room: Room,
  declared: Demand,
  predicted: Demand,
  policy: SchedulerPolicy,
): 'beside' | 'alone' | 'no' {
  const { total, available } = room;
  const cpuThreshold = partOf(total.cpuMillicores, policy.cpuBuffer);
  const cpuOk = available.cpuMillicores - predicted.cpuMillicores >= cpuThreshold;
  const ramOk = available.ramMb - predicted.ramMb >= partOf(total.ramMb, policy.ramBuffer);
  if (cpuOk && ramOk) return 'beside';
  if (room.runningTasks > 0) return 'no';

  const cpuAlone = isCpuOversized(room, predicted, policy) && available.cpuMillicores >= cpuThreshold;
  const ramAlone =
    isRamOversized(room, predicted, policy) &&
    available.ramMb - Math.min(predicted.ramMb, declared.ramMb) >= partOf(total.ramMb, policy.killBelowRam);
  return (cpuOk || cpuAlone) && (ramOk || ramAlone) ? 'alone' : 'no';
}

/** What must stay free of a machine. */
export function thresholdOf(total: Demand, policy: SchedulerPolicy): Demand {
  return {
    cpuMillicores: partOf(total.cpuMillicores, policy.cpuBuffer),
    ramMb: partOf(total.ramMb, policy.ramBuffer),
  };
}

/** Why a task can never run on the machine, or null when it can. */
export function neverFitsReason(total: Demand, declared: Demand): string | null {
  if (isWithin(declared, total)) return null;
  return (
    `Task too large: needs ${formatCores(declared.cpuMillicores, 1)} cores and ${formatGb(declared.ramMb, 1)}GB RAM, ` +
    `the machine has ${formatCores(total.cpuMillicores, 1)} cores and ${formatGb(total.ramMb, 1)}GB`
  );
}

/** Whether a task is so large that it runs alone or hardly ever. */
export function isOversized(room: Room, predicted: Demand, policy: SchedulerPolicy): boolean {
  return isCpuOversized(room, predicted, policy) || isRamOversized(room, predicted, policy);
}

function isCpuOversized({ total, ambient }: Room, predicted: Demand, policy: SchedulerPolicy): boolean {
  const buffer = partOf(total.cpuMillicores, policy.cpuBuffer);
  return predicted.cpuMillicores > total.cpuMillicores - buffer - ambient.cpuMillicores;
}

function isRamOversized({ total, ambient }: Room, predicted: Demand, policy: SchedulerPolicy): boolean {
  return predicted.ramMb > total.ramMb - partOf(total.ramMb, policy.ramBuffer) - ambient.ramMb;
}

function refusalReason(figures: AdmissionFigures): string {
  const { available, declared, remaining, threshold, cpuOk, ramOk } = figures;
  const reasons: string[] = [];
  if (!cpuOk) {
    const decimals = tellingDecimals(formatCores, remaining.cpuMillicores, threshold.cpuMillicores);
    const cores = (cpuMillicores: number) => `${formatCores(cpuMillicores, decimals)} cores`;
    reasons.push(
      `Insufficient CPU: need ${cores(declared.cpuMillicores)}, available ${cores(available.cpuMillicores)}, ` +
        `would leave ${cores(remaining.cpuMillicores)} (min: ${cores(threshold.cpuMillicores)})`,
    );
  }
  if (!ramOk) {
    const decimals = tellingDecimals(formatGb, remaining.ramMb, threshold.ramMb);
    const gb = (ramMb: number) => `${formatGb(ramMb, decimals)}GB`;
    reasons.push(
      `Insufficient RAM: need ${gb(declared.ramMb)}, available ${gb(available.ramMb)}, ` +
        `would leave ${gb(remaining.ramMb)} (min: ${gb(threshold.ramMb)})`,
    );
  }
  return reasons.join('; ');
}

/** One decimal, or as many as it takes for the two figures to read differently. */
function tellingDecimals(
  format: (amount: number, decimals: number) => string,
  remaining: number,
  threshold: number,
): number {
  return [1, 2].find((decimals) => format(remaining, decimals) !== format(threshold, decimals)) ?? 3;
}
