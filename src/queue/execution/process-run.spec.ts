import { expect, test } from '@jest/globals';
import type { MeasuredRun } from '@app/scheduler';
import { fakeAttempt } from './attempt.fixture.js';
import { handlerOf } from './execution.fixture.js';
import { FakeProcess } from './fake-launcher.fixture.js';
import { ProcessRun } from './process-run.js';
import { order } from './task-process.fixture.js';
import { TaskProcessRun, type ProcessRequest, type TaskProcesses } from './task-processes.js';

/** A running attempt whose process ends when the test calls `end`. */
function running() {
  const fakes = fakeAttempt();
  const { attempt, task } = fakes;
  const released: (MeasuredRun | undefined)[] = [];
  const process = new FakeProcess(order, { onProgress: () => undefined, onOutput: () => undefined });
  let onEnd!: ProcessRequest['onEnd'];
  const processes = {
    start: (request: ProcessRequest) => {
      onEnd = request.onEnd.bind(request);
      return new TaskProcessRun(process, request.reservation);
    },
  } as unknown as TaskProcesses;
  let closed = 0;
  const log: ProcessRequest['log'] = {
    stream: () => ({ write: () => undefined, end: () => undefined }),
    close: () => Promise.resolve(void (closed += 1)),
  };
  const run = new ProcessRun(attempt, processes, {
    task,
    handler: handlerOf({}),
    payload: {},
    reservation: { id: 'r', taskId: task.id, release: (measured) => void released.push(measured) },
    resultPath: '/x',
    shard: null,
    shardResults: [],
    log,
    onProgress: () => undefined,
  });
  attempt.begin(run);
  return { ...fakes, run, process, released, closed: () => closed, end: onEnd };
}

const measured = { cpuSeconds: 3, peakRamMb: 40 };

test('an attempt runs once its process is started and ends with it, keeping its reservation until that is stored', () => {
  const { attempt, end, finished, released } = running();
  expect(attempt.state).toBe('running');
  end({ type: 'done', summary: 1 }, measured);
  expect(finished).toEqual([{ end: { type: 'done', summary: 1 }, keptSummary: null }]);
  expect([attempt.measured, released]).toEqual([measured, []]);
  attempt.markSettled();
  expect(released).toEqual([{ ...measured, succeeded: true }]);
});

test('an attempt that ends without its process gives back a reservation that taught nothing', () => {
  const { attempt, process, finished, released, end } = running();
  process.isGone = true;
  attempt.check();
  attempt.markSettled();
  expect([finished[0]?.end.type, released]).toEqual(['failed', [undefined]]);
  end({ type: 'done', summary: 1 }, measured);
  expect([finished.length, attempt.state]).toEqual([1, 'settled']);
});

test('a stop reaches the process, whose end decides, within five seconds', async () => {
  const { attempt, process, end, finished, clock } = running();
  attempt.stop('cancelled');
  expect([process.stops, attempt.state]).toEqual([['cancelled'], 'stopping']);
  await clock.advance(5_000);
  expect(attempt.check()).toBeNull();
  end({ type: 'done', summary: 1 }, measured);
  expect(finished).toMatchObject([{ end: { type: 'done' } }]);
});

test('a stop for want of memory concerns only the holder of the reservation', () => {
  const { attempt, run, process } = running();
  run.stopForMemory('other', 900);
  expect([process.stops, attempt.retryRamMb, attempt.state]).toEqual([[], null, 'running']);
  run.stopForMemory('r', 900);
  expect([process.stops, attempt.retryRamMb, attempt.state]).toEqual([['memory'], 900, 'stopping']);
});

test('a process has nothing that waits, and gives back at once what is admitted for it', () => {
  const { run, released } = running();
  expect(run.waiting()).toEqual([]);
  let returned = 0;
  run.startWaiting(0, { id: 's', taskId: 'a', release: () => (returned += 1) });
  expect([returned, released]).toEqual([1, []]);
});

test('the log is closed with the attempt', async () => {
  const { run, closed } = running();
  await run.closeLog();
  expect(closed()).toBe(1);
});
