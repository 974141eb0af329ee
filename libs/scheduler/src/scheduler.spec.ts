import { describe, expect, it } from '@jest/globals';
import { formatDecisionLog, formatResourceBanner } from './decision-log.js';
import type { MachineSample, TaskUse } from './machine-sample.js';
import { developmentPolicy, productionPolicy } from './policy.js';
import { resourceRequestOf } from './resource-request.js';
import { Scheduler } from './scheduler.js';
import type { QueuedTask } from './task.js';

const backtest = resourceRequestOf(1, 0.5);

/** A machine of 8 cores and 16 GB with an external load of 1.6 cores and 3.5 GB. */
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
    requested: backtest,
    ...change,
  };
}

function burst(count: number): QueuedTask[] {
  return Array.from({ length: count }, (_, i) => queuedTask(i));
}

describe('the figures of the requirement', () => {
  it('are 6.40 cores and 12.50 GB available, and 5.60 and 12.10 after one backtest', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const decision = scheduler.canRun({ type: 'backtest', size: 1, requested: backtest });
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

  it('are logged as learned where the prediction was learned', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    for (let n = 0; n < 5; n++) {
      scheduler.recordStart({ ...queuedTask(n), startedAtMs: 0 });
      // 12.5 core-seconds in ten seconds are 1250 millicores.
      scheduler.recordEnd(`task-${n}`, 10_000, { cpuSeconds: 12.5, peakRamMb: 256, succeeded: true });
    }
    const decision = scheduler.canRun({ type: 'backtest', size: 1, requested: backtest });
    expect(formatDecisionLog('backtest', decision, productionPolicy)).toContain(
      '[ResourceCheck] Predicted consumption (learned): 1.25 cores, 0.25 GB RAM',
    );
  });

  it('are logged at the start for the whole machine', () => {
    expect(formatResourceBanner(resourceRequestOf(8, 16), productionPolicy)).toEqual([
      '[ResourceMonitor] Total resources: 8 cores, 16.00 GB RAM',
      '[ResourceMonitor] Minimum thresholds: 1.60 cores, 3.20 GB RAM',
      '[ResourceMonitor] Consumption factor: 80%',
    ]);
  });

  it('admit exactly 6 of a burst of 50 tasks, and in development mode 12', () => {
    for (const [policy, expected] of [
      [productionPolicy, 6],
      [developmentPolicy, 12],
    ] as const) {
      const scheduler = new Scheduler(policy);
      scheduler.observe(quietSample());
      const result = scheduler.runCycle(0, burst(50), { paused: false });
      expect(result.starts.map(({ task }) => task.sequence)).toEqual(
        Array.from({ length: expected }, (_, i) => i),
      );
      expect(result.waiting).toHaveLength(50 - expected);
    }
  });

  it('admit exactly 6 tasks when 50 are submitted one by one between two samples', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const admitted = burst(50).filter((task) => {
      const { admitted } = scheduler.canRun(task);
      if (admitted) scheduler.recordStart({ ...task, startedAtMs: 0 });
      return admitted;
    });
    expect(admitted).toHaveLength(6);
  });
});

describe('a task too large to leave the buffer free', () => {
  it('runs exclusively: a training of 2 cores on a machine of 2 cores', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(
      quietSample({
        totalCpuMillicores: 2000,
        availableCpuMillicores: 1700,
        totalRamMb: 8192,
        availableRamMb: 7000,
      }),
    );
    const training = queuedTask(1, { type: 'model_training', requested: resourceRequestOf(2, 1.5) });
    const first = scheduler.runCycle(0, [training], { paused: false });
    expect(first.starts).toHaveLength(1);
    scheduler.recordStart({ ...training, startedAtMs: 0 });
    const second = scheduler.runCycle(0, [{ ...training, id: 'other' }], { paused: false });
    expect(second.waiting[0]).toMatchObject({
      kind: 'exclusive',
      reason: 'Needs the machine to itself: waiting for 1 running task to end',
      userReason: 'Needs the machine to itself: waiting for the running tasks to end',
    });
  });

  it('is infeasible when it exceeds the whole machine', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    expect(scheduler.infeasibilityReason(resourceRequestOf(8, 16))).toBeNull();
    expect(scheduler.infeasibilityReason(resourceRequestOf(9, 1))).toBe(
      'Task too large: needs 9.0 cores and 1.0GB RAM, the machine has 8.0 cores and 16.0GB',
    );
  });
});

