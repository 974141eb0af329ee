import { fitOf } from './admission.js';
import { BinaryHeap } from './binary-heap.js';
import type { Capacity, ExpectedRelease } from './capacity.js';
import type { SchedulerPolicy } from './policy.js';
import type { Candidate } from './queue-order.js';

/**
 * When each waiting task is expected to start, in ms since the epoch. The queue is played forward in its order: running
 * tasks, and waiting tasks once they have started, end after the median duration. Null for a task that does not fit
 * even when all others have ended.
 */
export function forecastStarts(
  nowMs: number,
  capacity: Capacity,
  releases: readonly ExpectedRelease[],
  waiting: readonly Candidate[],
  policy: SchedulerPolicy,
): (number | null)[] {
  const ends = new BinaryHeap([...releases], (a, b) => a.medianEndMs < b.medianEndMs);
  const free = { ...capacity.available };
  const then = { ...capacity, available: free };
  let atMs = nowMs;
  return waiting.map(({ task, predicted, duration }) => {
    while (fitOf(then, task.requested, predicted, policy) === 'none') {
      const end = ends.pop();
      if (end === undefined) return null;
      atMs = Math.max(atMs, end.medianEndMs);
      free.cpuMillicores += end.allocated.cpuMillicores;
      free.ramMb += end.allocated.ramMb;
      then.runningTasks--;
    }
    const startMs = Math.max(atMs, task.notBeforeMs ?? 0);
    free.cpuMillicores -= predicted.cpuMillicores;
    free.ramMb -= predicted.ramMb;
    then.runningTasks++;
    const medianEndMs = startMs + duration.medianS * 1000;
    ends.push({ allocated: predicted, medianEndMs, p90EndMs: medianEndMs });
    return Math.round(startMs);
  });
}
