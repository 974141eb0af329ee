import { decideAdmission, infeasibilityReason } from './admission.js';
import type { AdmissionDecision } from './admission.js';
import { baselineLoadOf } from './capacity.js';
import type { Capacity, ExpectedRelease } from './capacity.js';
import { Estimates } from './estimates.js';
import type { EstimatesSnapshot } from './estimates.js';
import { ExternalLoad } from './external-load.js';
import { FairShare } from './fair-share.js';
import type { FairShareSnapshot } from './fair-share.js';
import { GuaranteedStartTimes } from './guaranteed-start-times.js';
import type { MachineSample } from './machine-sample.js';
import { chooseVictim, isMemoryExhausted, memoryShortage, retryRequestOf } from './memory-guard.js';
import type { GuardAction } from './memory-guard.js';
import type { SchedulerPolicy } from './policy.js';
import { QueueOrder } from './queue-order.js';
import { Reservation } from './reservation.js';
import {
  addResources,
  dominantCores,
  formatGb,
  fractionOf,
  noResources,
  subtractResources,
} from './resource-request.js';
import type { ResourceAmounts, ResourceRequest } from './resource-request.js';
import { blockedCycle, SchedulingCycle } from './scheduling-cycle.js';
import type { CycleResult } from './scheduling-cycle.js';
import type { MeasuredRun, QueuedTask, StartedTask, TaskShape } from './task.js';
import { waitForMemoryPressure, waitPaused, waitStarting } from './wait-reason.js';

/** How long the guard waits for a killed task to disappear before it chooses another one. */
const KILL_TIMEOUT_MS = 5000;

export interface CycleOptions {
  /** An admin has paused the queue, so nothing starts. */
  readonly paused: boolean;
}

/** Estimates and decayed usage as plain JSON. Stored in the database: fields must not change. */
export interface SchedulerSnapshot {
  readonly version: 1;
  readonly estimates: EstimatesSnapshot;
  readonly fairShare: FairShareSnapshot;
}

/**
 * Decides which tasks run on one machine, and when.
 *
 * The caller reports each sample of the machine (`observe`), each start (`recordStart`) and each end (`recordEnd`). The
 * scheduler decides from these reports alone: it reads no clock, does no I/O and uses nothing random, so the same calls
 * give the same results. `runCycle` orders the queue and returns the tasks to start; the caller starts them and reports
 * each with `recordStart`. From then on a running task holds a reservation, before any sample can contain it.
 *
 * All times are in ms since the epoch, from one clock that never steps back.
 */
export class Scheduler {
  readonly policy: SchedulerPolicy;
  readonly #estimates: Estimates;
  readonly #fairShare: FairShare;
  readonly #external: ExternalLoad;
  readonly #running = new Map<string, Reservation>();
  readonly #guaranteedStartTimes = new GuaranteedStartTimes();
  #sample: MachineSample | null = null;
  /** CPU in the last sample of tasks that have ended, before the sample or after it. */
  #freedCpuMillicores = 0;
  /** CPU time in millicore-milliseconds that ended tasks used after the last sample. */
  #endedCpu = 0;
  /** The task that the guard has asked to kill; null again once a later sample does not contain it. */
  #victim: { readonly id: string; readonly askedAtMs: number } | null = null;

  constructor(policy: SchedulerPolicy) {
    this.policy = policy;
    this.#estimates = new Estimates(policy);
    this.#fairShare = new FairShare(policy.usageHalfLifeS);
    this.#external = new ExternalLoad(policy.externalDecayPerS);
  }

