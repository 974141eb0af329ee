import { decideAdmission, fitOf, isOversized } from './admission.js';
import type { AdmissionDecision } from './admission.js';
import { dominantCores, isWithin, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import type { FirstReservations } from './first-reservations.js';
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
  /** All the others, in the order of the queue; worked out when it is first asked for, which a mere start is not. */
  readonly waiting: readonly Waiting[];
}

interface Blocked {
  readonly candidate: Candidate;
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
  readonly #nowMs: number;
  readonly #policy: SchedulerPolicy;
  readonly #order: QueueOrder;
  readonly #promises: FirstReservations;
  readonly #releases: Release[];
  readonly #starts: Start[] = [];
  readonly #blocked: Blocked[] = [];
  /** Predictions that do not fit the emptied machine; alike tasks share theirs. */
  readonly #unreachable = new Set<Demand>();
  #room: Room;
  #head: Head | null = null;

  constructor(
    nowMs: number,
    order: QueueOrder,
    room: Room,
    releases: readonly Release[],
    promises: FirstReservations,
    policy: SchedulerPolicy,
  ) {
    this.#nowMs = nowMs;
    this.#order = order;
    this.#room = room;
    this.#releases = [...releases];
    this.#promises = promises;
    this.#policy = policy;
  }

  /** Walks until the policy's depth behind the head; the rest of the queue is walked when its waiting is asked for. */
  run(): PassResult {
    let behindHead = 0;
    let next = this.#order.next();
    while (next !== null && (this.#head === null || behindHead < this.#policy.backfillDepth)) {
      if (this.#head !== null) behindHead++;
      this.#consider(next);
      next = this.#order.next();
    }
    return lazyResult(this.#starts, () => this.#explain(next));
  }

  #explain(next: Candidate | null): Waiting[] {
    const rest = next === null ? [] : [next, ...this.#order.takeRest()];
    for (const candidate of rest) {
      if (!this.#blockEarly(candidate)) this.#blockBehind(candidate);
    }
    const candidates = this.#blocked.map(({ candidate }) => candidate);
    const etas = forecastStarts(this.#nowMs, this.#room, this.#releases, candidates, this.#policy);
    return this.#blocked.map((blocked, i) => waitingEntry(blocked, i, etas[i] ?? null));
  }

  #consider(candidate: Candidate): void {
    if (this.#blockEarly(candidate)) return;
    const { task, predicted } = candidate;
    const fits = fitOf(this.#room, task.declared, predicted, this.#policy) !== 'no';
    const head = this.#head;
    if (head === null) {
      if (fits) this.#start(candidate);
      else this.#reserve(candidate);
    } else if (!fits) {
      this.#blockBehind(candidate);
    } else if (this.#delays(head, candidate)) {
      this.#block(candidate, 'held', heldReason(head.task, head.atMs, candidate.task.userId));
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
    this.#order.charge(task.userId, coreSeconds);
  }

  /** Makes a task that does not fit the head, if the running tasks can make room for it at all. */
  #reserve(candidate: Candidate): void {
    const { task, predicted } = candidate;
    const shadow = this.#unreachable.has(predicted)
      ? null
      : shadowTime(this.#room, this.#releases, candidate, this.#policy);
    if (shadow === null) {
      this.#unreachable.add(predicted);
    } else {
      const promisedMs = this.#promises.remember(task.id, shadow.atMs);
      const isOverdue = this.#nowMs > promisedMs + this.#policy.backfillGraceS * 1000;
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

  /** Blocks a task that may not start yet, whatever the room. */
  #blockEarly(candidate: Candidate): boolean {
    const { notBeforeMs } = candidate.task;
    if (notBeforeMs === undefined || notBeforeMs <= this.#nowMs) return false;
    this.#block(candidate, 'not-before', notBeforeReason(notBeforeMs));
    return true;
  }

  #blockBehind(candidate: Candidate): void {
    this.#block(candidate, 'behind', behindReason(this.#blocked.length));
  }

  #block(candidate: Candidate, kind: WaitKind, reason: string): void {
    this.#blocked.push({ candidate, kind, reason });
  }
}

/** A pass in which nothing may start, for one reason. */
export function standstill(order: QueueOrder, kind: WaitKind, reason: string): PassResult {
  return lazyResult([], () => {
    const candidates = order.takeRest();
    return candidates.map((candidate, i) => waitingEntry({ candidate, kind, reason }, i, null));
  });
}

function lazyResult(starts: readonly Start[], explain: () => Waiting[]): PassResult {
  let waiting: Waiting[] | null = null;
  return {
    starts,
    get waiting() {
      return (waiting ??= explain());
    },
  };
}

function waitingEntry(
  { candidate, kind, reason }: Blocked,
  index: number,
  estimatedStartAtMs: number | null,
): Waiting {
  return { id: candidate.task.id, position: index + 1, kind, reason, estimatedStartAtMs };
}