describe('a scheduling cycle', () => {
  const runCycle = (scheduler: Scheduler, queued: readonly QueuedTask[], nowMs = 0) =>
    scheduler.runCycle(nowMs, queued, { paused: false });

  it('gives the shortage for the head, and the number of tasks ahead for the others', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const { waiting } = runCycle(scheduler, burst(9));
    expect(
      waiting.map(({ position, kind, reason, userReason }) => ({ position, kind, reason, userReason })),
    ).toEqual([
      {
        position: 1,
        kind: 'cpu',
        reason:
          'Insufficient CPU: need 1.0 cores, available 1.6 cores, would leave 0.8 cores (min: 1.6 cores)',
        userReason: 'Waiting for CPU: this task needs 1.0 core',
      },
      {
        position: 2,
        kind: 'behind',
        reason: 'Behind 1 task in the queue',
        userReason: 'Behind 1 task in the queue',
      },
      {
        position: 3,
        kind: 'behind',
        reason: 'Behind 2 tasks in the queue',
        userReason: 'Behind 2 tasks in the queue',
      },
    ]);
  });

  it('expects each task to run for 30 s while no run of its type is known', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const { waiting } = runCycle(scheduler, burst(19));
    // Six run until 30 s, the next six until 60 s, and one more after that.
    expect(waiting.map(({ estimatedStartAtMs }) => estimatedStartAtMs)).toEqual([
      ...Array<number>(6).fill(30_000),
      ...Array<number>(6).fill(60_000),
      90_000,
    ]);
  });

  it('holds a small task back that would delay the task before it', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    for (let i = 0; i < 5; i++) {
      scheduler.recordStart({ ...queuedTask(i), id: `running-${i}`, startedAtMs: -10_000 });
    }
    // 2.4 of 6.4 cores are available. The training needs 1.6, and 1.6 must stay free, so it can start when a backtest has
    // ended: after 90 s at the latest, which is at 80 s. The prediction fits now, but it may run until 90 s, and no
    // capacity is left for it next to the training.
    const training = queuedTask(10, {
      id: 'training',
      type: 'model_training',
      requested: resourceRequestOf(2, 1.5),
    });
    const small = (sequence: number) =>
      queuedTask(sequence, { type: 'prediction', requested: resourceRequestOf(0.5, 0.3) });
    const { starts, waiting } = runCycle(scheduler, [training, small(11)]);
    expect(starts).toEqual([]);
    expect(waiting).toMatchObject([
      { id: 'training', kind: 'cpu' },
      {
        kind: 'held_back',
        reason: 'Held back for task training (model_training), which starts at about 00:01:20 UTC',
        userReason: 'Held back for task training (model_training), which starts at about 00:01:20 UTC',
      },
    ]);
  });

  it('never shows a user the id or type of another user’s task', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    for (let i = 0; i < 5; i++) {
      scheduler.recordStart({ ...queuedTask(i), id: `running-${i}`, startedAtMs: -10_000 });
    }
    const training = queuedTask(10, {
      id: 'training',
      userId: 'ben',
      type: 'model_training',
      requested: resourceRequestOf(2, 1.5),
      priority: 9,
    });
    const small = queuedTask(11, { type: 'prediction', requested: resourceRequestOf(0.5, 0.3) });
    const { waiting } = runCycle(scheduler, [training, small]);
    expect(waiting[1]).toMatchObject({
      id: 'task-11',
      kind: 'held_back',
      reason: 'Held back for task training (model_training), which starts at about 00:01:20 UTC',
      userReason: "Held back for another user's task, which starts at about 00:01:20 UTC",
    });
  });

  it('fills the gap before a reservation with a task that is known to end in time', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const prediction = { type: 'prediction', requested: resourceRequestOf(0.5, 0.3) };
    scheduler.recordStart({ ...queuedTask(0, prediction), id: 'earlier', startedAtMs: -2000 });
    scheduler.recordEnd('earlier', 0, { cpuSeconds: 1, peakRamMb: 200, succeeded: true });
    for (let i = 0; i < 5; i++) {
      scheduler.recordStart({ ...queuedTask(i), id: `running-${i}`, startedAtMs: 0 });
    }
    const training = queuedTask(10, {
      userId: 'ben',
      type: 'model_training',
      requested: resourceRequestOf(2, 1.5),
      priority: 9,
    });
    const { starts, waiting } = runCycle(scheduler, [training, queuedTask(11, prediction)]);
    expect(starts.map(({ task }) => task.sequence)).toEqual([11]);
    expect(waiting).toMatchObject([{ id: 'task-10', position: 1, kind: 'cpu', estimatedStartAtMs: 30_000 }]);
  });

  it('starts nothing before the first sample, or while an admin has paused the queue', () => {
    const scheduler = new Scheduler(productionPolicy);
    expect(runCycle(scheduler, burst(1)).waiting).toMatchObject([
      {
        kind: 'starting',
        reason: 'Waiting: the machine has not been measured yet',
        userReason: 'Waiting: the server is starting',
      },
    ]);
    expect(scheduler.canRun(queuedTask(0))).toMatchObject({
      admitted: false,
      kind: 'starting',
      reason: 'Waiting: the machine has not been measured yet',
    });
    scheduler.observe(quietSample());
    expect(scheduler.runCycle(0, burst(2), { paused: true })).toMatchObject({
      starts: [],
      waiting: [
        {
          id: 'task-0',
          position: 1,
          kind: 'paused',
          reason: 'Queue paused by an admin',
          userReason: 'Queue paused by an admin',
          estimatedStartAtMs: null,
        },
        { id: 'task-1', position: 2, kind: 'paused' },
      ],
    });
  });

  it('delays a retry until its time, and starts the next task meanwhile', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const { starts, waiting } = runCycle(scheduler, [queuedTask(0, { notBeforeMs: 60_000 }), queuedTask(1)]);
    expect(starts.map(({ task }) => task.id)).toEqual(['task-1']);
    expect(waiting).toMatchObject([
      {
        id: 'task-0',
        kind: 'retry_delay',
        reason: 'Waiting to retry: the next attempt starts after 00:01:00 UTC',
        userReason: 'Waiting to retry: the next attempt starts after 00:01:00 UTC',
        estimatedStartAtMs: 60_000,
      },
    ]);
  });

  it('holds no task back for a task that only the external load prevents from starting', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample({ availableCpuMillicores: 2500 }));
    const training = queuedTask(0, { type: 'model_training', requested: resourceRequestOf(2, 1.5) });
    const { starts } = runCycle(scheduler, [training, queuedTask(1)]);
    expect(starts.map(({ task }) => task.id)).toEqual(['task-1']);
  });
});

