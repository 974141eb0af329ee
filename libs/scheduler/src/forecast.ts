import { fitOf } from './admission.js';
import { BinaryHeap } from './binary-heap.js';
import type { SchedulerPolicy } from './policy.js';
import type { Candidate } from './queue-order.js';
import type { Release, Room } from './room.js';

/**
 * When each waiting task is expected to start: the queue is replayed in its order over the usual ends of the tasks that
 * run and of those that will have started before. Null for a task that does not fit even when all have ended.
 */
export function forecastStarts(
  nowMs: number,
  room: Room,
  releases: readonly Release[],
  waiting: readonly Candidate[],
  policy: SchedulerPolicy,
): (number | null)[] {
  const ends = new BinaryHeap([...releases], (a, b) => a.usualEndMs < b.usualEndMs);
  const free = { ...room.available };
  const then = { total: room.total, ambient: room.ambient, available: free, runningTasks: room.runningTasks };
  let atMs = nowMs;
  return waiting.map(({ task, predicted, duration }) => {
    while (fitOf(then, task.declared, predicted, policy) === 'no') {
      const end = ends.pop();
      if (end === undefined) return null;
      atMs = Math.max(atMs, end.usualEndMs);
      free.cpuMillicores += end.held.cpuMillicores;
      free.ramMb += end.held.ramMb;
      then.runningTasks--;
    }
    const startMs = Math.max(atMs, task.notBeforeMs ?? 0);
    free.cpuMillicores -= predicted.cpuMillicores;
    free.ramMb -= predicted.ramMb;
    then.runningTasks++;
    const usualEndMs = startMs + duration.medianS * 1000;
    ends.push({ held: predicted, usualEndMs, lateEndMs: usualEndMs });
    return Math.round(startMs);
  });
}
