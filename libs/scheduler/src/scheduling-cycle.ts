import { admissionFigures, decideAdmission, fitOf, isOversized, waitForResources } from './admission.js';
import type { AdmissionDecision } from './admission.js';
import { withAllocated } from './capacity.js';
import type { Capacity, ExpectedRelease } from './capacity.js';
import { forecastStarts } from './forecast.js';
import type { GuaranteedStartTimes } from './guaranteed-start-times.js';
import type { SchedulerPolicy } from './policy.js';
import type { Candidate, QueueOrder } from './queue-order.js';
import { dominantCores, isWithin, subtractResources } from './resource-request.js';
import type { ResourceAmounts } from './resource-request.js';
import { shadowTime } from './shadow-time.js';
import type { QueuedTask } from './task.js';
import { waitBehind, waitForExclusiveUse, waitForHead, waitForRetry } from './wait-reason.js';
import type { Waiting, WaitReason } from './wait-reason.js';

export interface Start {
  readonly task: QueuedTask;
  readonly decision: AdmissionDecision;
}

export interface CycleResult {
  /** The tasks to start, in order. */
  readonly starts: readonly Start[];
  /** All other tasks, in queue order. Computed on first access, because it costs more than choosing the starts. */
  readonly waiting: readonly Waiting[];
}

interface Blocked {
  readonly candidate: Candidate;
  readonly wait: WaitReason;
}

/** The task at the head of the queue, for which capacity is reserved. */
interface Head {
  readonly task: QueuedTask;
  readonly atMs: number;
  /** What will be left for other tasks when the head starts. */
  spare: ResourceAmounts;
  /** Its start has slipped too far past its guaranteed time, so nothing starts before it. */
  readonly isOverdue: boolean;
}

/**
 * One scheduling cycle: considers the queued tasks from the highest score down and fills the available capacity.
 *
 * Tasks start as long as they fit. The first one that does not fit becomes the head and gets a reservation at its shadow
 * time. Behind it, a task may start only if it ends before that time or fits next to the head. A task that would not fit
 * even if all running tasks ended, because of the external load, gets no reservation and holds no other task back.
 *
 * Running tasks that outlive their expected ends delay the shadow time. When it is later than the guaranteed start time
 * by more than the policy's grace, nothing starts before the head. The head then starts once the running tasks have
 * ended.
 */
export class SchedulingCycle {
  readonly #nowMs: number;
  readonly #policy: SchedulerPolicy;
  readonly #order: QueueOrder;
  readonly #guaranteedStartTimes: GuaranteedStartTimes;
  readonly #releases: ExpectedRelease[];
  readonly #starts: Start[] = [];
  readonly #blocked: Blocked[] = [];
  /** Predictions that do not fit even when all running tasks have ended; tasks with one prediction share the object. */
  readonly #unreservable = new Set<ResourceAmounts>();
  #capacity: Capacity;
  #head: Head | null = null;

  constructor(
    nowMs: number,
    order: QueueOrder,
    capacity: Capacity,
    releases: readonly ExpectedRelease[],
    guaranteedStartTimes: GuaranteedStartTimes,
    policy: SchedulerPolicy,
  ) {
    this.#nowMs = nowMs;
    this.#order = order;
    this.#capacity = capacity;
    this.#releases = [...releases];
    this.#guaranteedStartTimes = guaranteedStartTimes;
    this.#policy = policy;
  }

