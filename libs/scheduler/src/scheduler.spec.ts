import { describe, expect, it } from '@jest/globals';
import { formatDecisionLog, formatResourceBanner } from './decision-log.js';
import { demandOf } from './demand.js';
import type { MachineSample, TaskUse } from './machine-sample.js';
import { developmentPolicy, productionPolicy } from './policy.js';
import { Scheduler } from './scheduler.js';
import type { QueuedTask } from './task.js';

const backtest = demandOf(1, 0.5);

/** 8 cores and 16 GB, of which 1.6 cores and 3.5 GB are in use by others. */
function quietSample(change: Partial<MachineSample> = {}): MachineSample {
  return {
    atMs: 0,
    totalCpuMillicores: 8000,
    totalRamMb: 16 * 1024,
    availableCpuMillicores: 6400,
    availableRamMb: 12.5 * 1024,
    memoryPressureSome10: null,
    memoryPressureFull10: null,
    tasks: new Map<string, TaskUse>(),
    ...change,
  };
}

function queuedTask(sequence: number, change: Partial<QueuedTask> = {}): QueuedTask {
  return {
    id: `task-${sequence}`,
    userId: 'anna',
    type: 'backtest',
    size: 1,
    priority: 0,
    queuedAtMs: 0,
    sequence,
    declared: backtest,
    ...change,
  };
}

function burst(count: number): QueuedTask[] {
  return Array.from({ length: count }, (_, i) => queuedTask(i));
}

describe('the requirement’s figures', () => {
  it('turns 6.40 cores and 12.50 GB into 5.60 and 12.10 with one backtest', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const decision = scheduler.canRun({ type: 'backtest', size: 1, declared: backtest });
    expect(formatDecisionLog('backtest', decision, productionPolicy)).toEqual([
      '[ResourceCheck] Task: backtest',
      '[ResourceCheck] Current available: 6.40 cores, 12.50 GB RAM',
      '[ResourceCheck] Task requires: 1.00 cores, 0.50 GB RAM',
      '[ResourceCheck] Predicted consumption (80%): 0.80 cores, 0.40 GB RAM',
      '[ResourceCheck] After task starts: 5.60 cores, 12.10 GB RAM',
      '[ResourceCheck] Minimum thresholds: 1.60 cores, 3.20 GB RAM',
      '[ResourceCheck] CPU OK: True, RAM OK: True',
      '[ResourceCheck] APPROVED: Can run: 5.60 cores and 12.10GB RAM will remain',
    ]);
  });

  it('are not claimed for a prediction that was learned', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    for (let n = 0; n < 5; n++) {
      scheduler.started({ ...queuedTask(n), startedAtMs: 0 });
      // 1250 millicores over ten seconds.
      scheduler.ended(`task-${n}`, 10_000, { cpuSeconds: 12.5, peakRamMb: 256, succeeded: true });
    }
    const decision = scheduler.canRun({ type: 'backtest', size: 1, declared: backtest });
    expect(formatDecisionLog('backtest', decision, productionPolicy)).toContain(
      '[ResourceCheck] Predicted consumption (learned): 1.25 cores, 0.25 GB RAM',
    );
  });

  it('announces the machine', () => {
    expect(formatResourceBanner(demandOf(8, 16), productionPolicy)).toEqual([
      '[ResourceMonitor] Total resources: 8 cores, 16.00 GB RAM',
      '[ResourceMonitor] Minimum thresholds: 1.60 cores, 3.20 GB RAM',
      '[ResourceMonitor] Consumption factor: 80%',
    ]);
  });

  it('admits exactly 6 of a burst of 50, and in development mode 12', () => {
    for (const [policy, expected] of [
      [productionPolicy, 6],
      [developmentPolicy, 12],
    ] as const) {
      const scheduler = new Scheduler(policy);
      scheduler.observe(quietSample());
      const result = scheduler.pass(0, burst(50), { paused: false });
      expect(result.starts.map(({ task }) => task.sequence)).toEqual(
        Array.from({ length: expected }, (_, i) => i),
      );
      expect(result.waiting).toHaveLength(50 - expected);
    }
  });

  it('admits exactly 6 when they are submitted one by one within one sample', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const admitted = burst(50).filter((task) => {
      const { admitted } = scheduler.canRun(task);
      if (admitted) scheduler.started({ ...task, startedAtMs: 0 });
      return admitted;
    });
    expect(admitted).toHaveLength(6);
  });
});

