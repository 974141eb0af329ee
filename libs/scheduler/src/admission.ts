import { formatCores, formatGb, isWithin, partOf, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import type { SchedulerPolicy } from './policy.js';

/** What there is to be given away at one moment. */
export interface Room {
  readonly total: Demand;
  /** Free now, with all reservations of running tasks taken off. */
  readonly available: Demand;
  /** Running tasks of ours, reserved ones included. */
  readonly runningTasks: number;
}

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

/** Use of the machine by others in normal times; a task that does not fit beside it and the buffer counts as oversized. */
const AMBIENT_USE = 0.2;

/**
 * The requirement's rule in integers: what remains after the task's predicted consumption must reach the threshold, for
 * CPU and for RAM; exactly at the threshold is enough.
 *
 * A task that fits the machine but cannot fit beside the buffer is admitted when nothing else of ours runs, the buffer
 * itself is free, and its RAM leaves more than the guard's limit.
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
  const verdict = fitOf(room, predicted, policy);
  return verdict === 'no'
    ? { admitted: false, reason: refusalReason(figures), ...figures }
    : { admitted: true, alone: verdict === 'alone', ...figures };
}

/** The rule of {@link decideAdmission} without its figures: beside others, alone, or not at all. */
export function fitOf(room: Room, predicted: Demand, policy: SchedulerPolicy): 'beside' | 'alone' | 'no' {
  const { total, available } = room;
  const cpuFloor = partOf(total.cpuMillicores, policy.cpuBuffer);
  const cpuLeft = available.cpuMillicores - predicted.cpuMillicores;
  const ramLeft = available.ramMb - predicted.ramMb;
  const cpuOk = cpuLeft >= cpuFloor;
  const ramOk = ramLeft >= partOf(total.ramMb, policy.ramBuffer);
  if (cpuOk && ramOk) return 'beside';
  if (room.runningTasks > 0) return 'no';

  const cpuAlone = isCpuOversized(total, predicted, policy) && available.cpuMillicores >= cpuFloor;
  const ramAlone =
    isRamOversized(total, predicted, policy) && ramLeft >= partOf(total.ramMb, policy.killBelowRam);
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
export function isOversized(total: Demand, predicted: Demand, policy: SchedulerPolicy): boolean {
  return isCpuOversized(total, predicted, policy) || isRamOversized(total, predicted, policy);
}

function isCpuOversized(total: Demand, predicted: Demand, policy: SchedulerPolicy): boolean {
  return predicted.cpuMillicores > partOf(total.cpuMillicores, 1 - policy.cpuBuffer - AMBIENT_USE);
}

function isRamOversized(total: Demand, predicted: Demand, policy: SchedulerPolicy): boolean {
  return predicted.ramMb > partOf(total.ramMb, 1 - policy.ramBuffer - AMBIENT_USE);
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
