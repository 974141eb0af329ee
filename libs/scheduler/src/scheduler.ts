import { decideAdmission, neverFitsReason } from './admission.js';
import type { AdmissionDecision } from './admission.js';
import { addDemand, dominantCores, formatGb, noDemand, partOf, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';
import { Estimates } from './estimates.js';
import type { EstimatesSnapshot } from './estimates.js';
import { ExternalLoad } from './external-load.js';
import { FairShare } from './fair-share.js';
import type { FairShareSnapshot } from './fair-share.js';
import { FirstReservations } from './first-reservations.js';
import { chooseVictim, isMemoryExhausted, memoryShortage, retryDemandOf } from './guard.js';
import type { GuardAction } from './guard.js';
import type { MachineSample } from './machine-sample.js';
import type { SchedulerPolicy } from './policy.js';
import { QueueOrder } from './queue-order.js';
import { QueuePass, standstill } from './queue-pass.js';
import type { PassResult } from './queue-pass.js';
import { Reservation } from './reservation.js';
import { ambientOf } from './room.js';
import type { Release, Room } from './room.js';
import type { MeasuredRun, QueuedTask, StartedTask, TaskShape } from './task.js';
import { pausedReason, unmeasuredReason } from './wait-reason.js';

/** Time for a killed task to be gone before the guard asks again. */
const KILL_PATIENCE_MS = 5000;

export interface PassOptions {
  /** An admin has paused the queue: nothing starts. */
  readonly paused: boolean;
}

/** What was learned, as plain JSON. */
export interface SchedulerSnapshot {
  readonly version: 1;
  readonly estimates: EstimatesSnapshot;
  readonly fairShare: FairShareSnapshot;
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
  readonly #promises = new FirstReservations();
  #sample: MachineSample | null = null;
  /** CPU that the last sample shows as used by tasks that have ended, before it or since. */
  #freedCpuMillicores = 0;
  /** CPU time in millicore-milliseconds that ended tasks used after the last sample. */
  #endedCpu = 0;
  /** The task that the guard has asked to kill, until a sample without it shows what that has freed. */
  #victim: { readonly id: string; readonly askedAtMs: number } | null = null;

  constructor(policy: SchedulerPolicy) {
    this.policy = policy;
    this.#estimates = new Estimates(policy);
    this.#fairShare = new FairShare(policy.usageHalfLifeS);
    this.#external = new ExternalLoad(policy.externalDecayPerS);
  }

  /** Takes in a sample of the machine; to be called about once a second, with rising times. */
  observe(sample: MachineSample): void {
    const sinceMs = this.#sample === null ? 0 : sample.atMs - this.#sample.atMs;
    const endedCpuMillicores = sinceMs > 0 ? this.#endedCpu / sinceMs : 0;
    let ownCpu = endedCpuMillicores;
    let ownRamMb = 0;
    for (const [id, reservation] of this.#running) {
      const use = sample.tasks.get(id);
      if (use === undefined) continue;
      reservation.observe(use, sample.isCpuSaturated);
      this.#estimates.seen(reservation.task, use.rssMb);
      ownCpu += use.cpuMillicores;
      ownRamMb += use.rssMb;
    }
    this.#sample = sample;
    this.#freedCpuMillicores = endedCpuMillicores;
    this.#endedCpu = 0;
    if (this.#victim !== null && !this.#running.has(this.#victim.id)) this.#victim = null;
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
      const nothing = { total: noDemand, available: noDemand, ambient: noDemand, runningTasks: 0 };
      const decision = decideAdmission(nothing, task.declared, predicted, this.policy);
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

  /** A user was served on another machine: that counts for the fair share here as well. */
  servedElsewhere(userId: string, coreSeconds: number): void {
    this.#fairShare.charge(userId, coreSeconds);
  }

  /** A task has started: it holds its reservation from now on. */
  started(task: StartedTask): void {
    this.#promises.forget(task.id);
    const predicted = this.#estimates.predict(task);
    const duration = this.#estimates.duration(task);
    this.#running.set(task.id, new Reservation(task, predicted, duration, this.policy.warmUpS));
  }

  /** A task has ended, however; gives its reservation back and teaches the estimates and the fair share. */
  ended(id: string, atMs: number, measured: MeasuredRun): void {
    const reservation = this.#running.get(id);
    if (reservation === undefined) return;
    this.#charge(reservation, atMs);
    this.#running.delete(id);
    const lifeMs = Math.max(0, atMs - reservation.task.startedAtMs);
    if (this.#sample !== null) {
      this.#freedCpuMillicores += reservation.cpuMillicores;
      this.#endedCpu += reservation.isSeen
        ? reservation.cpuMillicores * Math.max(0, atMs - this.#sample.atMs)
        : Math.min(measured.cpuSeconds * 1_000_000, lifeMs * this.#sample.totalCpuMillicores);
    }
    const isStarved = reservation.isStarved || this.#sample?.isCpuSaturated === true;
    this.#estimates.learn(reservation.task, lifeMs / 1000, measured, isStarved);
  }

  /** Which of the queued tasks start now, in order, and why each of the others waits. */
  pass(nowMs: number, queued: readonly QueuedTask[], options: PassOptions): PassResult {
    this.#chargeRunning(nowMs);
    const outstanding = this.#outstanding(nowMs);
    const usageOf = (userId: string) => this.#fairShare.usage(userId) + (outstanding.get(userId) ?? 0);
    const order = new QueueOrder(queued, nowMs, usageOf, this.#estimates, this.policy);

    const sample = this.#sample;
    if (options.paused) return standstill(order, 'paused', pausedReason);
    if (sample === null) return standstill(order, 'unmeasured', unmeasuredReason);
    const shortage = memoryShortage(sample, this.policy);
    if (shortage !== null) return standstill(order, 'pressure', shortage);

    const room = this.#room(sample);
    return new QueuePass(nowMs, order, room, this.#releases(nowMs), this.#promises, this.policy).run();
  }

  /** What memory asks for at the last sample: nothing, a pause, or that a task be killed and tried again. */
  guard(nowMs: number): GuardAction {
    const sample = this.#sample;
    if (sample === null) return { kind: 'none' };
    const isKilling = this.#victim !== null && nowMs - this.#victim.askedAtMs < KILL_PATIENCE_MS;
    if (isMemoryExhausted(sample, this.policy) && !isKilling) {
      const victim = chooseVictim(this.#running.values());
      if (victim !== null) {
        this.#victim = { id: victim.task.id, askedAtMs: nowMs };
        return {
          kind: 'kill',
          taskId: victim.task.id,
          reason:
            `Killed to save the machine: ${formatGb(sample.availableRamMb, 1)}GB of ${formatGb(sample.totalRamMb, 1)}GB RAM was left, ` +
            `the task held ${formatGb(victim.rssMb, 1)}GB of a predicted ${formatGb(victim.predicted.ramMb, 1)}GB`,
          retryDemand: retryDemandOf(victim, this.#attainableRamMb(sample)),
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
    let sum = noDemand;
    for (const reservation of this.#running.values()) sum = addDemand(sum, reservation.held(nowMs));
    return sum;
  }

  /**
   * What is free: as measured, less what has started since and more what has ended; and no more than the total less
   * others' use less all reservations, whichever is smaller.
   */
  #room(sample: MachineSample): Room {
    const total = totalOf(sample);
    let unseen = noDemand;
    for (const reservation of this.#running.values()) {
      if (!reservation.isSeen) unseen = addDemand(unseen, reservation.held(sample.atMs));
    }
    const measured = subtractDemand(
      {
        cpuMillicores: Math.floor(sample.availableCpuMillicores + this.#freedCpuMillicores),
        ramMb: Math.floor(sample.availableRamMb),
      },
      unseen,
    );
    const unreserved = subtractDemand(total, addDemand(this.#external.current, this.reserved()));
    return {
      total,
      available: {
        cpuMillicores: Math.min(measured.cpuMillicores, unreserved.cpuMillicores),
        ramMb: Math.min(measured.ramMb, unreserved.ramMb),
      },
      ambient: ambientOf(total, this.#external.quietest),
      runningTasks: this.#running.size,
    };
  }

  /** RAM that one task may have at most: all but what others use and what keeps the guard quiet. */
  #attainableRamMb(sample: MachineSample): number {
    const kept = partOf(sample.totalRamMb, this.policy.pauseBelowRam);
    return Math.max(0, sample.totalRamMb - this.#external.current.ramMb - kept);
  }

  #releases(nowMs: number): Release[] {
    return [...this.#running.values()].map((reservation) => ({
      held: reservation.held(nowMs),
      usualEndMs: reservation.expectedEndMs(nowMs, reservation.duration.medianS),
      lateEndMs: reservation.expectedEndMs(nowMs, reservation.duration.p90S),
    }));
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
}

function totalOf(sample: MachineSample): Demand {
  return { cpuMillicores: sample.totalCpuMillicores, ramMb: sample.totalRamMb };
}
