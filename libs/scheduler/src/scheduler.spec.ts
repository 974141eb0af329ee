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
