import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TaskUse } from './machine-sample.js';
import { productionPolicy } from './policy.js';
import { fractionOf, resourceRequestOf } from './resource-request.js';
import type { ResourceAmounts } from './resource-request.js';
import { Scheduler } from './scheduler.js';
import type { QueuedTask } from './task.js';
import type { WaitKind } from './wait-reason.js';

const total: ResourceAmounts = { cpuMillicores: 8000, ramMb: 16_384 };
const kinds = [
  { type: 'backtest', requested: resourceRequestOf(1, 0.5) },
  { type: 'prediction', requested: resourceRequestOf(0.5, 0.3) },
  { type: 'model_training', requested: resourceRequestOf(2, 1.5) },
] as const;

/** The only figures in these sentences are those of the task's own request and of its place in the queue. */
const userSentences: Partial<Record<WaitKind, RegExp>> = {
  cpu: /^Waiting for CPU: this task needs \d\.\d (core|cores)$/,
  ram: /^Waiting for RAM: this task needs \d\.\d GB$/,
  behind: /^Behind \d+ tasks? in the queue$/,
  held_back:
    /^Held back for (task task-\d+ \(\w+\)|another user's task), which starts at about [\d:]{8} UTC$/,
  exclusive: /^Needs the machine to itself: waiting for the running tasks to end$/,
  pressure: /^Waiting: the machine is short of memory$/,
};

/** An event that a scheduler is told about. */
type SchedulerEvent =
  | {
      readonly kind: 'submit';
      readonly task: Pick<QueuedTask, 'type' | 'requested' | 'userId' | 'priority' | 'size'>;
    }
  | { readonly kind: 'end'; readonly which: number }
  | {
      readonly kind: 'sample';
      readonly externalCpu: number;
      readonly externalRam: number;
      readonly use: number;
    }
  | { readonly kind: 'wait'; readonly seconds: number };

const schedulerEvent: fc.Arbitrary<SchedulerEvent> = fc.oneof(
  { weight: 4, arbitrary: submission() },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('sample' as const),
      externalCpu: fc.integer({ min: 0, max: 8000 }),
      externalRam: fc.integer({ min: 0, max: 16_384 }),
      use: fc.integer({ min: 0, max: 200 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 60 }) }),
  },
);

function submission(): fc.Arbitrary<SchedulerEvent> {
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      userId: fc.constantFrom('anna', 'ben', 'cleo'),
      priority: fc.integer({ min: -2, max: 2 }),
      size: fc.constantFrom(0.5, 1, 4),
    })
    .map(({ kind, ...rest }) => ({ kind: 'submit' as const, task: { ...kind, ...rest } }));
}

/** One scheduler with its queue and its running tasks; runs a scheduling cycle after every event. */
class Simulation {
  readonly scheduler = new Scheduler(productionPolicy);
  readonly log: string[] = [];
  nowMs = 0;
  queued: QueuedTask[] = [];
  running: QueuedTask[] = [];
  external: ResourceAmounts = { cpuMillicores: 1600, ramMb: 3584 };
  #sequence = 0;
  #sampledUse: ReadonlyMap<string, TaskUse> = new Map<string, TaskUse>();
  readonly #startedMs = new Map<string, number>();
  #sampledMs = 0;
  /** Millicore-milliseconds of tasks that have ended since the last sample; the next sample shows them as used. */
  #endedCpu = 0;

  constructor() {
    this.sample(this.external.cpuMillicores, this.external.ramMb, 100);
  }

  apply(event: SchedulerEvent): void {
    switch (event.kind) {
      case 'submit':
        this.submit(event.task);
        break;
      case 'end':
        this.end(event.which % Math.max(1, this.running.length));
        break;
      case 'sample':
        this.nowMs += 1000;
        this.sample(event.externalCpu, event.externalRam, event.use);
        break;
      case 'wait':
        this.nowMs += event.seconds * 1000;
        break;
    }
    this.runCycle();
  }

  submit(task: Pick<QueuedTask, 'type' | 'requested' | 'userId' | 'priority' | 'size'>): QueuedTask {
    const sequence = this.#sequence++;
    const queued = { ...task, id: `task-${sequence}`, sequence, queuedAtMs: this.nowMs };
    this.queued.push(queued);
    return queued;
  }

