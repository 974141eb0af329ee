import { describe, expect, test } from '@jest/globals';
import { executorOnFakes } from './execution.fixture.js';
import { settle } from './fake-launcher.fixture.js';
import { connectionError } from './memory-rows.fixture.js';

const done = { type: 'done', summary: { equity: 1 } } as const;

describe('the end of an attempt', () => {
  test('is stored once, whatever arrives between the commit and the clean-up', async () => {
    const { launcher, store, executor, start, row } = executorOnFakes();
    const task = await start();
    store.afterCommit = () => {
      store.afterCommit = () => Promise.resolve();
      // What a lease tick does that finds the task no longer running.
      expect(executor.stop(task.id, 'lost')).toBe(false);
      return Promise.resolve();
    };
    await launcher.last.end(done);
    executor.stop(task.id, 'cancelled');
    await settle();
    expect(store.stored).toEqual([{ taskId: task.id, attempt: 1, name: 'complete' }]);
    expect(row(task).status).toBe('completed');
  });

  test('takes a result that was there before the stop', async () => {
    const { launcher, executor, start, row } = executorOnFakes();
    const task = await start();
    expect(executor.stop(task.id, 'cancelled')).toBe(true);
    await launcher.last.end(done);
    expect(row(task).status).toBe('completed');
  });

  test('changes nothing once the task is another attempt’s', async () => {
    const { launcher, store, start, row, reservations, registry } = executorOnFakes();
    const task = await start();
    store.rows.set(task.id, { ...row(task), attempt: 2, nodeId: 'there' });
    await launcher.last.end(done);
    expect(store.stored).toEqual([]);
    expect(row(task)).toMatchObject({ status: 'running', attempt: 2 });
    expect(reservations.list()).toEqual([]);
    // Its files are removed first.
    while (registry.size > 0) await settle();
  });

  test('waits for a database that is away, and holds its reservation until it is stored', async () => {
    const { clock, launcher, store, start, row, reservations } = executorOnFakes();
    const task = await start();
    store.failure = connectionError();
    await launcher.last.end(done);
    await clock.advance(60_000);
    expect(row(task).status).toBe('running');
    expect(reservations.list()).toHaveLength(1);
    store.failure = null;
    await clock.advance(1000);
    expect(row(task).status).toBe('completed');
    expect(reservations.list()).toEqual([]);
  });

  test('does not wait for its log for ever', async () => {
    const { clock, launcher, registry, start, row } = executorOnFakes();
    const task = await start();
    registry.find(task.id)!.work!.closeLog = () => new Promise(() => undefined);
    await launcher.last.end(done);
    await clock.advance(4_900);
    expect(row(task).status).toBe('running');
    await clock.advance(200);
    expect(row(task).status).toBe('completed');
  });

  test('that the database rejects becomes a stored failure', async () => {
    const rejected = () => Promise.reject(new Error('unsupported Unicode escape sequence'));
    const { launcher, start, row, reservations } = executorOnFakes([{ type: 'odd', completed: rejected }]);
    const task = await start({ taskType: 'odd' });
    await launcher.last.end(done);
    expect(row(task)).toMatchObject({
      status: 'failed',
      error: {
        code: 'RESULT_INVALID',
        message: 'The end of the task could not be stored: unsupported Unicode escape sequence',
      },
    });
    expect(reservations.list()).toEqual([]);
  });

  test('gives each reservation back exactly once', async () => {
    const { launcher, executor, start, reservations } = executorOnFakes();
    const task = await start();
    const [reservation] = reservations.list();
    await launcher.last.end(done);
    executor.stop(task.id, 'lost');
    reservation!.release();
    expect(reservations.list()).toEqual([]);
  });

  test('is announced with the task that goes back to the queue', async () => {
    const { launcher, executor, start } = executorOnFakes();
    const released: (string | null)[] = [];
    executor.capacityReleased$.subscribe((task) => released.push(task?.row.status ?? null));
    await start();
    await launcher.last.end({ type: 'killed' });
    expect(released).toEqual(['queued']);
  });
});

describe('a process that cannot be started', () => {
  test('sends its task back to the queue, and fails it after its last attempt', async () => {
    const { launcher, start, row } = executorOnFakes();
    const end = { type: 'spawn-failed', message: 'spawn EMFILE' } as const;
    const first = await start();
    await launcher.last.end(end);
    expect(row(first)).toMatchObject({ status: 'queued', attempt: 2 });
    const last = await start({ taskId: 'last', attempt: 3, maxAttempts: 3 });
    await launcher.last.end(end);
    expect(row(last)).toMatchObject({ status: 'failed', error: { code: 'SPAWN_FAILED' } });
    expect(row(last).error!.message).toContain('spawn EMFILE');
  });
});

