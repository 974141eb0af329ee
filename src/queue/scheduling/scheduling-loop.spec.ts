import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { outage } from '../storage/memory-task-store.fixture.js';
import { newTask } from '../storage/new-task.fixture.js';
import { canMove, loopTransitions, type LoopState } from './loop-state.js';
import { pausedSetting } from './scheduler-state.js';
import { schedulingFixture } from './scheduling.fixture.js';

const nothingElse = () => Promise.resolve();

/** Waits until something holds; a test that waits for good ends with its time limit. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await nextTurn();
}

describe('the states of the scheduling loop', () => {
  test('lead from starting to stopped, and nowhere from there', () => {
    const reached = new Set<LoopState>(['starting']);
    for (const state of reached) for (const next of loopTransitions[state]) reached.add(next);
    expect(reached.size).toBe(6);
    expect(loopTransitions.stopped).toEqual([]);
    expect(loopTransitions.draining).toEqual(['stopped']);
  });

  test('allow no start while the server shuts down', () => {
    for (const next of ['running', 'paused', 'reloading'] as const)
      expect(canMove('draining', next)).toBe(false);
  });
});

describe('the scheduling loop', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation(function (this: unknown, message: unknown) {
      lines.push(`[${(this as { context: string }).context}] ${String(message)}`);
    });
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('starts what waited before, and says so in the words that operators look for', async () => {
    const { executor, makeLoop, store } = schedulingFixture();
    store.put({ taskId: 'a' });
    const loop = makeLoop();
    await loop.start();
    await until(() => executor.started.length === 1);
    expect(loop.state).toBe('running');
    expect(lines).toContain('[QueueWorker] Started');
  });

  test('queues what is submitted before it has started, and starts it then', async () => {
    const { executor, makeLoop, submissions } = schedulingFixture();
    const loop = makeLoop();
    const task = await submissions.submit(newTask({ taskId: 'a' }), nothingElse);
    expect(task.row.status).toBe('queued');
    expect(executor.started).toEqual([]);
    await loop.start();
    await until(() => executor.started.length === 1);
  });

  test('runs one cycle at a time; the next one takes in all that has arrived since', async () => {
    const { cycle, makeLoop, submissions } = schedulingFixture({ cores: 16 });
    const loop = makeLoop();
    await loop.start();
    let running = 0;
    let mostAtOnce = 0;
    const taken: number[] = [];
    const run = cycle.run.bind(cycle);
    cycle.run = async (mayStart) => {
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      taken.push(submissions.size);
      await run(mayStart);
      running -= 1;
    };
    const first = submissions.submit(newTask({ taskId: 't0' }), nothingElse);
    await until(() => running === 1);
    const others = ['t1', 't2', 't3'].map((taskId) => submissions.submit(newTask({ taskId }), nothingElse));
    await Promise.all([first, ...others]);
    await until(() => running === 0);
    expect(mostAtOnce).toBe(1);
    expect(taken.filter((count) => count > 0)).toEqual([1, 3]);
  });

  test('runs a cycle when capacity is released, a sample is taken while something waits, and a heartbeat comes', async () => {
    const { cycle, executor, makeLoop, mirror, monitor, nodes, store } = schedulingFixture();
    const loop = makeLoop();
    await loop.start();
    let cycles = 0;
    cycle.run = () => {
      cycles += 1;
      return Promise.resolve();
    };
    const cyclesAfter = async (trigger: () => void) => {
      await nextTurn();
      cycles = 0;
      trigger();
      await nextTurn();
      return cycles;
    };
    expect(await cyclesAfter(() => executor.capacityReleased$.next(null))).toBe(1);
    expect(await cyclesAfter(() => nodes.heartbeats$.next())).toBe(1);
    expect(await cyclesAfter(() => monitor.sampled$.next(null))).toBe(0);
    expect(await cyclesAfter(() => mirror.trackRequeued(store.put({ taskId: 'a' })))).toBe(1);
    expect(await cyclesAfter(() => monitor.sampled$.next(null))).toBe(1);
    expect(await cyclesAfter(() => void loop.tick())).toBe(1);
  });

  test('takes a task that went back to the queue in again, in the place that its submission earned', async () => {
    const { executor, makeLoop, mirror, store } = schedulingFixture({ cores: 1 });
    const loop = makeLoop();
    await loop.start();
    const queuedAt = new Date(Date.UTC(2023, 10, 14, 21));
    const again = store.put({ taskId: 'again', attempt: 2, queuedAt });
    mirror.track(store.put({ taskId: 'other', queuedAt: new Date(Date.UTC(2023, 10, 14, 22)) }));
    executor.capacityReleased$.next(again);
    await until(() => executor.started.length === 1);
    expect(executor.started[0]!.row).toMatchObject({ taskId: 'again', attempt: 2, queuedAt });
  });

  test('holds everything while the queue is paused, and goes on when it is resumed', async () => {
    const { executor, makeLoop, positions, published, store, submissions } = schedulingFixture();
    store.settings.set(pausedSetting, true);
    store.put({ taskId: 'old' });
    const loop = makeLoop();
    await loop.start();
    expect(loop.state).toBe('paused');
    const task = await submissions.submit(newTask({ taskId: 'new' }), nothingElse);
    expect(task.row.status).toBe('queued');
    expect(positions.of('old')).toMatchObject({ kind: 'paused' });
    expect(executor.started).toEqual([]);
    await loop.setPaused(false);
    await until(() => executor.started.length === 2);
    expect(published).toContainEqual({ type: 'queue_state', paused: false });
    expect(store.settings.get(pausedSetting)).toBe(false);
  });

  test('follows a pause by another node at the next tick', async () => {
    const { makeLoop, published, store } = schedulingFixture();
    const loop = makeLoop();
    await loop.start();
    store.settings.set(pausedSetting, true);
    await loop.tick();
    expect(loop.state).toBe('paused');
    expect(published).toContainEqual({ type: 'queue_state', paused: true });
  });

  test('reads the queue again after an error of the database, and starts what others have queued meanwhile', async () => {
    const { executor, makeLoop, mirror, store, submissions } = schedulingFixture();
    const loop = makeLoop();
    await loop.start();
    store.failure = outage;
    await expect(submissions.submit(newTask({ taskId: 'a' }), nothingElse)).rejects.toBe(outage);
    await until(() => loop.state === 'reloading');
    await expect(submissions.submit(newTask({ taskId: 'b' }), nothingElse)).rejects.toBe(outage);
    store.failure = null;
    store.put({ taskId: 'c' });
    loop.wake();
    await until(() => executor.started.length === 1);
    expect(executor.started[0]!.id).toBe('c');
    expect(loop.state).toBe('running');
    expect(mirror.size).toBe(0);
  });

  test('stays with a reload that is asked for while the database is away', async () => {
    const { makeLoop, store } = schedulingFixture();
    const loop = makeLoop();
    await loop.start();
    store.failure = outage;
    await loop.tick();
    expect(loop.state).toBe('reloading');
    await nextTurn();
    expect(loop.state).toBe('reloading');
    expect(loop.isActive).toBe(true);
    store.failure = null;
    await loop.tick();
    await until(() => loop.state === 'running');
  });

  test('starts nothing once the server shuts down, waits for what runs and says what became of it', async () => {
    const { executor, makeLoop, mirror, store, submissions } = schedulingFixture();
    const loop = makeLoop();
    await loop.start();
    executor.running = [
      { taskId: 'x', attempt: 1, taskType: 'backtest' },
      { taskId: 'y', attempt: 1, taskType: 'backtest' },
    ];
    executor.result = { finished: 1, requeued: 1, left: 0 };
    const stopped = loop.stop('SIGTERM');
    mirror.track(store.put({ taskId: 'late' }));
    const task = await submissions.submit(newTask({ taskId: 'new' }), nothingElse);
    await stopped;
    expect(task.row.status).toBe('queued');
    expect(executor.started).toEqual([]);
    expect(executor.drained).toBeGreaterThan(0);
    expect(loop.state).toBe('stopped');
    expect(lines.filter((line) => line.includes('Stop'))).toEqual([
      expect.stringMatching(/^\[QueueWorker\] Stopping \(SIGTERM\): 2 running tasks get up to \d+ s$/),
      '[QueueWorker] Stopped: 1 finished, 1 queued again',
    ]);
    loop.requestReload();
    expect(loop.state).toBe('stopped');
  });
});
