import { describe, expect, it } from '@jest/globals';
import type { MachineSample, TaskUse } from './machine-sample.js';
import { productionPolicy } from './policy.js';
import { resourceRequestOf } from './resource-request.js';
import { Scheduler } from './scheduler.js';
import type { QueuedTask } from './task.js';

const training: QueuedTask = {
  id: 'waiting',
  userId: 'ben',
  type: 'model_training',
  size: 1,
  priority: 0,
  queuedAtMs: 0,
  sequence: 9,
  requested: resourceRequestOf(2, 1.5),
};

function sample(
  availableRamMb: number,
  tasks: Record<string, number>,
  change: Partial<MachineSample> = {},
): MachineSample {
  return {
    atMs: 0,
    totalCpuMillicores: 8000,
    totalRamMb: 16_384,
    availableCpuMillicores: 6400,
    availableRamMb,
    memoryPressureSome10: null,
    memoryPressureFull10: null,
    tasks: new Map<string, TaskUse>(
      Object.entries(tasks).map(([id, rssMb]) => [id, { cpuMillicores: 500, rssMb }]),
    ),
    ...change,
  };
}

/** A scheduler on which trainings run that were started one second apart: 1.5 GB requested, 1229 MB predicted. */
function running(...ids: string[]): Scheduler {
  const scheduler = new Scheduler(productionPolicy);
  ids.forEach((id, i) => scheduler.recordStart({ ...training, id, startedAtMs: i * 1000 }));
  return scheduler;
}

describe('the memory guard', () => {
  it('does nothing while a tenth of the RAM is available', () => {
    const scheduler = running('a');
    scheduler.observe(sample(1639, { a: 1000 }));
    expect(scheduler.guard(0)).toEqual({ kind: 'none' });
  });

  it('pauses below a tenth, and nothing starts', () => {
    const scheduler = running('a');
    scheduler.observe(sample(1638, { a: 1000 }));
    const reason = 'Memory is short: 1.6GB of 16.0GB available (min: 1.6GB)';
    expect(scheduler.guard(0)).toEqual({ kind: 'pause', reason });
    expect(scheduler.canRun(training)).toMatchObject({ admitted: false, reason });
    expect(scheduler.runCycle(0, [training], { paused: false })).toMatchObject({
      starts: [],
      waiting: [
        {
          id: 'waiting',
          position: 1,
          kind: 'pressure',
          reason,
          userReason: 'Waiting: the machine is short of memory',
          estimatedStartAtMs: null,
        },
      ],
    });
  });

  it('pauses when tasks stall on memory for more than 10 % of the time', () => {
    const scheduler = running();
    scheduler.observe(sample(8000, {}, { memoryPressureSome10: 10 }));
    expect(scheduler.guard(0).kind).toBe('none');
    scheduler.observe(sample(8000, {}, { memoryPressureSome10: 12.5 }));
    expect(scheduler.guard(0)).toEqual({
      kind: 'pause',
      reason: 'Memory pressure is high: tasks stalled 12.5% of the last 10 s (max: 10%)',
    });
  });

  it('kills below a twentieth: the newest of those over their estimate, with a higher one for the next attempt', () => {
    const scheduler = running('old', 'over', 'newest');
    scheduler.observe(sample(800, { old: 5000, over: 4000, newest: 600 }));
    expect(scheduler.guard(0)).toEqual({
      kind: 'kill',
      taskId: 'over',
      reason:
        'Killed to save the machine: 0.8GB of 16.0GB RAM was available, the task used 3.9GB (predicted: 1.2GB)',
      // max(1.5 * 1229, 1.3 * 4000)
      retryRequest: { cpuMillicores: 2000, ramMb: 5200 },
    });
  });

  it('kills the newest when all stay within their predictions', () => {
    const scheduler = running('old', 'newest');
    scheduler.observe(sample(800, { old: 1000, newest: 900 }));
    expect(scheduler.guard(0)).toMatchObject({ kind: 'kill', taskId: 'newest' });
  });

  it('kills when all tasks stall on memory, even if much RAM is available', () => {
    const scheduler = running('a');
    scheduler.observe(sample(8000, { a: 1000 }, { memoryPressureFull10: 5.1 }));
    expect(scheduler.guard(0)).toMatchObject({ kind: 'kill', taskId: 'a' });
  });

  it('kills one task at a time: the next after a sample without the first, or after 5 s', () => {
    const scheduler = running('old', 'newest');
    const tasks = { old: 1000, newest: 900 };
    scheduler.observe(sample(800, tasks));
    expect(scheduler.guard(0)).toMatchObject({ taskId: 'newest' });
    expect(scheduler.guard(1000).kind).toBe('pause');
    scheduler.recordEnd('newest', 1500, { cpuSeconds: 1, peakRamMb: 900, succeeded: false });
    expect(scheduler.guard(1600).kind).toBe('pause');
    scheduler.observe(sample(800, { old: 1000 }, { atMs: 2000 }));
    expect(scheduler.guard(2000)).toMatchObject({ kind: 'kill', taskId: 'old' });
    expect(scheduler.guard(6999).kind).toBe('pause');
    expect(scheduler.guard(7000)).toMatchObject({ kind: 'kill', taskId: 'old' });
  });

  it('never asks for a retry larger than the machine can grant', () => {
    const scheduler = running('a');
    // The external load is 16384 - 400 - 9000 = 6984 MB and a tenth (1639) stays free, so 7761 remain of 1.3 * 9000.
    scheduler.observe(sample(400, { a: 9000 }));
    expect(scheduler.guard(0)).toMatchObject({ kind: 'kill', retryRequest: { ramMb: 7761 } });
  });

  it('kills an older task instead of a newer one that is not killable', () => {
    const scheduler = running('old');
    scheduler.recordStart({ ...training, id: 'function', startedAtMs: 9000, isKillable: false });
    scheduler.observe(sample(800, { old: 900, function: 6000 }));
    expect(scheduler.guard(0)).toMatchObject({ kind: 'kill', taskId: 'old' });
  });

  it('only pauses when no running task is killable', () => {
    const scheduler = running();
    scheduler.recordStart({ ...training, id: 'function', startedAtMs: 0, isKillable: false });
    scheduler.observe(sample(100, { function: 6000 }));
    expect(scheduler.guard(0).kind).toBe('pause');
  });

  it('only pauses when no task runs', () => {
    const scheduler = running();
    scheduler.observe(sample(100, {}));
    expect(scheduler.guard(0).kind).toBe('pause');
  });
});
