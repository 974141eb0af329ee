import type { SchedulerPolicy } from './policy.js';

/** Tasks of at most this duration age fastest. */
const SHORT_S = 5;
/** Tasks of at least this duration age slowest. */
const LONG_S = 180;

/**
 * A task's score before its user's usage is counted, in seconds of waiting; higher scores start sooner.
 *
 * The score is 600 s for each step of priority, plus the time waited multiplied by the ageing weight. The bonus that
 * short tasks get from their weight is capped. With the cap, a task that is queued late enough can never overtake, so
 * the number of tasks that start before any given task is finite.
 */
export function baseScore(
  priority: number,
  waitedS: number,
  weight: number,
  policy: SchedulerPolicy,
): number {
  const bonus = waitedS * (weight - 1);
  return policy.priorityStepS * priority + waitedS + Math.min(bonus, policy.maxShortTaskBonusS);
}

/** What a user's decayed usage costs each of the user's queued tasks, in seconds of waiting. */
export function usagePenalty(coreSeconds: number, policy: SchedulerPolicy): number {
  return policy.usageStepS * Math.log2(1 + coreSeconds / policy.usageUnitCoreS);
}

/** How fast a task ages: 1 for long tasks, the policy's figure for short ones, in even steps per halving of the duration. */
export function ageingWeight(durationS: number, policy: SchedulerPolicy): number {
  const shortness = Math.log(LONG_S / Math.max(durationS, SHORT_S)) / Math.log(LONG_S / SHORT_S);
  return 1 + (policy.shortTaskAgeing - 1) * Math.max(0, shortness);
}
