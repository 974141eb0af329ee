import { describe, expect, test } from '@jest/globals';
import { taskRow } from './task.fixture.js';
import { Task } from './task.js';

describe('a task', () => {
  test('that goes back to the queue is the next attempt and keeps its place', () => {
    const { set } = new Task(taskRow({ status: 'running', attempt: 2, nodeId: 'a' })).requeue();
    expect(set).toMatchObject({ attempt: 3, maxAttempts: 3, nodeId: null, startedAt: null });
    expect(set).not.toHaveProperty('queuedAt');
  });

  test('that is retried on request queues behind the others, beyond its attempts if need be', () => {
    const failed = new Task(taskRow({ status: 'failed', attempt: 3, maxAttempts: 3, cpuSeconds: 4 }));
    expect(failed.hasAttemptsLeft).toBe(false);
    expect(failed.retry(null)).toMatchObject({
      name: 'retry',
      set: { attempt: 4, maxAttempts: 4, cpuSeconds: null },
    });
  });

  test('is shown to the scheduler in the time of this process', () => {
    const queuedAt = new Date(1_700_000_060_000);
    const notBefore = new Date(1_700_000_090_000);
    const task = new Task(taskRow({ queuedAt, notBefore, floorRamMb: 900 }));
    expect(task.asQueued(60_000)).toMatchObject({
      queuedAtMs: 1_700_000_000_000,
      notBeforeMs: 1_700_000_030_000,
      floorRamMb: 900,
      requested: { cpuMillicores: 1000, ramMb: 512 },
    });
  });
});
