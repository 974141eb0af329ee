import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import type { Config } from '../../config/config.js';
import type { MeasuredUse, ResourceMonitor } from '../../resources/resource-monitor.js';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task, type Measured } from '../domain/task.js';
import { handlerOf } from './execution.fixture.js';
import { ExecutionEvents, type ProcessEvent } from './execution-events.js';
import { FakeLauncher } from './fake-launcher.fixture.js';
import type { ProcessEnd } from './process-launcher.js';
import { addMeasured, measuredRun, TaskProcesses, type ProcessRequest } from './task-processes.js';

const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((message) => void warnings.push(String(message)));
});
afterEach(() => {
  jest.restoreAllMocks();
});

const nothing: MeasuredUse = { cpuSeconds: null, peakRamMb: null };
const done: ProcessEnd = { type: 'done', summary: 1 };

function started(
  fields: Partial<TaskRow> = {},
  request: Partial<ProcessRequest> = {},
  sampled: MeasuredUse = nothing,
) {
  const launcher = new FakeLauncher();
  const clock = new ManualClock();
  const events = new ExecutionEvents();
  const notes: unknown[][] = [];
  const published: ProcessEvent[] = [];
  events.processLifecycle$.subscribe((event) => {
    published.push(event);
    notes.push(['event', event.end?.type ?? null]);
  });
  const monitor = {
    watch: (id: string, pid: number) => void notes.push(['watch', id, pid]),
    unwatch: (id: string) => {
      notes.push(['unwatch', id]);
      return sampled;
    },
  } as unknown as ResourceMonitor;
  const config = { dataDir: '/data' } as Config;
  const processes = new TaskProcesses(config, launcher, monitor, events, clock);
  const task = new Task(taskRow({ status: 'running', ...fields }));
  const written: unknown[][] = [];
  const run = processes.start({
    task,
    handler: handlerOf({}),
    payload: {},
    reservation: { id: 'r', taskId: task.id, release: () => undefined },
    resultPath: '/data/results/x',
    shard: null,
    shardResults: [],
    log: {
      stream: (label) => ({
        write: (chunk) => void written.push([label, chunk.toString()]),
        end: () => void written.push([label, null]),
      }),
      close: () => Promise.resolve(),
    },
    onProgress: () => undefined,
    onEnd: (end, measured) => void notes.push(['end', end.type, measured]),
    ...request,
  });
  return { run, launcher, clock, notes, published, written, task };
}

describe('a process of a task', () => {
  test('is measured from its start until before its end is told, and told of once', async () => {
    const { launcher, notes, published, task, clock } = started();
    expect(notes).toEqual([
      ['watch', 'r', 4242],
      ['event', null],
    ]);
    notes.length = 0;
    await clock.advance(1_000);
    await launcher.last.end(done);
    await launcher.last.end({ type: 'killed' });
    expect(notes).toEqual([
      ['unwatch', 'r'],
      ['event', 'done'],
      ['end', 'done', nothing],
    ]);
    const event = { row: task.row, shard: null, startedAtMs: 1_700_000_000_000 };
    expect(published).toEqual([
      { ...event, end: null },
      { ...event, end: done },
    ]);
  });

  test.each<[string, ProcessRequest['shard'], string | null, number | string | null, object | null]>([
    ['a whole task', null, null, null, null],
    ['a shard', { index: 3, count: 5 }, 'shard 3', 3, { index: 3, count: 5 }],
    ['a reduce', 'reduce', 'reduce', 'reduce', null],
  ])('that does %s is named so in its log and events', async (_, shard, label, named, ordered) => {
    const { launcher, written, published } = started({}, { shard });
    expect(launcher.last.order.shard).toEqual(ordered);
    launcher.last.observer.onOutput('stdout', Buffer.from('out'));
    launcher.last.observer.onOutput('stderr', Buffer.from('err'));
    await launcher.last.end(done);
    expect(written).toEqual([
      [label, 'out'],
      [label, 'err'],
      [label, null],
      [label, null],
    ]);
    expect(published.map((event) => event.shard)).toEqual([named, named]);
  });

  test.each([
    [512, null, 2048],
    [100, null, 1024],
    [256, null, 1024],
    [257, null, 1028],
    [512, 900, 3600],
  ])('of %s MB and a floor of %s MB may take %s MB at most', (ramMb, floorRamMb, memoryLimitMb) => {
    expect(started({ ramMb, floorRamMb }).launcher.last.order.memoryLimitMb).toBe(memoryLimitMb);
  });

  test('that cannot be started is told of in the server’s log, and its end all the same', async () => {
    const { launcher, notes, task } = started();
    await launcher.last.end({ type: 'spawn-failed', message: 'spawn EMFILE' });
    expect(warnings).toEqual([`No process could be started for task ${task.id}: spawn EMFILE`]);
    expect(notes.at(-1)).toEqual(['end', 'spawn-failed', nothing]);
  });

  test('that has no id yet is not measured', async () => {
    const launch = jest.spyOn(FakeLauncher.prototype, 'launch');
    const handle = { pid: null, ended: Promise.resolve(done), isAlive: () => false, stop: () => undefined };
    launch.mockReturnValue(handle as unknown as ReturnType<FakeLauncher['launch']>);
    const { notes } = started();
    await handle.ended;
    expect(notes.map(([what]) => what)).not.toContain('watch');
  });

  test('passes on its stop and whether it is alive', () => {
    const { run, launcher } = started();
    run.stop('memory');
    expect([launcher.last.stops, run.isAlive()]).toEqual([['memory'], true]);
    launcher.last.isGone = true;
    expect(run.isAlive()).toBe(false);
  });
});

