import { fitOf, thresholdOf } from './admission.js';
import { noDemand, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import type { SchedulerPolicy } from './policy.js';
import type { Candidate } from './queue-order.js';
import { giveBackTo } from './room.js';
import type { Release, Room } from './room.js';

/** The moment at which a task that does not fit now will fit, and what it will leave for others beside it. */
export interface ShadowTime {
  readonly atMs: number;
  readonly spare: Demand;
}

/**
 * When a task can start, from the late ends of the running tasks: the shadow time of EASY backfill (Lifka, "The ANL/IBM
 * SP scheduling system", 1995). Null when it would not fit even after all of them have ended.
 */
export function shadowTime(
  room: Room,
  releases: readonly Release[],
  { task, predicted }: Candidate,
  policy: SchedulerPolicy,
): ShadowTime | null {
  let later = room;
  for (const { lateEndMs, held } of [...releases].sort((a, b) => a.lateEndMs - b.lateEndMs)) {
    later = giveBackTo(later, held);
    const fit = fitOf(later, task.declared, predicted, policy);
    if (fit === 'no') continue;
    const left = subtractDemand(subtractDemand(later.available, predicted), thresholdOf(room.total, policy));
    return { atMs: lateEndMs, spare: fit === 'alone' ? noDemand : left };
  }
  return null;
}
