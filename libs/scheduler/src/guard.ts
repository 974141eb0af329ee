import { formatGb, partOf } from './demand.js';
import type { Demand } from './demand.js';
import type { MachineSample } from './machine-sample.js';
import type { SchedulerPolicy } from './policy.js';
import type { Reservation } from './reservation.js';

/** What the pressure guard asks for. */
export type GuardAction =
  | { readonly kind: 'none' }
  /** Nothing may start. */
  | { readonly kind: 'pause'; readonly reason: string }
  /** Nothing may start, and this task is to be killed and queued again with a higher estimate. */
  | {
      readonly kind: 'kill';
      readonly taskId: string;
      readonly reason: string;
      /** What the next attempt is to declare; its RAM is also the attempt's `floorRamMb`. */
      readonly retryDemand: Demand;
    };

const RETRY_OVER_ESTIMATE = 1.5;
const RETRY_OVER_PEAK = 1.3;

/** Why memory is too short for a start, or null. */
export function memoryShortage(sample: MachineSample, policy: SchedulerPolicy): string | null {
  const pauseBelowMb = partOf(sample.totalRamMb, policy.pauseBelowRam);
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

/** Whether memory is so short that a task must go. */
export function isMemoryExhausted(sample: MachineSample, policy: SchedulerPolicy): boolean {
  return (
    sample.availableRamMb < partOf(sample.totalRamMb, policy.killBelowRam) ||
    (sample.memoryPressureFull10 ?? 0) > policy.killAbovePressure
  );
}

/** The newest task that holds more RAM than was predicted for it, else the newest. */
export function chooseVictim(running: Iterable<Reservation>): Reservation | null {
  let newest: Reservation | null = null;
  let newestOver: Reservation | null = null;
  for (const candidate of running) {
    if (isNewer(candidate, newest)) newest = candidate;
    if (candidate.rssMb > candidate.predicted.ramMb && isNewer(candidate, newestOver)) newestOver = candidate;
  }
  return newestOver ?? newest;
}

/**
 * What a killed task is to be tried with next: well above what was predicted and what it reached, yet never more than
 * the machine can give to one task alone (`attainableRamMb`), or it would wait for ever.
 */
export function retryDemandOf(victim: Reservation, attainableRamMb: number): Demand {
  const wantedMb = Math.max(
    Math.ceil(victim.predicted.ramMb * RETRY_OVER_ESTIMATE),
    Math.ceil(victim.peakRssMb * RETRY_OVER_PEAK),
  );
  const { cpuMillicores, ramMb } = victim.task.declared;
  return { cpuMillicores, ramMb: Math.max(ramMb, Math.min(wantedMb, attainableRamMb)) };
}

function isNewer(candidate: Reservation, than: Reservation | null): boolean {
  if (than === null) return true;
  const later = candidate.task.startedAtMs - than.task.startedAtMs;
  return later > 0 || (later === 0 && candidate.task.id > than.task.id);
}
