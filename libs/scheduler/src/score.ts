import type { SchedulerPolicy } from './policy.js';

/** Tasks up to this long age fastest, */
const SHORT_S = 5;
/** and tasks from this long on age slowest. */
const LONG_S = 180;

/**
 * A task's rank before its user's usage is counted, in seconds of waiting; higher starts sooner.
 *
 * 600 s a step of priority, plus the time waited, times the task's ageing weight. The bonus of short tasks is
 * capped: a task that was queued later than priority, bonus and usage are worth together can never overtake,
 * so the tasks ahead of any task are finitely many.
 */
export function baseScore(
  priority: number,
  waitedS: number,
  weight: number,
  policy: SchedulerPolicy,
): number {
  const bonus = waitedS * (weight - 1);
  return policy.priorityStepS * priority + waitedS + Math.min(bonus, policy.shortTaskBonusS);
}

/** What a user's recent usage costs each of the user's queued tasks, in seconds of waiting. */
export function usagePenalty(coreSeconds: number, policy: SchedulerPolicy): number {
  return policy.usageStepS * Math.log2(1 + coreSeconds / policy.usageUnitCoreS);
}

/** How fast a task ages: from 1 for long tasks to the policy's figure for short ones, even steps per doubling. */
export function ageingWeight(durationS: number, policy: SchedulerPolicy): number {
  const shortness = Math.log(LONG_S / Math.max(durationS, SHORT_S)) / Math.log(LONG_S / SHORT_S);
  return 1 + (policy.shortTaskAgeing - 1) * Math.max(0, shortness);
}