  /** Considers tasks up to the maximum backfill depth; the rest is considered when `waiting` is read. */
  run(): CycleResult {
    let behindHead = 0;
    let next = this.#order.next();
    while (next !== null && (this.#head === null || behindHead < this.#policy.maxBackfillDepth)) {
      if (this.#head !== null) behindHead++;
      this.#consider(next);
      next = this.#order.next();
    }
    return lazyResult(this.#starts, () => this.#explain(next));
  }

  #explain(next: Candidate | null): Waiting[] {
    const rest = next === null ? [] : [next, ...this.#order.takeRest()];
    for (const candidate of rest) {
      if (!this.#blockDelayedRetry(candidate)) this.#blockBehind(candidate);
    }
    const candidates = this.#blocked.map(({ candidate }) => candidate);
    const starts = forecastStarts(this.#nowMs, this.#capacity, this.#releases, candidates, this.#policy);
    return this.#blocked.map((blocked, i) => waitingEntry(blocked, i, starts[i] ?? null));
  }

  #consider(candidate: Candidate): void {
    if (this.#blockDelayedRetry(candidate)) return;
    const { task, predicted } = candidate;
    const fits = fitOf(this.#capacity, task.requested, predicted, this.#policy) !== 'none';
    const head = this.#head;
    if (head === null) {
      if (fits) this.#start(candidate);
      else this.#reserve(candidate);
    } else if (!fits) {
      this.#blockBehind(candidate);
    } else if (this.#wouldDelay(head, candidate)) {
      this.#block(candidate, waitForHead(head.task, head.atMs, task.userId));
    } else {
      if (!this.#endsBefore(head, candidate)) head.spare = subtractResources(head.spare, predicted);
      this.#start(candidate);
    }
  }

  #start(candidate: Candidate): void {
    const { task, predicted, duration } = candidate;
    const decision = decideAdmission(this.#capacity, task.requested, predicted, this.#policy);
    this.#starts.push({ task, decision });
    this.#capacity = withAllocated(this.#capacity, predicted);
    this.#releases.push({
      allocated: predicted,
      medianEndMs: this.#nowMs + duration.medianS * 1000,
      p90EndMs: this.#nowMs + duration.p90S * 1000,
    });
    const coreSeconds = duration.medianS * dominantCores(predicted, this.#capacity.total);
    this.#order.charge(task.userId, coreSeconds);
  }

  /** Makes a task that does not fit the head, unless it would not fit even when all running tasks have ended. */
  #reserve(candidate: Candidate): void {
    const { task, predicted } = candidate;
    const shadow = this.#unreservable.has(predicted)
      ? null
      : shadowTime(this.#capacity, this.#releases, candidate, this.#policy);
    if (shadow === null) {
      this.#unreservable.add(predicted);
    } else {
      const guaranteedMs = this.#guaranteedStartTimes.record(task.id, shadow.atMs);
      const isOverdue = this.#nowMs > guaranteedMs + this.#policy.backfillGraceS * 1000;
      this.#head = { task, isOverdue, ...shadow };
    }
    const { runningTasks } = this.#capacity;
    if (runningTasks > 0 && isOversized(this.#capacity, predicted, this.#policy)) {
      this.#block(candidate, waitForExclusiveUse(runningTasks));
    } else {
      const figures = admissionFigures(this.#capacity, task.requested, predicted, this.#policy);
      this.#block(candidate, waitForResources(figures));
    }
  }

  #wouldDelay(head: Head, candidate: Candidate): boolean {
    if (head.isOverdue) return true;
    return !this.#endsBefore(head, candidate) && !isWithin(candidate.predicted, head.spare);
  }

  #endsBefore(head: Head, { duration }: Candidate): boolean {
    return this.#nowMs + duration.p90S * 1000 <= head.atMs;
  }

  /** Blocks a task whose retry is delayed; returns whether it did. */
  #blockDelayedRetry(candidate: Candidate): boolean {
    const { notBeforeMs } = candidate.task;
    if (notBeforeMs === undefined || notBeforeMs <= this.#nowMs) return false;
    this.#block(candidate, waitForRetry(notBeforeMs));
    return true;
  }

  #blockBehind(candidate: Candidate): void {
    this.#block(candidate, waitBehind(this.#blocked.length));
  }

  #block(candidate: Candidate, wait: WaitReason): void {
    this.#blocked.push({ candidate, wait });
  }
}

/** The result of a cycle in which nothing may start, for one reason. */
export function blockedCycle(order: QueueOrder, wait: WaitReason): CycleResult {
  return lazyResult([], () =>
    order.takeRest().map((candidate, i) => waitingEntry({ candidate, wait }, i, null)),
  );
}

function lazyResult(starts: readonly Start[], explain: () => Waiting[]): CycleResult {
  let waiting: Waiting[] | null = null;
  return {
    starts,
    get waiting() {
      return (waiting ??= explain());
    },
  };
}

function waitingEntry(
  { candidate, wait: { kind, reason, userReason } }: Blocked,
  index: number,
  estimatedStartAtMs: number | null,
): Waiting {
  return { id: candidate.task.id, position: index + 1, kind, reason, userReason, estimatedStartAtMs };
}