  /** Records a sample of the machine. To be called about once a second, with rising times. */
  observe(sample: MachineSample): void {
    const sinceMs = this.#sample === null ? 0 : sample.atMs - this.#sample.atMs;
    const endedCpuMillicores = sinceMs > 0 ? this.#endedCpu / sinceMs : 0;
    let ownCpu = endedCpuMillicores;
    let ownRamMb = 0;
    for (const [id, reservation] of this.#running) {
      const use = sample.tasks.get(id);
      if (use === undefined) continue;
      reservation.observe(use, sample.isCpuSaturated);
      this.#estimates.observePeak(reservation.task, use.rssMb);
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

  /** Whether a task of this shape could start now next to all running tasks; changes nothing. */
  canRun(task: TaskShape): AdmissionDecision {
    const predicted = this.#estimates.predict(task);
    if (this.#sample === null) {
      const none = { total: noResources, available: noResources, baselineLoad: noResources, runningTasks: 0 };
      const decision = decideAdmission(none, task.requested, predicted, this.policy);
      return { ...decision, admitted: false, ...waitStarting() };
    }
    const capacity = this.#capacity(this.#sample);
    const decision = decideAdmission(capacity, task.requested, predicted, this.policy);
    const shortage = memoryShortage(this.#sample, this.policy);
    return shortage === null
      ? decision
      : { ...decision, admitted: false, ...waitForMemoryPressure(shortage) };
  }

  /** Why a task with this request can never run on this machine; null when it can, or before the first sample. */
  infeasibilityReason(requested: ResourceRequest): string | null {
    return this.#sample === null ? null : infeasibilityReason(totalOf(this.#sample), requested);
  }

  /** Records that a user's task ran on another node; it counts towards the user's usage here too. */
  recordRemoteUsage(userId: string, coreSeconds: number): void {
    this.#fairShare.charge(userId, coreSeconds);
  }

  /** Records that a task has started; it holds a reservation until `recordEnd`. */
  recordStart(task: StartedTask): void {
    this.#guaranteedStartTimes.delete(task.queuedId ?? task.id);
    const predicted = this.#estimates.predict(task);
    const duration = this.#estimates.duration(task);
    this.#running.set(task.id, new Reservation(task, predicted, duration, this.policy.warmUpS));
  }

  /**
   * Records that a task has ended, successfully or not: releases its reservation and updates the estimates and the
   * user's usage. Does nothing when the task holds no reservation.
   */
  recordEnd(id: string, atMs: number, measured: MeasuredRun): void {
    const reservation = this.#running.get(id);
    if (reservation === undefined) return;
    this.#charge(reservation, atMs);
    this.#running.delete(id);
    const lifeMs = Math.max(0, atMs - reservation.task.startedAtMs);
    if (this.#sample !== null) {
      this.#freedCpuMillicores += reservation.cpuMillicores;
      this.#endedCpu += reservation.isObserved
        ? reservation.cpuMillicores * Math.max(0, atMs - this.#sample.atMs)
        : Math.min(measured.cpuSeconds * 1_000_000, lifeMs * this.#sample.totalCpuMillicores);
    }
    const isStarved = reservation.isStarved || this.#sample?.isCpuSaturated === true;
    this.#estimates.recordRun(reservation.task, lifeMs / 1000, measured, isStarved);
  }

  /** Runs one scheduling cycle: which queued tasks start now, in order, and why each of the others waits. */
  runCycle(nowMs: number, queued: readonly QueuedTask[], options: CycleOptions): CycleResult {
    this.#chargeRunning(nowMs);
    const outstanding = this.#outstanding(nowMs);
    const usageOf = (userId: string) => this.#fairShare.usage(userId) + (outstanding.get(userId) ?? 0);
    const order = new QueueOrder(queued, nowMs, usageOf, this.#estimates, this.policy);

    const sample = this.#sample;
    if (options.paused) return blockedCycle(order, waitPaused());
    if (sample === null) return blockedCycle(order, waitStarting());
    const shortage = memoryShortage(sample, this.policy);
    if (shortage !== null) return blockedCycle(order, waitForMemoryPressure(shortage));

    const capacity = this.#capacity(sample);
    const releases = this.#expectedReleases(nowMs);
    return new SchedulingCycle(
      nowMs,
      order,
      capacity,
      releases,
      this.#guaranteedStartTimes,
      this.policy,
    ).run();
  }

  /** The memory guard's decision for the last sample: nothing, no starts, or the kill of one task. */
  guard(nowMs: number): GuardAction {
    const sample = this.#sample;
    if (sample === null) return { kind: 'none' };
    const isKilling = this.#victim !== null && nowMs - this.#victim.askedAtMs < KILL_TIMEOUT_MS;
    if (isMemoryExhausted(sample, this.policy) && !isKilling) {
      const victim = chooseVictim(this.#running.values());
      if (victim !== null) {
        this.#victim = { id: victim.task.id, askedAtMs: nowMs };
        return {
          kind: 'kill',
          taskId: victim.task.id,
          reason:
            `Killed to save the machine: ${formatGb(sample.availableRamMb, 1)}GB of ${formatGb(sample.totalRamMb, 1)}GB RAM was available, ` +
            `the task used ${formatGb(victim.rssMb, 1)}GB (predicted: ${formatGb(victim.predicted.ramMb, 1)}GB)`,
          retryRequest: retryRequestOf(victim, this.#attainableRamMb(sample)),
        };
      }
    }
    const reason = memoryShortage(sample, this.policy);
    return reason === null ? { kind: 'none' } : { kind: 'pause', reason };
  }

  /** What was learned so far, for `restore` after a restart. */
  snapshot(): SchedulerSnapshot {
    return { version: 1, estimates: this.#estimates.snapshot(), fairShare: this.#fairShare.snapshot() };
  }

  restore(snapshot: SchedulerSnapshot): void {
    this.#estimates.restore(snapshot.estimates);
    this.#fairShare.restore(snapshot.fairShare);
  }

  /** The sum of the allocations of all running tasks. */
  reserved(): ResourceAmounts {
    const nowMs = this.#sample?.atMs ?? 0;
    let sum = noResources;
    for (const reservation of this.#running.values()) sum = addResources(sum, reservation.allocated(nowMs));
    return sum;
  }

  /** What the machine has in all, or null before the first sample. */
  total(): ResourceRequest | null {
    return this.#sample === null ? null : totalOf(this.#sample);
  }

  /**
   * The capacity at a sample. Available is the smaller of two figures: the measured one, less the allocations of tasks
   * that no sample contains yet, plus the CPU of tasks that have ended; and the total less the external load and all
   * allocations.
   */
  #capacity(sample: MachineSample): Capacity {
    const total = totalOf(sample);
    let unobserved = noResources;
    for (const reservation of this.#running.values()) {
      if (!reservation.isObserved) unobserved = addResources(unobserved, reservation.allocated(sample.atMs));
    }
    const measured = subtractResources(
      {
        cpuMillicores: Math.floor(sample.availableCpuMillicores + this.#freedCpuMillicores),
        ramMb: Math.floor(sample.availableRamMb),
      },
      unobserved,
    );
    const unreserved = subtractResources(total, addResources(this.#external.current, this.reserved()));
    return {
      total,
      available: {
        cpuMillicores: Math.min(measured.cpuMillicores, unreserved.cpuMillicores),
        ramMb: Math.min(measured.ramMb, unreserved.ramMb),
      },
      baselineLoad: baselineLoadOf(total, this.#external.recentMinimum),
      runningTasks: this.#running.size,
    };
  }

  /** The most RAM that one task can get: the total less the external load and the RAM that the guard keeps free. */
  #attainableRamMb(sample: MachineSample): number {
    const guardedMb = fractionOf(sample.totalRamMb, this.policy.pauseBelowRam);
    return Math.max(0, sample.totalRamMb - this.#external.current.ramMb - guardedMb);
  }

  #expectedReleases(nowMs: number): ExpectedRelease[] {
    return [...this.#running.values()].map((reservation) => ({
      allocated: reservation.allocated(nowMs),
      medianEndMs: reservation.expectedEndMs(nowMs, reservation.duration.medianS),
      p90EndMs: reservation.expectedEndMs(nowMs, reservation.duration.p90S),
    }));
  }

  /** Core-seconds that the running tasks of each user are still expected to use. */
  #outstanding(nowMs: number): Map<string, number> {
    const outstanding = new Map<string, number>();
    if (this.#sample === null) return outstanding;
    const total = totalOf(this.#sample);
    for (const reservation of this.#running.values()) {
      const { task, duration } = reservation;
      const leftS = Math.max(0, (task.startedAtMs - nowMs) / 1000 + duration.medianS);
      const cores = dominantCores(reservation.allocated(nowMs), total);
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
    const cores = dominantCores(reservation.allocated(nowMs), totalOf(this.#sample));
    this.#fairShare.charge(reservation.task.userId, (reservation.takeUncharged(nowMs) / 1000) * cores);
  }
}

function totalOf(sample: MachineSample): ResourceAmounts {
  return { cpuMillicores: sample.totalCpuMillicores, ramMb: sample.totalRamMb };
}
