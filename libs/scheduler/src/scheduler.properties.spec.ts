import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { demandOf, partOf } from './demand.js';
import type { Demand } from './demand.js';
import type { TaskUse } from './machine-sample.js';
import { productionPolicy } from './policy.js';
import { Scheduler } from './scheduler.js';
import type { QueuedTask } from './task.js';

const total: Demand = { cpuMillicores: 8000, ramMb: 16_384 };
const kinds = [
  { type: 'backtest', declared: demandOf(1, 0.5) },
  { type: 'prediction', declared: demandOf(0.5, 0.3) },
  { type: 'model_training', declared: demandOf(2, 1.5) },
] as const;

/** One thing that happens to a scheduler. */
type Happening =
  | {
      readonly kind: 'submit';
      readonly task: Pick<QueuedTask, 'type' | 'declared' | 'userId' | 'priority' | 'size'>;
    }
  | { readonly kind: 'end'; readonly which: number }
  | {
      readonly kind: 'sample';
      readonly externalCpu: number;
      readonly externalRam: number;
      readonly use: number;
    }
  | { readonly kind: 'wait'; readonly seconds: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
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

function submission(): fc.Arbitrary<Happening> {
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      userId: fc.constantFrom('anna', 'ben', 'cleo'),
      priority: fc.integer({ min: -2, max: 2 }),
      size: fc.constantFrom(0.5, 1, 4),
    })
    .map(({ kind, ...rest }) => ({ kind: 'submit' as const, task: { ...kind, ...rest } }));
}

/** A world of one scheduler: keeps the queue and what runs, and passes after every happening. */
class World {
  readonly scheduler = new Scheduler(productionPolicy);
  readonly log: string[] = [];
  nowMs = 0;
  queued: QueuedTask[] = [];
  running: QueuedTask[] = [];
  external: Demand = { cpuMillicores: 1600, ramMb: 3584 };
  #sequence = 0;
  #seen: ReadonlyMap<string, TaskUse> = new Map<string, TaskUse>();
  readonly #startedMs = new Map<string, number>();
  #sampledMs = 0;
  /** Millicore-milliseconds of tasks that have ended since the last sample, which it shows as busy. */
  #endedCpu = 0;

  constructor() {
    this.sample(this.external.cpuMillicores, this.external.ramMb, 100);
  }

  apply(event: Happening): void {
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
    this.pass();
  }

  submit(task: Pick<QueuedTask, 'type' | 'declared' | 'userId' | 'priority' | 'size'>): QueuedTask {
    const sequence = this.#sequence++;
    const queued = { ...task, id: `task-${sequence}`, sequence, queuedAtMs: this.nowMs };
    this.queued.push(queued);
    return queued;
  }

  end(index: number): void {
    const [task] = this.running.splice(index, 1);
    if (task === undefined) return;
    const seen = this.#seen.get(task.id);
    const lifeMs = this.nowMs - this.#startedMs.get(task.id)!;
    this.#endedCpu +=
      seen === undefined
        ? task.declared.cpuMillicores * lifeMs
        : seen.cpuMillicores * (this.nowMs - this.#sampledMs);
    this.scheduler.ended(task.id, this.nowMs, {
      cpuSeconds: (task.declared.cpuMillicores * lifeMs) / 1e6,
      peakRamMb: task.declared.ramMb,
      succeeded: true,
    });
  }

  /** A sample in which each task uses `usePercent` of what it declares, and others what is left at most. */
  sample(externalCpu: number, externalRam: number, usePercent: number): void {
    this.#seen = new Map(
      this.running.map(({ id, declared }) => [
        id,
        {
          cpuMillicores: partOf(declared.cpuMillicores, usePercent / 100),
          rssMb: partOf(declared.ramMb, usePercent / 100),
        },
      ]),
    );
    let freeCpu = total.cpuMillicores - this.#endedCpu / Math.max(1, this.nowMs - this.#sampledMs);
    let freeRam = total.ramMb;
    for (const use of this.#seen.values()) {
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
      tasks: this.#seen,
    });
  }

  pass(): void {
    const before = this.scheduler.reserved();
    const result = this.scheduler.pass(this.nowMs, this.queued, { paused: false });
    this.log.push(JSON.stringify([this.nowMs, result.starts.map(({ task }) => task.id), result.waiting]));
    for (const { task } of result.starts) {
      this.queued = this.queued.filter(({ id }) => id !== task.id);
      this.running.push(task);
      this.#startedMs.set(task.id, this.nowMs);
      this.scheduler.started({ ...task, startedAtMs: this.nowMs });
    }
    const started = result.starts.length;
    const alone = result.starts.some(({ decision }) => decision.admitted && decision.alone);
    const after = this.scheduler.reserved();
    if (started > 0 && !alone) {
      // What is reserved, what others use and the buffer never exceed the machine after a start.
      expect(after.cpuMillicores + Math.floor(this.external.cpuMillicores) + 1600).toBeLessThanOrEqual(
        total.cpuMillicores,
      );
      expect(after.ramMb + this.external.ramMb + 3277).toBeLessThanOrEqual(total.ramMb);
    }
    if (started === 0) expect(after).toEqual(before);
    if (alone) expect(this.running).toHaveLength(1);
    expect(result.waiting.map(({ position }) => position)).toEqual(result.waiting.map((_, i) => i + 1));
    expect(new Set(result.waiting.map(({ id }) => id))).toEqual(new Set(this.queued.map(({ id }) => id)));
    for (const { reason } of result.waiting) expect(reason).not.toBe('');
  }
}