  end(index: number): void {
    const [task] = this.running.splice(index, 1);
    if (task === undefined) return;
    const use = this.#sampledUse.get(task.id);
    const lifeMs = this.nowMs - this.#startedMs.get(task.id)!;
    this.#endedCpu +=
      use === undefined
        ? task.requested.cpuMillicores * lifeMs
        : use.cpuMillicores * (this.nowMs - this.#sampledMs);
    this.scheduler.recordEnd(task.id, this.nowMs, {
      cpuSeconds: (task.requested.cpuMillicores * lifeMs) / 1e6,
      peakRamMb: task.requested.ramMb,
      succeeded: true,
    });
  }

  /** A sample in which each task uses `usePercent` of its request; the external load is capped at what remains. */
  sample(externalCpu: number, externalRam: number, usePercent: number): void {
    this.#sampledUse = new Map(
      this.running.map(({ id, requested }) => [
        id,
        {
          cpuMillicores: fractionOf(requested.cpuMillicores, usePercent / 100),
          rssMb: fractionOf(requested.ramMb, usePercent / 100),
        },
      ]),
    );
    let freeCpu = total.cpuMillicores - this.#endedCpu / Math.max(1, this.nowMs - this.#sampledMs);
    let freeRam = total.ramMb;
    for (const use of this.#sampledUse.values()) {
      freeCpu -= use.cpuMillicores;
      freeRam -= use.rssMb;
    }
    this.external = {
      cpuMillicores: Math.min(externalCpu, Math.max(0, freeCpu)),
      ramMb: Math.min(externalRam, Math.max(0, freeRam)),
    };
    this.#endedCpu = 0;
    this.#sampledMs = this.nowMs;
    this.scheduler.observe({
      atMs: this.nowMs,
      totalCpuMillicores: total.cpuMillicores,
      totalRamMb: total.ramMb,
      availableCpuMillicores: Math.max(0, freeCpu - externalCpu),
      availableRamMb: Math.max(0, freeRam - externalRam),
      memoryPressureSome10: null,
      memoryPressureFull10: null,
      tasks: this.#sampledUse,
    });
  }

  runCycle(): void {
    const before = this.scheduler.reserved();
    const result = this.scheduler.runCycle(this.nowMs, this.queued, { paused: false });
    this.log.push(JSON.stringify([this.nowMs, result.starts.map(({ task }) => task.id), result.waiting]));
    for (const { task } of result.starts) {
      this.queued = this.queued.filter(({ id }) => id !== task.id);
      this.running.push(task);
      this.#startedMs.set(task.id, this.nowMs);
      this.scheduler.recordStart({ ...task, startedAtMs: this.nowMs });
    }
    const started = result.starts.length;
    const exclusive = result.starts.some(({ decision }) => decision.admitted && decision.exclusive);
    const after = this.scheduler.reserved();
    if (started > 0 && !exclusive) {
      // Invariant: reservations, external load and buffer together never exceed the machine after a start.
      expect(after.cpuMillicores + Math.floor(this.external.cpuMillicores) + 1600).toBeLessThanOrEqual(
        total.cpuMillicores,
      );
      expect(after.ramMb + this.external.ramMb + 3277).toBeLessThanOrEqual(total.ramMb);
    }
    if (started === 0) expect(after).toEqual(before);
    if (exclusive) expect(this.running).toHaveLength(1);
    expect(result.waiting.map(({ position }) => position)).toEqual(result.waiting.map((_, i) => i + 1));
    expect(new Set(result.waiting.map(({ id }) => id))).toEqual(new Set(this.queued.map(({ id }) => id)));
    for (const { kind, reason, userReason } of result.waiting) {
      expect(reason).not.toBe('');
      expect(userReason).toMatch(userSentences[kind] ?? /^$/);
    }
  }
}