describe('a task that no handler knows', () => {
  test('fails and gives its reservation back', async () => {
    const { start, row, reservations } = executorOnFakes();
    const task = await start({ taskType: 'unheard_of' });
    expect(row(task)).toMatchObject({ status: 'failed', error: { code: 'UNKNOWN_TASK' } });
    expect(reservations.list()).toEqual([]);
  });
});

describe('a stop', () => {
  test.each([
    ['cancelled', 'cancelled', 'CANCELLED'],
    ['returned', 'queued', null],
    ['memory', 'queued', null],
  ] as const)('for the reason %s leads to %s', async (reason, status, code) => {
    const { launcher, executor, start, row } = executorOnFakes();
    const task = await start();
    executor.stop(task.id, reason);
    expect(launcher.last.stops).toEqual([reason]);
    await launcher.last.endStopped();
    expect([row(task).status, row(task).error?.code ?? null]).toEqual([status, code]);
  });

  test('comes by itself when the time limit is reached, on the monotonic clock', async () => {
    const { clock, launcher, start, row } = executorOnFakes();
    const task = await start({ timeoutS: 60 });
    await clock.advance(59_999);
    expect(launcher.last.stops).toEqual([]);
    await clock.advance(1);
    expect(launcher.last.stops).toEqual(['time-limit']);
    await launcher.last.endStopped();
    expect(row(task)).toMatchObject({ status: 'failed', error: { code: 'TIME_LIMIT' } });
  });

  test('for memory gives the next attempt what the guard asks for', async () => {
    const { launcher, executor, start, row, reservations } = executorOnFakes();
    const task = await start();
    executor.stopForMemory(reservations.list()[0]!.id, 900);
    await launcher.last.endStopped();
    expect(row(task)).toMatchObject({ status: 'queued', attempt: 2, floorRamMb: 900 });
  });
});

describe('the watchdog', () => {
  test('fails an attempt whose process is gone without an end', async () => {
    const { launcher, start, row, watchdog, reservations } = executorOnFakes();
    const task = await start();
    watchdog.check();
    expect(row(task).status).toBe('running');
    launcher.last.isGone = true;
    watchdog.check();
    await settle();
    expect(row(task)).toMatchObject({ status: 'failed', error: { code: 'PROCESS_LOST' } });
    expect(reservations.list()).toEqual([]);
  });

  test('ends a stopped attempt whose process never goes', async () => {
    const { clock, executor, start, row, watchdog } = executorOnFakes();
    const task = await start();
    executor.stop(task.id, 'cancelled');
    await clock.advance(5_001);
    watchdog.check();
    await settle();
    expect(row(task).status).toBe('cancelled');
  });

  test('leaves an attempt alone whose end is being stored', async () => {
    const { clock, launcher, store, start, row, watchdog } = executorOnFakes();
    const task = await start();
    store.failure = connectionError();
    await launcher.last.end(done);
    await clock.advance(600_000);
    watchdog.check();
    store.failure = null;
    await clock.advance(1_000);
    expect(row(task).status).toBe('completed');
  });
});

describe('progress', () => {
  test('is stored before the end, and at most ten times a second after a burst', async () => {
    const { clock, launcher, store, start } = executorOnFakes();
    await start();
    for (let n = 0; n < 500; n += 1) {
      launcher.last.observer.onProgress(`step ${n}`, n / 500);
      await clock.advance(2);
    }
    await launcher.last.end(done);
    expect(store.progress.length).toBeGreaterThan(8);
    expect(store.progress.length).toBeLessThan(18);
    expect(store.progress.at(-1)!.description).toBe('step 499');
  });

  test('is bounded and free of what the database cannot hold', async () => {
    const { launcher, store, start } = executorOnFakes();
    await start();
    launcher.last.observer.onProgress(`a\u0000${'📊'.repeat(600)}`, Number.NaN);
    await launcher.last.end(done);
    const { description, progress } = store.progress[0]!;
    expect(Array.from(description)).toHaveLength(500);
    expect(description).not.toContain('\u0000');
    expect(progress).toBeNull();
  });
});

describe('draining', () => {
  test('waits for what ends in time and returns the rest to the queue', async () => {
    const { clock, launcher, executor, start, row } = executorOnFakes();
    const first = await start({ taskId: 'first' });
    const second = await start({ taskId: 'second' });
    const drained = executor.drain(10_000);
    await launcher.processes[0]!.end(done);
    await clock.advance(10_100);
    expect(launcher.last.stops).toEqual(['returned']);
    await launcher.last.endStopped();
    // The files of the attempts are removed from the disk first.
    expect(await clock.advanceUntil(drained)).toEqual({ finished: 1, requeued: 1, left: 0 });
    expect([row(first).status, row(second).status]).toEqual(['completed', 'queued']);
  });
});
