import { fitOf, thresholdOf } from './admission.js';
import { withReleased } from './capacity.js';
import type { Capacity, ExpectedRelease } from './capacity.js';
import type { SchedulerPolicy } from './policy.js';
import type { Candidate } from './queue-order.js';
import { noResources, subtractResources } from './resource-request.js';
import type { ResourceAmounts } from './resource-request.js';

/** When a task that does not fit now will fit, and what will be left for other tasks after it has started. */
export interface ShadowTime {
  readonly atMs: number;
  readonly spare: ResourceAmounts;
}

/**
 * The shadow time of EASY backfill (Lifka, "The ANL/IBM SP scheduling system", 1995): when a task can start, if each
 * running task ends after the P90 of its durations. Null when the task would not fit even after all of them have ended.
 */
export function shadowTime(
  capacity: Capacity,
  releases: readonly ExpectedRelease[],
  { task, predicted }: Candidate,
  policy: SchedulerPolicy,
): ShadowTime | null {
  const threshold = thresholdOf(capacity.total, policy);
  let later = capacity;
  for (const { p90EndMs, allocated } of [...releases].sort((a, b) => a.p90EndMs - b.p90EndMs)) {
    later = withReleased(later, allocated);
    const fit = fitOf(later, task.requested, predicted, policy);
    if (fit === 'none') continue;
    const left = subtractResources(subtractResources(later.available, predicted), threshold);
    return { atMs: p90EndMs, spare: fit === 'exclusive' ? noResources : left };
  }
  return null;
}
