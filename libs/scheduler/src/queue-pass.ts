import { decideAdmission, fitOf, isOversized } from './admission.js';
import type { AdmissionDecision } from './admission.js';
import { dominantCores, isWithin, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import { forecastStarts } from './forecast.js';
import type { SchedulerPolicy } from './policy.js';
import type { Candidate, QueueOrder } from './queue-order.js';
import { takeFrom } from './room.js';
import type { Release, Room } from './room.js';
import { shadowTime } from './shadow-time.js';
import type { QueuedTask } from './task.js';
import { aloneReason, behindReason, heldReason, notBeforeReason } from './wait-reason.js';
import type { WaitKind, Waiting } from './wait-reason.js';

export interface Start {
  readonly task: QueuedTask;
  readonly decision: AdmissionDecision;
}

export interface PassResult {
  /** The tasks to start, in order. */
  readonly starts: readonly Start[];
  /** All the others, in the order of the queue. */
  readonly waiting: readonly Waiting[];
}

interface Blocked extends Candidate {
  readonly kind: WaitKind;
  readonly reason: string;
}

/** The task that a reservation is held for. */
interface Head {
  readonly task: QueuedTask;
  readonly atMs: number;
  /** What it will leave for others when it starts. */
  spare: Demand;
  /** Its reservation has slipped too far: nothing starts before it any more. */
  readonly isOverdue: boolean;
}

/**
 * One walk along the queue, from the highest score down, that fills the room there is.
 *
 * Tasks start as long as they fit. The first that does not becomes the head: it gets a reservation at its shadow time,
 * and behind it only tasks may start that end before that time or fit beside the head. A task that would not fit even
 * on the emptied machine, because others use it, gets no reservation and holds nobody back.
 *
 * Running tasks that outlive their expected ends move the shadow time on. Once that has gone further than the policy's
 * grace past the first reservation, nothing starts before the head, so it starts when the running tasks have ended.
 */
export class QueuePass {
  /** For each queued task that was the queue's head: when its first reservation said that it would start. */
  readonly reservedAtMs = new Map<string, number>();
  readonly #nowMs: number;
  readonly #policy: SchedulerPolicy;
  readonly #reservedBefore: ReadonlyMap<string, number>;
  readonly #releases: Release[];
  readonly #starts: Start[] = [];
  readonly #blocked: Blocked[] = [];
  #room: Room;
  #head: Head | null = null;
  #order: QueueOrder | null = null;

  constructor(
    nowMs: number,
    room: Room,
    releases: readonly Release[],
    reservedBefore: ReadonlyMap<string, number>,
    policy: SchedulerPolicy,
  ) {
    this.#nowMs = nowMs;
    this.#room = room;
    this.#releases = [...releases];
    this.#reservedBefore = reservedBefore;
    this.#policy = policy;
  }

  run(order: QueueOrder): PassResult {
    this.#order = order;
    let lookedAt = 0;
    for (let next = order.next(); next !== null; next = order.next()) {
      const before = this.#reservedBefore.get(next.task.id);
      if (before !== undefined) this.reservedAtMs.set(next.task.id, before);
      const isDeep = this.#blocked.length > 0 && ++lookedAt > this.#policy.backfillDepth;
      if (isDeep) this.#block(next, 'behind', behindReason(this.#blocked.length));
      else this.#consider(next);
    }
    const etas = forecastStarts(this.#nowMs, this.#room, this.#releases, this.#blocked, this.#policy);
    return {
      starts: this.#starts,
      waiting: this.#blocked.map((blocked, i) => waitingEntry(blocked, i, etas[i] ?? null)),
    };
  }

  #consider(candidate: Candidate): void {
    const { task, predicted } = candidate;
    if ((task.notBeforeMs ?? 0) > this.#nowMs) {
      this.#block(candidate, 'not-before', notBeforeReason(task.notBeforeMs!));
      return;
    }
    const fits = fitOf(this.#room, task.declared, predicted, this.#policy) !== 'no';
    const head = this.#head;
    if (head === null) {
      if (fits) this.#start(candidate);
      else this.#reserve(candidate);
    } else if (!fits) {
      this.#block(candidate, 'behind', behindReason(this.#blocked.length));
    } else if (this.#delays(head, candidate)) {
      this.#block(candidate, 'held', heldReason(head.task, head.atMs));
    } else {
      if (!this.#endsBefore(head, candidate)) head.spare = subtractDemand(head.spare, predicted);
      this.#start(candidate);
    }
  }

  #start(candidate: Candidate): void {
    const { task, predicted, duration } = candidate;
    const decision = decideAdmission(this.#room, task.declared, predicted, this.#policy);
    this.#starts.push({ task, decision });
    this.#room = takeFrom(this.#room, predicted);
    this.#releases.push({
      held: predicted,
      usualEndMs: this.#nowMs + duration.medianS * 1000,
      lateEndMs: this.#nowMs + duration.p90S * 1000,
    });
    const coreSeconds = duration.medianS * dominantCores(predicted, this.#room.total);
    this.#order?.charge(task.userId, coreSeconds);
  }

  /** Makes a task that does not fit the head, if the running tasks can make room for it at all. */
  #reserve(candidate: Candidate): void {
    const { task, predicted } = candidate;
    const shadow = shadowTime(this.#room, this.#releases, candidate, this.#policy);
    if (shadow !== null) {
      const firstMs = this.reservedAtMs.get(task.id) ?? shadow.atMs;
      this.reservedAtMs.set(task.id, firstMs);
      const isOverdue = this.#nowMs > firstMs + this.#policy.backfillGraceS * 1000;
      this.#head = { task, isOverdue, ...shadow };
    }
    if (this.#room.runningTasks > 0 && isOversized(this.#room, predicted, this.#policy)) {
      this.#block(candidate, 'alone', aloneReason(this.#room.runningTasks));
      return;
    }
    const decision = decideAdmission(this.#room, task.declared, predicted, this.#policy);
    this.#block(candidate, 'resources', decision.admitted ? '' : decision.reason);
  }

  #delays(head: Head, candidate: Candidate): boolean {
    if (head.isOverdue) return true;
    return !this.#endsBefore(head, candidate) && !isWithin(candidate.predicted, head.spare);
  }

  #endsBefore(head: Head, { duration }: Candidate): boolean {
    return this.#nowMs + duration.p90S * 1000 <= head.atMs;
  }

  #block(candidate: Candidate, kind: WaitKind, reason: string): void {
    this.#blocked.push({ ...candidate, kind, reason });
  }
}

/** A pass in which nothing may start, for one reason. */
export function standstill(order: QueueOrder, kind: WaitKind, reason: string): PassResult {
  const waiting: Waiting[] = [];
  for (let next = order.next(); next !== null; next = order.next()) {
    waiting.push(waitingEntry({ ...next, kind, reason }, waiting.length, null));
  }
  return { starts: [], waiting };
}

function waitingEntry(
  { task, kind, reason }: Blocked,
  index: number,
  estimatedStartAtMs: number | null,
): Waiting {
  return { id: task.id, position: index + 1, kind, reason, estimatedStartAtMs };
}