describe('what a process used', () => {
  const use = { loadedAtMs: 5, cpuSeconds: 2, peakRamMb: 60 };
  test.each<[string, MeasuredUse, ProcessEnd, Measured]>([
    [
      'its own CPU time and the peak of the samples',
      { cpuSeconds: 1, peakRamMb: 50 },
      { ...done, use },
      { cpuSeconds: 2, peakRamMb: 50 },
    ],
    [
      'its own figures where no sample has seen it',
      nothing,
      { ...done, use },
      { cpuSeconds: 2, peakRamMb: 60 },
    ],
    [
      'the samples where it has told nothing',
      { cpuSeconds: 1, peakRamMb: 50 },
      { type: 'killed' },
      { cpuSeconds: 1, peakRamMb: 50 },
    ],
    ['unknown where neither has seen it', nothing, { type: 'killed' }, nothing],
  ])('is %s', async (_, sampled, end, measured) => {
    const { launcher, notes } = started({}, {}, sampled);
    await launcher.last.end(end);
    expect(notes.at(-1)).toEqual(['end', end.type, measured]);
  });

  test.each<[ProcessEnd, number | null, boolean]>([
    [done, 50, true],
    [done, null, false],
    [{ type: 'killed' }, 50, false],
    [{ type: 'stopped', reason: 'cancelled' }, 50, false],
  ])('teaches the scheduler only by a success that was measured (%j, %s)', (end, peakRamMb, succeeded) => {
    expect(measuredRun(end, { cpuSeconds: null, peakRamMb })).toEqual({
      cpuSeconds: 0,
      peakRamMb: peakRamMb ?? 0,
      succeeded,
    });
  });

  test.each<[Measured, Measured, Measured]>([
    [nothing, nothing, nothing],
    [nothing, { cpuSeconds: 1, peakRamMb: 2 }, { cpuSeconds: 1, peakRamMb: 2 }],
    [
      { cpuSeconds: 1, peakRamMb: 5 },
      { cpuSeconds: 2, peakRamMb: 3 },
      { cpuSeconds: 3, peakRamMb: 5 },
    ],
    [
      { cpuSeconds: null, peakRamMb: 5 },
      { cpuSeconds: 0, peakRamMb: null },
      { cpuSeconds: 0, peakRamMb: 5 },
    ],
  ])('adds up over processes: %j and %j are %j', (one, other, sum) => {
    expect(addMeasured(one, other)).toEqual(sum);
    expect(addMeasured(other, one)).toEqual(sum);
  });
});