describe('fairness', () => {
  it('starts as many tasks of a user with three as of a user who has just queued fifty', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    const ben = [50, 51, 52].map((sequence) => queuedTask(sequence, { userId: 'ben' }));
    const { starts } = scheduler.runCycle(0, [...burst(50), ...ben], { paused: false });
    expect(starts.map(({ task }) => task.userId).sort()).toEqual([
      'anna',
      'anna',
      'anna',
      'ben',
      'ben',
      'ben',
    ]);
  });

  it('survives a restart', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample());
    scheduler.recordStart({ ...queuedTask(0), startedAtMs: 0 });
    scheduler.recordEnd('task-0', 600_000, { cpuSeconds: 480, peakRamMb: 400, succeeded: true });
    const restarted = new Scheduler(productionPolicy);
    restarted.restore(JSON.parse(JSON.stringify(scheduler.snapshot())) as ReturnType<Scheduler['snapshot']>);
    restarted.observe(quietSample({ atMs: 600_000 }));
    // Anna’s task was queued first, but Ben has used nothing.
    const queued = [queuedTask(1), queuedTask(2, { userId: 'ben' })];
    const { starts } = restarted.runCycle(600_000, queued, { paused: false });
    expect(starts.map(({ task }) => task.userId)).toEqual(['ben', 'anna']);
  });

  it('is restored from a snapshot that version 0.1.0 stored', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.restore({
      version: 1,
      estimates: {
        'backtest/0': {
          cpuMillicores: [900, 1000, 1100, 1200, 1300],
          peakRamMb: [200, 210, 220, 230, 240],
          durationS: [20, 21, 22, 23, 24],
        },
      },
      fairShare: { atMs: 0, coreSeconds: { anna: 480 } },
    });
    scheduler.observe(quietSample());
    expect(scheduler.canRun(queuedTask(0)).predicted).toEqual({ cpuMillicores: 1200, ramMb: 240 });
    const queued = [queuedTask(1), queuedTask(2, { userId: 'ben' })];
    const { starts } = scheduler.runCycle(0, queued, { paused: false });
    expect(starts.map(({ task }) => task.userId)).toEqual(['ben', 'anna']);
    expect(Object.keys(scheduler.snapshot())).toEqual(['version', 'estimates', 'fairShare']);
  });

  it('counts a step of priority as ten minutes of waiting', () => {
    const scheduler = new Scheduler(productionPolicy);
    scheduler.observe(quietSample({ availableCpuMillicores: 2400, atMs: 700_000 }));
    const first = (queuedAtMs: number) => {
      const old = queuedTask(0, { queuedAtMs });
      const urgent = queuedTask(1, { queuedAtMs: 700_000, priority: 1 });
      return scheduler.runCycle(700_000, [old, urgent], { paused: false }).starts[0]?.task.id;
    };
    expect(first(500_000)).toBe('task-1');
    expect(first(0)).toBe('task-0');
  });
});