describe('whatever happens, in whatever order', () => {
  it('never starts more than fits beside others’ use and the buffer', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (events) => {
        const world = new World();
        for (const event of events) world.apply(event);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('gives the same answers to the same calls', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (events) => {
        const [first, second] = [new World(), new World()];
        for (const event of events) first.apply(event);
        for (const event of events) second.apply(event);
        expect(second.log).toEqual(first.log);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('does not depend on the order in which the queue is listed', () => {
    fc.assert(
      fc.property(fc.array(submission(), { minLength: 1, maxLength: 30 }), fc.nat(), (submissions, turn) => {
        const world = new World();
        for (const event of submissions) if (event.kind === 'submit') world.submit(event.task);
        const at = turn % world.queued.length;
        const turned = [...world.queued.slice(at), ...world.queued.slice(0, at)];
        const answer = (queued: QueuedTask[]) => {
          const { starts, waiting } = world.scheduler.pass(world.nowMs, queued, { paused: false });
          return { starts, waiting };
        };
        expect(answer(turned)).toEqual(answer(world.queued));
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

describe('order', () => {
  it('never starts a lower priority before a higher one of the same user and kind that was there first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ priority: fc.integer({ min: -3, max: 3 }), endAfter: fc.boolean() }), {
          maxLength: 60,
        }),
        (steps) => {
          const world = new World();
          const startedOrder: QueuedTask[] = [];
          const noteStarts = () => {
            for (const task of world.running) if (!startedOrder.includes(task)) startedOrder.push(task);
          };
          for (const { priority, endAfter } of steps) {
            world.submit({ ...kinds[0], userId: 'anna', size: 1, priority });
            world.pass();
            noteStarts();
            world.nowMs += 1000;
            if (endAfter) {
              world.end(0);
              world.pass();
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

  it('keeps the head’s reservation: at its shadow time it fits, whatever was backfilled', () => {
    fc.assert(
      fc.property(
        fc.array(submission(), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 5, max: 6 }),
        (submissions, runningBefore) => {
          const world = new World();
          // Predictions of size 1 are known to take 2 s; all else is taken to run 90 s at the latest.
          world.scheduler.started({ ...kinds[1], id: 'taught', userId: 'dora', size: 1, startedAtMs: -9000 });
          world.scheduler.ended('taught', -7000, { cpuSeconds: 1, peakRamMb: 200, succeeded: true });
          for (let i = 0; i < runningBefore; i++) {
            const startedAtMs = -20_000 + i * 1000;
            world.scheduler.started({ ...kinds[0], id: `before-${i}`, userId: 'dora', size: 1, startedAtMs });
          }
          const head = world.submit({ ...kinds[2], userId: 'eve', size: 1, priority: 9 });
          for (const event of submissions) if (event.kind === 'submit') world.submit(event.task);
          const { starts } = world.scheduler.pass(0, world.queued, { paused: false });
          for (const { task } of starts) world.scheduler.started({ ...task, startedAtMs: 0 });
          expect(starts.map(({ task }) => task.id)).not.toContain(head.id);
          // 1.6 + 1.6 cores are free with four backtests, so the head fits when the fifth (and sixth) last has ended.
          const ended = { cpuSeconds: 1, peakRamMb: 200, succeeded: false };
          for (const { task } of starts) {
            if (task.type === 'prediction') world.scheduler.ended(task.id, 8000, ended);
          }
          for (let i = 0; i < runningBefore - 4; i++) world.scheduler.ended(`before-${i}`, 71_000, ended);
          expect(world.scheduler.canRun(head).admitted).toBe(true);
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('no task waits for ever', () => {
  it('starts a training under an endless stream that keeps the machine full, before a bounded time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 30 }),
        (streamKind, users, durationS) => {
          const world = new World();
          let training: QueuedTask | null = null;
          const until = new Map<string, number>();
          // Twenty queued at any time, so that something always waits; each runs for its duration.
          for (let second = 0; second < 12_000; second++) {
            // The trainer comes when the machine is full and the queue is long.
            if (second === 120) {
              training = world.submit({ ...kinds[2], userId: 'user-0', size: 4, priority: 0 });
            }
            if (training !== null && !world.queued.includes(training)) break;
            while (world.queued.length < 20) {
              const userId = `user-${(world.nowMs / 1000) % users}`;
              world.submit({ ...kinds[streamKind], userId, size: 1, priority: 0 });
            }
            world.nowMs += 1000;
            for (let i = world.running.length - 1; i >= 0; i--) {
              const task = world.running[i]!;
              if (!until.has(task.id)) until.set(task.id, world.nowMs + durationS * 1000);
              if (until.get(task.id)! <= world.nowMs) world.end(i);
            }
            world.sample(1600, 3584, 100);
            world.pass();
          }
          expect(training).not.toBeNull();
          expect(world.queued).not.toContain(training);
        },
      ),
      { numRuns: 8, seed: 6 },
    );
  });

  it('starts the lowest priority of all under an endless stream of the highest', () => {
    const world = new World();
    const lowest = world.submit({ ...kinds[0], userId: 'anna', size: 1, priority: -2 });
    let seconds = 0;
    while (world.queued.includes(lowest) && seconds < 20_000) {
      while (world.queued.length < 10) world.submit({ ...kinds[0], userId: 'anna', size: 1, priority: 2 });
      seconds += 10;
      world.nowMs += 10_000;
      while (world.running.length > 0) world.end(0);
      world.sample(1600, 3584, 100);
      world.pass();
    }
    expect(world.queued).not.toContain(lowest);
    // Four steps of priority are 2400 s; tasks of 10 s age 1 + ln(18) / ln(36) = 1.81 times as fast, so 1328 s, and one
    // task has to end.
    expect(seconds).toBeGreaterThan(1300);
    expect(seconds).toBeLessThan(1400);
  });
});