describe('a task too large to fit beside the buffer', () => {
  it('runs alone: a training of 2 cores on a machine of 2 cores', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(
      quietSample({
        totalCpuMillicores: 2000,
        availableCpuMillicores: 1700,
        totalRamMb: 8192,
        availableRamMb: 7000,
      }),
    );
    const training = queuedTask(1, { type: 'model_training', declared: demandOf(2, 1.5) });
    const first = scheduler.pass(0, [training], { paused: false });
    expect(first.starts).toHaveLength(1);
    scheduler.started({ ...training, startedAtMs: 0 });
    const second = scheduler.pass(0, [{ ...training, id: 'other' }], { paused: false });
    expect(second.waiting[0]).toMatchObject({
      kind: 'alone',
      reason: 'Needs the machine to itself: waits for 1 running task to end',
    });
  });

  it('is refused for good when it exceeds the whole machine', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    expect(scheduler.fits(demandOf(8, 16))).toBeNull();
    expect(scheduler.fits(demandOf(9, 1))).toBe(
      'Task too large: needs 9.0 cores and 1.0GB RAM, the machine has 8.0 cores and 16.0GB',
    );
  });
});

describe('why a task waits', () => {
  const pass = (scheduler: Scheduler, queued: readonly QueuedTask[], nowMs = 0) =>
    scheduler.pass(nowMs, queued, { paused: false });

  it('names the head’s shortage, and how many come first for the others', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const { waiting } = pass(scheduler, burst(9));
    expect(waiting.map(({ position, kind, reason }) => ({ position, kind, reason }))).toEqual([
      {
        position: 1,
        kind: 'resources',
        reason:
          'Insufficient CPU: need 1.0 cores, available 1.6 cores, would leave 0.8 cores (min: 1.6 cores)',
      },
      { position: 2, kind: 'behind', reason: 'Behind 1 task in the queue' },
      { position: 3, kind: 'behind', reason: 'Behind 2 tasks in the queue' },
    ]);
  });

  it('expects tasks to start when those before them end: 30 s each while nothing is known', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const { waiting } = pass(scheduler, burst(19));
    // Six run until 30 s, six from then until 60 s, and one more.
    expect(waiting.map(({ estimatedStartAtMs }) => estimatedStartAtMs)).toEqual([
      ...Array<number>(6).fill(30_000),
      ...Array<number>(6).fill(60_000),
      90_000,
    ]);
  });

  it('holds a small task back that would delay the one before it', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    for (let i = 0; i < 5; i++) {
      scheduler.started({ ...queuedTask(i), id: `running-${i}`, startedAtMs: -10_000 });
    }
    // 2.4 cores are left of 6.4; the training needs 1.6 and 1.6 must stay. It can start when a backtest has ended, after
    // 90 s at the latest, so at 80. The prediction fits now, but may run until 90, and nothing is left beside the training.
    const training = queuedTask(10, { id: 'training', type: 'model_training', declared: demandOf(2, 1.5) });
    const small = (sequence: number) =>
      queuedTask(sequence, { type: 'prediction', declared: demandOf(0.5, 0.3) });
    const { starts, waiting } = pass(scheduler, [training, small(11)]);
    expect(starts).toEqual([]);
    expect(waiting).toMatchObject([
      { id: 'training', kind: 'resources' },
      {
        kind: 'held',
        reason: 'Held back for task training (model_training), which starts at about 00:01:20 UTC',
      },
    ]);
  });

  it('fills the gap before a reservation with a task known to end in time', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const prediction = { type: 'prediction', declared: demandOf(0.5, 0.3) };
    scheduler.started({ ...queuedTask(0, prediction), id: 'taught', startedAtMs: -2000 });
    scheduler.ended('taught', 0, { cpuSeconds: 1, peakRamMb: 200, succeeded: true });
    for (let i = 0; i < 5; i++) {
      scheduler.started({ ...queuedTask(i), id: `running-${i}`, startedAtMs: 0 });
    }
    const training = queuedTask(10, {
      userId: 'ben',
      type: 'model_training',
      declared: demandOf(2, 1.5),
      priority: 9,
    });
    const { starts, waiting } = pass(scheduler, [training, queuedTask(11, prediction)]);
    expect(starts.map(({ task }) => task.sequence)).toEqual([11]);
    expect(waiting).toMatchObject([
      { id: 'task-10', position: 1, kind: 'resources', estimatedStartAtMs: 30_000 },
    ]);
  });

  it('says when an admin has paused the queue, and when the machine is not measured yet', () => {
    const scheduler = new Scheduler(productionPolicy);
    expect(pass(scheduler, burst(1)).waiting).toMatchObject([
      { kind: 'unmeasured', reason: 'The machine has not been measured yet' },
    ]);
    expect(scheduler.canRun(queuedTask(0))).toMatchObject({
      admitted: false,
      reason: 'The machine has not been measured yet',
    });
    scheduler.observe(quietSample());
    expect(scheduler.pass(0, burst(2), { paused: true })).toMatchObject({
      starts: [],
      waiting: [
        {
          id: 'task-0',
          position: 1,
          kind: 'paused',
          reason: 'Queue paused by an admin',
          estimatedStartAtMs: null,
        },
        { id: 'task-1', position: 2, kind: 'paused' },
      ],
    });
  });

  it('keeps a retry until its time, and lets the next one by', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const { starts, waiting } = pass(scheduler, [queuedTask(0, { notBeforeMs: 60_000 }), queuedTask(1)]);
    expect(starts.map(({ task }) => task.id)).toEqual(['task-1']);
    expect(waiting).toMatchObject([
      {
        id: 'task-0',
        kind: 'not-before',
        reason: 'Not to be started again before 00:01:00 UTC',
        estimatedStartAtMs: 60_000,
      },
    ]);
  });

  it('holds nobody back for a task that others’ use of the machine keeps out', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample({ availableCpuMillicores: 2500 }));
    const training = queuedTask(0, { type: 'model_training', declared: demandOf(2, 1.5) });
    const { starts } = pass(scheduler, [training, queuedTask(1)]);
    expect(starts.map(({ task }) => task.id)).toEqual(['task-1']);
  });
});

