import { BinaryHeap } from './binary-heap.js';
import { isSameDemand } from './demand.js';
import type { Demand } from './demand.js';
import type { DurationEstimate, Estimates } from './estimates.js';
import type { SchedulerPolicy } from './policy.js';
import { descendingOrder } from './rank-sort.js';
import { ageingWeight, baseScore, usagePenalty } from './score.js';
import type { QueuedTask } from './task.js';

/** A queued task with what is expected of it and its score before its user's usage is counted. */
export interface Candidate {
  readonly task: QueuedTask;
  readonly predicted: Demand;
  readonly duration: DurationEstimate;
  readonly score: number;
}

interface Expectation {
  readonly predicted: Demand;
  readonly duration: DurationEstimate;
  readonly weight: number;
}

interface Known {
  readonly declared: Demand;
  readonly expected: Expectation;
}

/** One user's tasks. */
interface Line {
  readonly tasks: BinaryHeap<Candidate>;
  coreSeconds: number;
  penalty: number;
}

/**
 * The queue from the highest score to the lowest, taken one by one.
 *
 * Within a user the order is fixed; between users it moves with their usage, which grows when a task is started in the
 * middle of a pass. So each user has a line, and the lines are merged. Made in linear time; `next` is logarithmic.
 */
export class QueueOrder {
  readonly #policy: SchedulerPolicy;
  readonly #lines = new Map<string, Line>();
  #merged: BinaryHeap<Line>;

  constructor(
    queued: readonly QueuedTask[],
    nowMs: number,
    usageOf: (userId: string) => number,
    estimates: Estimates,
    policy: SchedulerPolicy,
  ) {
    this.#policy = policy;
    const expectations = new Expectations(estimates, policy);
    const byUser = new Map<string, Candidate[]>();
    for (const task of queued) {
      const { predicted, duration, weight } = expectations.of(task);
      const waitedS = Math.max(0, nowMs - task.queuedAtMs) / 1000;
      const candidate = {
        task,
        predicted,
        duration,
        score: baseScore(task.priority, waitedS, weight, policy),
      };
      const own = byUser.get(task.userId);
      if (own === undefined) byUser.set(task.userId, [candidate]);
      else own.push(candidate);
    }
    for (const [userId, candidates] of byUser) {
      const coreSeconds = usageOf(userId);
      const penalty = usagePenalty(coreSeconds, policy);
      this.#lines.set(userId, { tasks: new BinaryHeap(candidates, isBefore), coreSeconds, penalty });
    }
    this.#merged = new BinaryHeap([...this.#lines.values()], isLineBefore);
  }

  /** Takes the task of the highest score, or null when none is left. */
  next(): Candidate | null {
    const line = this.#merged.top;
    const candidate = line?.tasks.pop();
    if (line === undefined || candidate === undefined) return null;
    if (line.tasks.top === undefined) this.#merged.pop();
    else this.#merged.settleTop();
    return candidate;
  }

  /** Takes all that is left, in order. */
  takeRest(): Candidate[] {
    const rest: Candidate[] = [];
    const ranks: number[] = [];
    for (const { tasks, penalty } of this.#lines.values()) {
      for (const candidate of tasks.items) {
        rest.push(candidate);
        ranks.push(candidate.score - penalty);
      }
    }
    const sequences = Float64Array.from(rest, ({ task }) => task.sequence);
    this.#lines.clear();
    this.#merged = new BinaryHeap<Line>([], isLineBefore);
    return Array.from(descendingOrder(Float64Array.from(ranks), sequences), (i) => rest[i]!);
  }

  /** Adds to a user's usage, as when one of the user's tasks is started. */
  charge(userId: string, coreSeconds: number): void {
    const line = this.#lines.get(userId);
    if (line?.tasks.top === undefined) return;
    line.coreSeconds += coreSeconds;
    line.penalty = usagePenalty(line.coreSeconds, this.#policy);
    this.#merged.settle(line);
  }
}

/** What is expected of tasks, looked up once for alike ones: of one type, size and declared demand. */
class Expectations {
  readonly #estimates: Estimates;
  readonly #policy: SchedulerPolicy;
  readonly #lastOfKind = new Map<string, Map<number, Known>>();

  constructor(estimates: Estimates, policy: SchedulerPolicy) {
    this.#estimates = estimates;
    this.#policy = policy;
  }

  of(task: QueuedTask): Expectation {
    if (task.floorRamMb !== undefined) return this.#lookUp(task);
    const { type, size, declared } = task;
    let sizes = this.#lastOfKind.get(type);
    if (sizes === undefined) this.#lastOfKind.set(type, (sizes = new Map<number, Known>()));
    const last = sizes.get(size);
    if (last !== undefined && isSameDemand(last.declared, declared)) return last.expected;
    const expected = this.#lookUp(task);
    sizes.set(size, { declared, expected });
    return expected;
  }

  #lookUp(task: QueuedTask): Expectation {
    const duration = this.#estimates.duration(task);
    const weight = ageingWeight(duration.medianS, this.#policy);
    return { predicted: this.#estimates.predict(task), duration, weight };
  }
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.score > b.score || (a.score === b.score && a.task.sequence < b.task.sequence);
}

function isLineBefore(a: Line, b: Line): boolean {
  const first = a.tasks.top!;
  const second = b.tasks.top!;
  const lead = first.score - a.penalty - (second.score - b.penalty);
  return lead > 0 || (lead === 0 && first.task.sequence < second.task.sequence);
}
