import { addResources, fractionOf, subtractResources } from './resource-request.js';
import type { ResourceAmounts } from './resource-request.js';

/** The capacity of a machine at one moment. */
export interface Capacity {
  readonly total: ResourceAmounts;
  /** What is free once the allocations of all running tasks are subtracted. */
  readonly available: ResourceAmounts;
  /** What programs outside the queue use of the machine in quiet times. */
  readonly baselineLoad: ResourceAmounts;
  /** Number of running tasks that the scheduler started. */
  readonly runningTasks: number;
}

/** What a running task is allocated, and when it is expected to release it. */
export interface ExpectedRelease {
  readonly allocated: ResourceAmounts;
  /** Expected end if the task runs for the median duration of its type and size. */
  readonly medianEndMs: number;
  /** Expected end if it runs for the P90 of the durations. */
  readonly p90EndMs: number;
}

/** The capacity after one more task was started. */
export function withAllocated(capacity: Capacity, allocated: ResourceAmounts): Capacity {
  return {
    ...capacity,
    available: subtractResources(capacity.available, allocated),
    runningTasks: capacity.runningTasks + 1,
  };
}

/** The capacity after one task has ended. */
export function withReleased(capacity: Capacity, allocated: ResourceAmounts): Capacity {
  return {
    ...capacity,
    available: addResources(capacity.available, allocated),
    runningTasks: capacity.runningTasks - 1,
  };
}

/** The fraction of a machine that other programs are assumed to use at least. */
const MIN_BASELINE_FRACTION = 0.2;

/**
 * The baseline load: a fifth of the machine, or the recent minimum of the external load where that is more.
 *
 * @param recentMinimum null while too little of the external load was observed
 */
export function baselineLoadOf(
  total: ResourceAmounts,
  recentMinimum: ResourceAmounts | null,
): ResourceAmounts {
  return {
    cpuMillicores: Math.max(
      fractionOf(total.cpuMillicores, MIN_BASELINE_FRACTION),
      recentMinimum?.cpuMillicores ?? 0,
    ),
    ramMb: Math.max(fractionOf(total.ramMb, MIN_BASELINE_FRACTION), recentMinimum?.ramMb ?? 0),
  };
}