describe('fairness', () => {
  it('lets a user with three tasks by a user who has just filled the queue with fifty', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const ben = [50, 51, 52].map((sequence) => queuedTask(sequence, { userId: 'ben' }));
    const { starts } = scheduler.pass(0, [...burst(50), ...ben], { paused: false });
    expect(starts.map(({ task }) => task.userId).sort()).toEqual([
      'anna',
      'anna',
      'anna',
      'ben',
      'ben',
      'ben',
    ]);
  });

  it('is kept over a restart', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    scheduler.started({ ...queuedTask(0), startedAtMs: 0 });
    scheduler.ended('task-0', 600_000, { cpuSeconds: 480, peakRamMb: 400, succeeded: true });
    const restarted = new Scheduler(productionPolicy);
    restarted.restore(JSON.parse(JSON.stringify(scheduler.snapshot())) as ReturnType<Scheduler['snapshot']>);
    restarted.observe(quietSample({ atMs: 600_000 }));
    // Anna’s task was queued first; ben has used nothing.
    const queued = [queuedTask(1), queuedTask(2, { userId: 'ben' })];
    const { starts } = restarted.pass(600_000, queued, { paused: false });
    expect(starts.map(({ task }) => task.userId)).toEqual(['ben', 'anna']);
  });

  it('counts a step of priority as ten minutes of waiting', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample({ availableCpuMillicores: 2400, atMs: 700_000 }));
    const first = (queuedAtMs: number) => {
      const old = queuedTask(0, { queuedAtMs });
      const urgent = queuedTask(1, { queuedAtMs: 700_000, priority: 1 });
      return scheduler.pass(700_000, [old, urgent], { paused: false }).starts[0]?.task.id;
    };
    expect(first(500_000)).toBe('task-1');
    expect(first(0)).toBe('task-0');
  });
});
