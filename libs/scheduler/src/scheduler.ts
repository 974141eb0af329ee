import { decideAdmission, fitOf, isOversized, neverFitsReason } from './admission.js';
import type { AdmissionDecision, Room } from './admission.js';
import { addDemand, formatGb, isWithin, noDemand, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import { Estimates } from './estimates.js';
import type { EstimatesSnapshot } from './estimates.js';
import { ExternalLoad } from './external-load.js';
import { FairShare } from './fair-share.js';
import type { FairShareSnapshot } from './fair-share.js';
import { forecastStarts } from './forecast.js';
import { chooseVictim, isMemoryExhausted, memoryShortage, retryDemandOf } from './guard.js';
import type { GuardAction } from './guard.js';
import type { MachineSample } from './machine-sample.js';
import type { SchedulerPolicy } from './policy.js';
import { QueueOrder } from './queue-order.js';
import type { Candidate } from './queue-order.js';
import { Reservation } from './reservation.js';
import { shadowTime } from './shadow-time.js';
import type { Release } from './shadow-time.js';
import type { MeasuredRun, QueuedTask, StartedTask, TaskShape } from './task.js';
import {
  aloneReason,
  behindReason,
  heldReason,
  notBeforeReason,
  pausedReason,
  unmeasuredReason,
} from './wait-reason.js';
import type { WaitKind, Waiting } from './wait-reason.js';

export interface PassOptions {
  /** An admin has paused the queue: nothing starts. */
  readonly paused: boolean;
}

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

/** What was learned, as plain JSON. */
export interface SchedulerSnapshot {
  readonly version: 1;
  readonly estimates: EstimatesSnapshot;
  readonly fairShare: FairShareSnapshot;
}

/** The task that the queue waits for, and when it can start. */
interface Head {
  readonly task: QueuedTask;
  readonly atMs: number;
  /** What is left beside it at that time. */
  spare: Demand;
  /** Its reservation has slipped too far: nothing is started before it. */
  readonly isOverdue: boolean;
}

interface Blocked extends Candidate {
  readonly kind: WaitKind;
  readonly reason: string;
}

/**
 * Decides which tasks run on one machine, and when.
 *
 * It is told what happens (`observe` a sample, a task `started`, a task `ended`) and answers from that alone: no clock,
 * no I/O, nothing random, so the same calls give the same answers. `pass` orders the queue and says what to start;
 * the caller starts those and reports each with `started`. Tasks that run hold a reservation from that moment, before
 * any sample can show them.
 */
export class Scheduler {
  readonly policy: SchedulerPolicy;
  readonly #estimates: Estimates;
  readonly #fairShare: FairShare;
  readonly #external: ExternalLoad;
  readonly #running = new Map<string, Reservation>();
  /** When the first reservation of each task that ever was the queue's head said it would start. */
  #firstReservationMs = new Map<string, number>();
  #sample: MachineSample | null = null;
  /** CPU that tasks of the last sample used and, having ended, do not use any more. */
  #freedCpuMillicores = 0;
  /** CPU time that tasks used between the last sample and their end. */
  #endedCpuMs = 0;
  /** The task that the guard has asked to kill, until its end was seen in a sample. */
  #victimId: string | null = null;

  constructor(policy: SchedulerPolicy) {
    this.policy = policy;
    this.#estimates = new Estimates(policy);
    this.#fairShare = new FairShare(policy.usageHalfLifeS);
    this.#external = new ExternalLoad(policy.externalDecayPerS);
  }

  /** Takes in a sample of the machine; to be called about once a second, with rising times. */
  observe(sample: MachineSample): void {
    const sinceMs = this.#sample === null ? 0 : sample.atMs - this.#sample.atMs;
    let ownCpu = sinceMs > 0 ? this.#endedCpuMs / sinceMs : 0;
    let ownRamMb = 0;
    for (const [id, reservation] of this.#running) {
      const use = sample.tasks.get(id);
      if (use !== undefined) {
        reservation.observe(use);
        this.#estimates.seen(reservation.task, use.rssMb);
        ownCpu += use.cpuMillicores;
        ownRamMb += use.rssMb;
      }
    }
    this.#sample = sample;
    this.#freedCpuMillicores = 0;
    this.#endedCpuMs = 0;
    if (this.#victimId !== null && !this.#running.has(this.#victimId)) this.#victimId = null;
    this.#external.observe(sample.atMs, {
      cpuMillicores: sample.totalCpuMillicores - sample.availableCpuMillicores - ownCpu,
      ramMb: sample.totalRamMb - sample.availableRamMb - ownRamMb,
    });
    this.#chargeRunning(sample.atMs);
  }

  /** Whether a task of this shape could start now beside all that runs; changes nothing. */
  canRun(task: TaskShape): AdmissionDecision {
    const predicted = this.#estimates.predict(task);
    if (this.#sample === null) {
      const room = { total: noDemand, available: noDemand, runningTasks: this.#running.size };
      const decision = decideAdmission(room, task.declared, predicted, this.policy);
      return { ...decision, admitted: false, reason: unmeasuredReason };
    }
    const decision = decideAdmission(this.#room(this.#sample), task.declared, predicted, this.policy);
    const shortage = memoryShortage(this.#sample, this.policy);
    return shortage === null ? decision : { ...decision, admitted: false, reason: shortage };
  }

  /** Why a task that declares this can never run on this machine, or null when it can or nothing was measured yet. */
  fits(declared: Demand): string | null {
    return this.#sample === null ? null : neverFitsReason(totalOf(this.#sample), declared);
  }

  /** A task has started: it holds its reservation from now on. */
  started(task: StartedTask): void {
    const { predicted, duration } = this.#expect(task);
    this.#running.set(task.id, new Reservation(task, predicted, duration, this.policy.warmUpS));
    this.#firstReservationMs.delete(task.id);
  }

  /** A task has ended, however; gives its reservation back and teaches the estimates and the fair share. */
  ended(id: string, atMs: number, measured: MeasuredRun): void {
    const reservation = this.#running.get(id);
    if (reservation === undefined) return;
    this.#charge(reservation, atMs);
    this.#running.delete(id);
    const { startedAtMs } = reservation.task;
    if (this.#sample !== null) {
      const unseenMs = Math.max(0, atMs - this.#sample.atMs);
      this.#freedCpuMillicores += reservation.cpuMillicores;
      this.#endedCpuMs +=
        startedAtMs >= this.#sample.atMs
          ? measured.cpuSeconds * 1_000_000
          : reservation.cpuMillicores * unseenMs;
    }
    this.#estimates.learn(reservation.task, (atMs - startedAtMs) / 1000, measured);
  }

  /** Which of the queued tasks start now, in order, and why each of the others waits. */
  pass(nowMs: number, queued: readonly QueuedTask[], options: PassOptions): PassResult {
    const order = this.#order(nowMs, queued);
    const sample = this.#sample;
    const standstill = this.#standstill(sample, options);
    if (sample === null || standstill !== null) {
      const { kind, reason } = standstill ?? { kind: 'unmeasured' as const, reason: unmeasuredReason };
      const blocked: Blocked[] = [];
      for (let next = order.next(); next !== null; next = order.next())
        blocked.push({ ...next, kind, reason });
      return { starts: [], waiting: blocked.map((task, i) => waitingEntry(task, i, null)) };
    }

    let room = this.#room(sample);
    const releases = [...this.#running.values()].map((reservation) => ({
      held: reservation.held(sample.atMs),
      lateMs: reservation.expectedEndMs(nowMs, reservation.duration.p90S),
      usualMs: reservation.expectedEndMs(nowMs, reservation.duration.medianS),
    }));
    const starts: Start[] = [];
    const blocked: Blocked[] = [];
    const firstReservations = new Map<string, number>();
    let head: Head | null = null;
    let lookedAt = 0;

    const start = (candidate: Candidate): void => {
      const { task, predicted, duration } = candidate;
      starts.push({ task, decision: decideAdmission(room, task.declared, predicted, this.policy) });
      releases.push({
        held: predicted,
        lateMs: nowMs + duration.p90S * 1000,
        usualMs: nowMs + duration.medianS * 1000,
      });
      room = {
        total: room.total,
        available: subtractDemand(room.available, predicted),
        runningTasks: room.runningTasks + 1,
      };
      order.charge(task.userId, duration.medianS * dominantCores(predicted, room.total));
    };

    for (let next = order.next(); next !== null; next = order.next()) {
      const { task, predicted, duration } = next;
      const candidate = next;
      const wait = (kind: WaitKind, reason: string) => blocked.push({ ...candidate, kind, reason });
      const known = this.#firstReservationMs.get(task.id);
      if (known !== undefined) firstReservations.set(task.id, known);

      if ((task.notBeforeMs ?? 0) > nowMs) {
        wait('not-before', notBeforeReason(task.notBeforeMs!));
        continue;
      }
      if (blocked.length > 0 && ++lookedAt > this.policy.backfillDepth) {
        wait('behind', behindReason(blocked.length));
        continue;
      }
      const fits = fitOf(room, predicted, this.policy) !== 'no';
      if (head === null) {
        if (fits) {
          start(next);
          continue;
        }
        const shadow = shadowTime(room, releases.map(lateRelease), predicted, this.policy);
        if (shadow !== null) {
          const firstMs = known ?? shadow.atMs;
          firstReservations.set(task.id, firstMs);
          const isOverdue = nowMs > firstMs + this.policy.backfillGraceS * 1000;
          head = { ...shadow, task, isOverdue };
        }
        const decision = decideAdmission(room, task.declared, predicted, this.policy);
        if (shadow !== null && isOversized(room.total, predicted, this.policy)) {
          wait('alone', aloneReason(room.runningTasks));
        } else {
          wait('resources', decision.admitted ? '' : decision.reason);
        }
        continue;
      }
      if (!fits) {
        wait('behind', behindReason(blocked.length));
        continue;
      }
      const endsInTime = nowMs + duration.p90S * 1000 <= head.atMs;
      if (head.isOverdue || !(endsInTime || isWithin(predicted, head.spare))) {
        wait('held', heldReason(head.task, head.atMs));
        continue;
      }
      if (!endsInTime) head.spare = subtractDemand(head.spare, predicted);
      start(next);
    }
    this.#firstReservationMs = firstReservations;

    const etas = forecastStarts(nowMs, room, releases.map(usualRelease), blocked, this.policy);
    return { starts, waiting: blocked.map((task, i) => waitingEntry(task, i, etas[i] ?? null)) };
  }

  /** What memory asks for at the last sample: nothing, a pause, or that a task be killed and tried again. */
  guard(_nowMs: number): GuardAction {
    const sample = this.#sample;
    if (sample === null) return { kind: 'none' };
    if (isMemoryExhausted(sample, this.policy) && this.#victimId === null) {
      const victim = chooseVictim(this.#running.values());
      if (victim !== null) {
        this.#victimId = victim.task.id;
        return {
          kind: 'kill',
          taskId: victim.task.id,
          reason:
            `Killed to save the machine: ${formatGb(sample.availableRamMb, 1)}GB of ${formatGb(sample.totalRamMb, 1)}GB RAM was left, ` +
            `the task held ${formatGb(victim.rssMb, 1)}GB of a predicted ${formatGb(victim.predicted.ramMb, 1)}GB`,
          retryDemand: retryDemandOf(victim, sample.totalRamMb),
        };
      }
    }
    const reason = memoryShortage(sample, this.policy);
    return reason === null ? { kind: 'none' } : { kind: 'pause', reason };
  }

  /** What was learned so far, to be kept over a restart. */
  snapshot(): SchedulerSnapshot {
    return { version: 1, estimates: this.#estimates.snapshot(), fairShare: this.#fairShare.snapshot() };
  }

  restore(snapshot: SchedulerSnapshot): void {
    this.#estimates.restore(snapshot.estimates);
    this.#fairShare.restore(snapshot.fairShare);
  }

  /** What all running tasks hold together. */
  reserved(): Demand {
    const nowMs = this.#sample?.atMs ?? 0;
    return [...this.#running.values()].reduce((sum, task) => addDemand(sum, task.held(nowMs)), noDemand);
  }

  #room(sample: MachineSample): Room {
    const total = totalOf(sample);
    const taken = addDemand(this.#external.current, this.reserved());
    const unreserved = subtractDemand(total, taken);
    return {
      total,
      available: {
        cpuMillicores: Math.min(
          Math.floor(sample.availableCpuMillicores + this.#freedCpuMillicores),
          unreserved.cpuMillicores,
        ),
        ramMb: Math.min(Math.floor(sample.availableRamMb), unreserved.ramMb),
      },
      runningTasks: this.#running.size,
    };
  }

  #order(nowMs: number, queued: readonly QueuedTask[]): QueueOrder {
    this.#chargeRunning(nowMs);
    const outstanding = this.#outstanding(nowMs);
    const usageOf = (userId: string) => this.#fairShare.usage(userId) + (outstanding.get(userId) ?? 0);
    return new QueueOrder(queued, nowMs, usageOf, this.#estimates, this.policy);
  }

  /** Core-seconds that each user's running tasks are still expected to take. */
  #outstanding(nowMs: number): Map<string, number> {
    const outstanding = new Map<string, number>();
    if (this.#sample === null) return outstanding;
    const total = totalOf(this.#sample);
    for (const reservation of this.#running.values()) {
      const { task, duration } = reservation;
      const leftS = Math.max(0, (task.startedAtMs - nowMs) / 1000 + duration.medianS);
      const cores = dominantCores(reservation.held(nowMs), total);
      outstanding.set(task.userId, (outstanding.get(task.userId) ?? 0) + leftS * cores);
    }
    return outstanding;
  }

  #chargeRunning(nowMs: number): void {
    for (const reservation of this.#running.values()) this.#charge(reservation, nowMs);
    this.#fairShare.advance(nowMs);
  }

  #charge(reservation: Reservation, nowMs: number): void {
    if (this.#sample === null) return;
    const cores = dominantCores(reservation.held(nowMs), totalOf(this.#sample));
    this.#fairShare.charge(reservation.task.userId, (reservation.takeUncharged(nowMs) / 1000) * cores);
  }

  /** Why nothing at all starts, or null. */
  #standstill(sample: MachineSample | null, options: PassOptions): { kind: WaitKind; reason: string } | null {
    if (options.paused) return { kind: 'paused', reason: pausedReason };
    const reason = sample === null ? null : memoryShortage(sample, this.policy);
    return reason === null ? null : { kind: 'pressure', reason };
  }

  #expect(task: TaskShape): Omit<Candidate, 'task'> {
    return { predicted: this.#estimates.predict(task), duration: this.#estimates.duration(task) };
  }
}

function totalOf(sample: MachineSample): Demand {
  return { cpuMillicores: sample.totalCpuMillicores, ramMb: sample.totalRamMb };
}

/** A demand's larger share of the machine, told in cores: what it costs in dominant-resource fairness. */
function dominantCores(demand: Demand, total: Demand): number {
  const share = Math.max(demand.cpuMillicores / total.cpuMillicores, demand.ramMb / total.ramMb);
  return (share * total.cpuMillicores) / 1000;
}

function waitingEntry(task: Blocked, index: number, estimatedStartAtMs: number | null): Waiting {
  return { id: task.task.id, position: index + 1, kind: task.kind, reason: task.reason, estimatedStartAtMs };
}

function lateRelease({ held, lateMs }: { held: Demand; lateMs: number }): Release {
  return { held, atMs: lateMs };
}

function usualRelease({ held, usualMs }: { held: Demand; usualMs: number }): Release {
  return { held, atMs: usualMs };
}
