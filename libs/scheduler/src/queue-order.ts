import type { Demand } from './demand.js';
import type { DurationEstimate, Estimates } from './estimates.js';
import type { SchedulerPolicy } from './policy.js';
import { baseScore, usagePenalty } from './score.js';
import type { QueuedTask } from './task.js';

/** A queued task with what is expected of it. */
export interface Candidate {
  readonly task: QueuedTask;
  readonly predicted: Demand;
  readonly duration: DurationEstimate;
}

/** One user's tasks in order of their base scores, and the place up to which they were taken. */
interface Line {
  readonly userId: string;
  readonly tasks: readonly QueuedTask[];
  readonly scores: Float64Array;
  readonly order: Uint32Array;
  taken: number;
  coreSeconds: number;
  penalty: number;
}

/**
 * The queue from the highest score to the lowest.
 *
 * Within a user the order is fixed by base scores; between users it moves with their usage, which grows when a task is
 * started in the middle of a pass. So each user has one sorted line, and the lines are merged through a heap.
 */
export class QueueOrder {
  readonly #policy: SchedulerPolicy;
  readonly #estimates: Estimates;
  readonly #lines = new Map<string, Line>();
  readonly #heap: Line[] = [];
  readonly #kinds = new Map<string, Map<number, Omit<Candidate, 'task'>>>();

  constructor(
    queued: readonly QueuedTask[],
    nowMs: number,
    usageOf: (userId: string) => number,
    estimates: Estimates,
    policy: SchedulerPolicy,
  ) {
    this.#policy = policy;
    this.#estimates = estimates;
    const byUser = new Map<string, QueuedTask[]>();
    for (const task of queued) {
      const own = byUser.get(task.userId);
      if (own === undefined) byUser.set(task.userId, [task]);
      else own.push(task);
    }
    for (const [userId, tasks] of byUser) {
      const scores = Float64Array.from(tasks, (task) => {
        const { duration } = this.#expect(task);
        return baseScore(
          task.priority,
          Math.max(0, nowMs - task.queuedAtMs) / 1000,
          duration.medianS,
          policy,
        );
      });
      const order = Uint32Array.from(tasks, (_, i) => i);
      order.sort((a, b) => scores[b]! - scores[a]! || tasks[a]!.sequence - tasks[b]!.sequence);
      const coreSeconds = usageOf(userId);
      const penalty = usagePenalty(coreSeconds, policy);
      const line = { userId, tasks, scores, order, taken: 0, coreSeconds, penalty };
      this.#lines.set(userId, line);
      this.#push(line);
    }
  }

  /** Takes the task of the highest score, or null when none is left. */
  next(): Candidate | null {
    const line = this.#heap[0];
    if (line === undefined) return null;
    const task = line.tasks[line.order[line.taken]!]!;
    line.taken++;
    this.#settleTop();
    return { task, ...this.#expect(task) };
  }

  /** Adds to a user's usage, as when one of the user's tasks is started. */
  charge(userId: string, coreSeconds: number): void {
    const line = this.#lines.get(userId);
    if (line === undefined) return;
    line.coreSeconds += coreSeconds;
    line.penalty = usagePenalty(line.coreSeconds, this.#policy);
    const at = this.#heap.indexOf(line);
    if (at >= 0) this.#sink(at);
  }

  #expect(task: QueuedTask): Omit<Candidate, 'task'> {
    if (task.floorRamMb !== undefined) return this.#lookUp(task);
    let sizes = this.#kinds.get(task.type);
    if (sizes === undefined) this.#kinds.set(task.type, (sizes = new Map<number, Omit<Candidate, 'task'>>()));
    let expected = sizes.get(task.size);
    if (expected === undefined) sizes.set(task.size, (expected = this.#lookUp(task)));
    return expected;
  }

  #lookUp(task: QueuedTask): Omit<Candidate, 'task'> {
    return { predicted: this.#estimates.predict(task), duration: this.#estimates.duration(task) };
  }

  #isAhead(a: Line, b: Line): boolean {
    const first = a.order[a.taken]!;
    const second = b.order[b.taken]!;
    const lead = a.scores[first]! - a.penalty - (b.scores[second]! - b.penalty);
    return lead > 0 || (lead === 0 && a.tasks[first]!.sequence < b.tasks[second]!.sequence);
  }

  #push(line: Line): void {
    const heap = this.#heap;
    let at = heap.push(line) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isAhead(heap[at]!, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #settleTop(): void {
    const top = this.#heap[0]!;
    if (top.taken === top.tasks.length) {
      const last = this.#heap.pop()!;
      if (this.#heap.length === 0) return;
      this.#heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    for (let at = from; ;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && this.#isAhead(heap[right]!, heap[left]!) ? right : left;
      if (!this.#isAhead(heap[child]!, heap[at]!)) return;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  }
}