describe('any sequence of events', () => {
  it('never leads to more starts than fit with the external load and the buffer', () => {
    fc.assert(
      fc.property(fc.array(schedulerEvent, { maxLength: 60 }), (events) => {
        const simulation = new Simulation();
        for (const event of events) simulation.apply(event);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('gives the same results when it is repeated', () => {
    fc.assert(
      fc.property(fc.array(schedulerEvent, { maxLength: 40 }), (events) => {
        const [first, second] = [new Simulation(), new Simulation()];
        for (const event of events) first.apply(event);
        for (const event of events) second.apply(event);
        expect(second.log).toEqual(first.log);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('gives results that do not depend on the order of the list of queued tasks', () => {
    fc.assert(
      fc.property(fc.array(submission(), { minLength: 1, maxLength: 30 }), fc.nat(), (submissions, shift) => {
        const simulation = new Simulation();
        for (const event of submissions) if (event.kind === 'submit') simulation.submit(event.task);
        const at = shift % simulation.queued.length;
        const rotated = [...simulation.queued.slice(at), ...simulation.queued.slice(0, at)];
        const decide = (queued: QueuedTask[]) => {
          const { starts, waiting } = simulation.scheduler.runCycle(simulation.nowMs, queued, {
            paused: false,
          });
          return { starts, waiting };
        };
        expect(decide(rotated)).toEqual(decide(simulation.queued));
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

describe('the order of starts', () => {
  it('never puts a lower priority before a higher one of the same user and type that was queued earlier', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ priority: fc.integer({ min: -3, max: 3 }), endAfter: fc.boolean() }), {
          maxLength: 60,
        }),
        (steps) => {
          const simulation = new Simulation();
          const startedOrder: QueuedTask[] = [];
          const noteStarts = () => {
            for (const task of simulation.running) if (!startedOrder.includes(task)) startedOrder.push(task);
          };
          for (const { priority, endAfter } of steps) {
            simulation.submit({ ...kinds[0], userId: 'anna', size: 1, priority });
            simulation.runCycle();
            noteStarts();
            simulation.nowMs += 1000;
            if (endAfter) {
              simulation.end(0);
              simulation.runCycle();
              noteStarts();
            }
          }
          startedOrder.forEach((task, i) => {
            for (const other of startedOrder.slice(0, i)) {
              const overtook = other.sequence > task.sequence && other.priority < task.priority;
              expect(overtook).toBe(false);
            }
          });
        },
      ),
      { numRuns: 150, seed: 4 },
    );
  });

  it('leaves the head its reservation: it fits at its shadow time after any backfill', () => {
    fc.assert(
      fc.property(
        fc.array(submission(), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 5, max: 6 }),
        (submissions, runningBefore) => {
          const simulation = new Simulation();
          // Predictions of size 1 are known to take 2 s; the P90 of all other tasks is 90 s.
          simulation.scheduler.recordStart({
            ...kinds[1],
            id: 'earlier',
            userId: 'dora',
            size: 1,
            startedAtMs: -9000,
          });
          simulation.scheduler.recordEnd('earlier', -7000, {
            cpuSeconds: 1,
            peakRamMb: 200,
            succeeded: true,
          });
          for (let i = 0; i < runningBefore; i++) {
            const startedAtMs = -20_000 + i * 1000;
            simulation.scheduler.recordStart({
              ...kinds[0],
              id: `before-${i}`,
              userId: 'dora',
              size: 1,
              startedAtMs,
            });
          }
          const head = simulation.submit({ ...kinds[2], userId: 'eve', size: 1, priority: 9 });
          for (const event of submissions) if (event.kind === 'submit') simulation.submit(event.task);
          const { starts } = simulation.scheduler.runCycle(0, simulation.queued, { paused: false });
          for (const { task } of starts) simulation.scheduler.recordStart({ ...task, startedAtMs: 0 });
          expect(starts.map(({ task }) => task.id)).not.toContain(head.id);
          // The head fits while four backtests run, which leave 1.6 + 1.6 cores, so all but four have to end.
          const ended = { cpuSeconds: 1, peakRamMb: 200, succeeded: false };
          for (const { task } of starts) {
            if (task.type === 'prediction') simulation.scheduler.recordEnd(task.id, 8000, ended);
          }
          for (let i = 0; i < runningBefore - 4; i++)
            simulation.scheduler.recordEnd(`before-${i}`, 71_000, ended);
          expect(simulation.scheduler.canRun(head).admitted).toBe(true);
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('every wait is finite', () => {
  it('for a training in an endless stream of other tasks that keeps the machine full', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 30 }),
        (streamKind, users, durationS) => {
          const simulation = new Simulation();
          let training: QueuedTask | null = null;
          const until = new Map<string, number>();
          // Twenty tasks are queued at any time, so that some always wait. Each runs for `durationS`.
          for (let second = 0; second < 12_000; second++) {
            // The training is submitted once the machine is full and the queue is long.
            if (second === 120) {
              training = simulation.submit({ ...kinds[2], userId: 'user-0', size: 4, priority: 0 });
            }
            if (training !== null && !simulation.queued.includes(training)) break;
            while (simulation.queued.length < 20) {
              const userId = `user-${(simulation.nowMs / 1000) % users}`;
              simulation.submit({ ...kinds[streamKind], userId, size: 1, priority: 0 });
            }
            simulation.nowMs += 1000;
            for (let i = simulation.running.length - 1; i >= 0; i--) {
              const task = simulation.running[i]!;
              if (!until.has(task.id)) until.set(task.id, simulation.nowMs + durationS * 1000);
              if (until.get(task.id)! <= simulation.nowMs) simulation.end(i);
            }
            simulation.sample(1600, 3584, 100);
            simulation.runCycle();
          }
          expect(training).not.toBeNull();
          expect(simulation.queued).not.toContain(training);
        },
      ),
      { numRuns: 8, seed: 6 },
    );
  });

  it('for the lowest priority in an endless stream of the highest', () => {
    const simulation = new Simulation();
    const lowest = simulation.submit({ ...kinds[0], userId: 'anna', size: 1, priority: -2 });
    let seconds = 0;
    while (simulation.queued.includes(lowest) && seconds < 20_000) {
      while (simulation.queued.length < 10)
        simulation.submit({ ...kinds[0], userId: 'anna', size: 1, priority: 2 });
      seconds += 10;
      simulation.nowMs += 10_000;
      while (simulation.running.length > 0) simulation.end(0);
      simulation.sample(1600, 3584, 100);
      simulation.runCycle();
    }
    expect(simulation.queued).not.toContain(lowest);
    // Four steps of priority are 2400 s. Tasks of 10 s age 1 + ln(18) / ln(36) = 1.81 times as fast, which makes 1328 s,
    // and one task has to end.
    expect(seconds).toBeGreaterThan(1300);
    expect(seconds).toBeLessThan(1400);
  });
});
