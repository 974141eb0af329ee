import type { MachineSample } from './machine-sample.js';
import type { SchedulerPolicy } from './policy.js';
import type { Reservation } from './reservation.js';
import { formatGb, fractionOf } from './resource-request.js';
import type { ResourceRequest } from './resource-request.js';

/** What the memory guard asks the caller to do. */
export type GuardAction =
  | { readonly kind: 'none' }
  /** Start nothing. */
  | { readonly kind: 'pause'; readonly reason: string }
  /** Start nothing, kill this task, and queue it again with a larger request. */
  | {
      readonly kind: 'kill';
      readonly taskId: string;
      readonly reason: string;
      /** The request of the next attempt; its RAM is also the attempt's `floorRamMb`. */
      readonly retryRequest: ResourceRequest;
    };

const RETRY_OVER_PREDICTION = 1.5;
const RETRY_OVER_PEAK = 1.3;

/** Why memory is too short for a start, or null. */
export function memoryShortage(sample: MachineSample, policy: SchedulerPolicy): string | null {
  const pauseBelowMb = fractionOf(sample.totalRamMb, policy.pauseBelowRam);
  if (sample.availableRamMb < pauseBelowMb) {
    return (
      `Memory is short: ${formatGb(sample.availableRamMb, 1)}GB of ${formatGb(sample.totalRamMb, 1)}GB available ` +
      `(min: ${formatGb(pauseBelowMb, 1)}GB)`
    );
  }
  const pressure = sample.memoryPressureSome10;
  if (pressure !== null && pressure > policy.pauseAbovePressure) {
    return `Memory pressure is high: tasks stalled ${pressure.toFixed(1)}% of the last 10 s (max: ${policy.pauseAbovePressure}%)`;
  }
  return null;
}

/** Whether memory is so short that a task must be killed. */
export function isMemoryExhausted(sample: MachineSample, policy: SchedulerPolicy): boolean {
  return (
    sample.availableRamMb < fractionOf(sample.totalRamMb, policy.killBelowRam) ||
    (sample.memoryPressureFull10 ?? 0) > policy.killAbovePressure
  );
}

/**
 * Chooses the task to kill: the newest that holds more RAM than was predicted for it, else the newest. Tasks that are
 * not killable are never chosen; null when there is no other.
 */
export function chooseVictim(running: Iterable<Reservation>): Reservation | null {
  let newest: Reservation | null = null;
  let newestOver: Reservation | null = null;
  for (const candidate of running) {
    if (candidate.task.isKillable === false) continue;
    if (isNewer(candidate, newest)) newest = candidate;
    if (candidate.rssMb > candidate.predicted.ramMb && isNewer(candidate, newestOver)) newestOver = candidate;
  }
  return newestOver ?? newest;
}

/**
 * The request of the attempt after a kill: well above the prediction and the measured peak, but at most
 * `attainableRamMb`, because a request that the machine can never grant would wait for ever.
 *
 * @param attainableRamMb the most RAM that the machine can give to one task
 */
export function retryRequestOf(victim: Reservation, attainableRamMb: number): ResourceRequest {
  const wantedMb = Math.max(
    Math.ceil(victim.predicted.ramMb * RETRY_OVER_PREDICTION),
    Math.ceil(victim.peakRssMb * RETRY_OVER_PEAK),
  );
  const { cpuMillicores, ramMb } = victim.task.requested;
  return { cpuMillicores, ramMb: Math.max(ramMb, Math.min(wantedMb, attainableRamMb)) };
}

function isNewer(candidate: Reservation, than: Reservation | null): boolean {
  if (than === null) return true;
  const later = candidate.task.startedAtMs - than.task.startedAtMs;
  return later > 0 || (later === 0 && candidate.task.id > than.task.id);
}
