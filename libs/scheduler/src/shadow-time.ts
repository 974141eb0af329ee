import { fitOf } from './admission.js';
import type { Room } from './admission.js';
import { addDemand, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import type { SchedulerPolicy } from './policy.js';
import { thresholdOf } from './admission.js';

/** A running task's share and when it is expected to be given back. */
export interface Release {
  readonly atMs: number;
  readonly held: Demand;
}

/** The moment at which a task that does not fit now will fit, and what it will leave for others beside it. */
export interface ShadowTime {
  readonly atMs: number;
  readonly spare: Demand;
}

/**
 * When the head of the queue can start: its shadow time of EASY backfill (Lifka, "The ANL/IBM SP scheduling system",
 * 1995), from the running tasks' expected ends. Null when it would not fit even after all of them have ended.
 */
export function shadowTime(
  room: Room,
  releases: readonly Release[],
  predicted: Demand,
  policy: SchedulerPolicy,
): ShadowTime | null {
  let { available, runningTasks } = room;
  for (const { atMs, held } of [...releases].sort((a, b) => a.atMs - b.atMs)) {
    available = addDemand(available, held);
    runningTasks--;
    const fit = fitOf({ total: room.total, available, runningTasks }, predicted, policy);
    if (fit === 'no') continue;
    const left = subtractDemand(available, predicted);
    const spare =
      fit === 'alone'
        ? { cpuMillicores: 0, ramMb: 0 }
        : subtractDemand(left, thresholdOf(room.total, policy));
    return { atMs, spare };
  }
  return null;
}
