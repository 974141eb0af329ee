import { fitOf } from './admission.js';
import type { SchedulerPolicy } from './policy.js';
import type { Candidate } from './queue-order.js';
import { giveBackTo, takeFrom } from './room.js';
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
  const ends = new ReleaseHeap();
  for (const release of releases) ends.push(release);
  let atMs = nowMs;
  let then = room;
  return waiting.map(({ task, predicted, duration }) => {
    while (fitOf(then, task.declared, predicted, policy) === 'no') {
      const end = ends.pop();
      if (end === null) return null;
      atMs = Math.max(atMs, end.usualEndMs);
      then = giveBackTo(then, end.held);
    }
    const startMs = Math.max(atMs, task.notBeforeMs ?? 0);
    then = takeFrom(then, predicted);
    ends.push({
      held: predicted,
      usualEndMs: startMs + duration.medianS * 1000,
      lateEndMs: startMs + duration.p90S * 1000,
    });
    return Math.round(startMs);
  });
}

/** Releases by their usual ends, the earliest first. */
class ReleaseHeap {
  readonly #heap: Release[] = [];

  push(release: Release): void {
    const heap = this.#heap;
    let at = heap.push(release) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.usualEndMs <= release.usualEndMs) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = release;
  }

  pop(): Release | null {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && heap[right]!.usualEndMs < heap[left]!.usualEndMs ? right : left;
      if (heap[child]!.usualEndMs >= last.usualEndMs) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
