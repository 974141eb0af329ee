import { BinaryHeap } from './binary-heap.js';
import type { DurationEstimate, Estimates } from './estimates.js';
import type { SchedulerPolicy } from './policy.js';
import { descendingOrder } from './rank-sort.js';
import { hasSameResources } from './resource-request.js';
import type { ResourceAmounts, ResourceRequest } from './resource-request.js';
import { ageingWeight, baseScore, usagePenalty } from './score.js';
import type { QueuedTask } from './task.js';

/** A queued task with its predictions, and its score before its user's usage is counted. */
export interface Candidate {
  readonly task: QueuedTask;
  readonly predicted: ResourceAmounts;
  readonly duration: DurationEstimate;
  readonly score: number;
}

interface Prediction {
  readonly predicted: ResourceAmounts;
  readonly duration: DurationEstimate;
  readonly weight: number;
}

interface CachedPrediction {
  readonly requested: ResourceRequest;
  readonly prediction: Prediction;
}

/** The queued tasks of one user. */
interface UserQueue {
  readonly tasks: BinaryHeap<Candidate>;
  coreSeconds: number;
  penalty: number;
}

/**
 * The queue from the highest score to the lowest, taken one task at a time.
 *
 * The order of one user's tasks is fixed. The order between users changes with their usage, which grows when a task is
 * started within the scheduling cycle. Each user therefore has a queue, and the queues are merged. The constructor takes
 * linear time, `next` logarithmic time.
 */
export class QueueOrder {
  readonly #policy: SchedulerPolicy;
  readonly #userQueues = new Map<string, UserQueue>();
  #merged: BinaryHeap<UserQueue>;

  constructor(
    queued: readonly QueuedTask[],
    nowMs: number,
    usageOf: (userId: string) => number,
    estimates: Estimates,
    policy: SchedulerPolicy,
  ) {
    this.#policy = policy;
    const predictions = new PredictionCache(estimates, policy);
    const byUser = new Map<string, Candidate[]>();
    for (const task of queued) {
      const { predicted, duration, weight } = predictions.get(task);
      const waitedS = Math.max(0, nowMs - task.queuedAtMs) / 1000;
      const candidate = {
        task,
        predicted,
        duration,
        score: baseScore(task.priority, waitedS, weight, policy),
      };
      const ofUser = byUser.get(task.userId);
      if (ofUser === undefined) byUser.set(task.userId, [candidate]);
      else ofUser.push(candidate);
    }
    for (const [userId, candidates] of byUser) {
      const coreSeconds = usageOf(userId);
      const penalty = usagePenalty(coreSeconds, policy);
      this.#userQueues.set(userId, { tasks: new BinaryHeap(candidates, isBefore), coreSeconds, penalty });
    }
    this.#merged = new BinaryHeap([...this.#userQueues.values()], isUserQueueBefore);
  }

  /** Removes and returns the task with the highest score, or null when the queue is empty. */
  next(): Candidate | null {
    const userQueue = this.#merged.top;
    const candidate = userQueue?.tasks.pop();
    if (userQueue === undefined || candidate === undefined) return null;
    if (userQueue.tasks.top === undefined) this.#merged.pop();
    else this.#merged.settleTop();
    return candidate;
  }

  /** Removes and returns all remaining tasks, in order. */
  takeRest(): Candidate[] {
    const rest: Candidate[] = [];
    const ranks: number[] = [];
    for (const { tasks, penalty } of this.#userQueues.values()) {
      for (const candidate of tasks.items) {
        rest.push(candidate);
        ranks.push(candidate.score - penalty);
      }
    }
    const sequences = Float64Array.from(rest, ({ task }) => task.sequence);
    this.#userQueues.clear();
    this.#merged = new BinaryHeap<UserQueue>([], isUserQueueBefore);
    return Array.from(descendingOrder(Float64Array.from(ranks), sequences), (i) => rest[i]!);
  }

  /** Adds to a user's usage when one of the user's tasks is started. */
  charge(userId: string, coreSeconds: number): void {
    const userQueue = this.#userQueues.get(userId);
    if (userQueue?.tasks.top === undefined) return;
    userQueue.coreSeconds += coreSeconds;
    userQueue.penalty = usagePenalty(userQueue.coreSeconds, this.#policy);
    this.#merged.settle(userQueue);
  }
}

/** Predictions, computed once for tasks with the same type, size and request. */
class PredictionCache {
  readonly #estimates: Estimates;
  readonly #policy: SchedulerPolicy;
  readonly #byTypeAndSize = new Map<string, Map<number, CachedPrediction>>();

  constructor(estimates: Estimates, policy: SchedulerPolicy) {
    this.#estimates = estimates;
    this.#policy = policy;
  }

  get(task: QueuedTask): Prediction {
    if (task.floorRamMb !== undefined) return this.#compute(task);
    const { type, size, requested } = task;
    let bySize = this.#byTypeAndSize.get(type);
    if (bySize === undefined) this.#byTypeAndSize.set(type, (bySize = new Map<number, CachedPrediction>()));
    const cached = bySize.get(size);
    if (cached !== undefined && hasSameResources(cached.requested, requested)) return cached.prediction;
    const prediction = this.#compute(task);
    bySize.set(size, { requested, prediction });
    return prediction;
  }

  #compute(task: QueuedTask): Prediction {
    const duration = this.#estimates.duration(task);
    const weight = ageingWeight(duration.medianS, this.#policy);
    return { predicted: this.#estimates.predict(task), duration, weight };
  }
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.score > b.score || (a.score === b.score && a.task.sequence < b.task.sequence);
}

function isUserQueueBefore(a: UserQueue, b: UserQueue): boolean {
  const first = a.tasks.top!;
  const second = b.tasks.top!;
  const lead = first.score - a.penalty - (second.score - b.penalty);
  return lead > 0 || (lead === 0 && first.task.sequence < second.task.sequence);
}
