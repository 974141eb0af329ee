import { describe, expect, test } from '@jest/globals';
import { task as taskSchema } from '@app/contracts';
import { taskRow } from './task.fixture.js';
import { Task, unmeasured } from './task.js';

const now = new Date('2024-01-15T10:31:00.000Z');

describe('a task', () => {
  test('that ends keeps what was measured and its error', () => {
    const running = new Task(taskRow({ status: 'running', attempt: 2 }));
    const error = { code: 'TASK_FAILED', message: 'as it was told' };
    expect(running.fail(now, error, { cpuSeconds: 1.5, peakRamMb: 300 })).toEqual({
      event: 'task_completed',
      set: {
        status: 'failed',
        completedAt: now,
        leaseExpiresAt: null,
        error,
        cpuSeconds: 1.5,
        peakRamMb: 300,
      },
    });
    expect(running.complete(now, unmeasured).set).toMatchObject({
      status: 'completed',
      progress: 1,
      error: null,
    });
    expect(running.cancel(now).set).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
  });

  test('that goes back to the queue is the next attempt and keeps its place', () => {
    const { set, event } = new Task(taskRow({ status: 'running', attempt: 2, nodeId: 'a' })).requeue();
    expect(event).toBe('task_queued');
    expect(set).toMatchObject({
      status: 'queued',
      attempt: 3,
      maxAttempts: 3,
      nodeId: null,
      startedAt: null,
    });
    expect(set).not.toHaveProperty('queuedAt');
  });

  test('whose node was lost goes on at once the first time, and pauses for 1, 2, 4 … s after that', () => {
    const pauseS = (attempt: number) => {
      const { set } = new Task(taskRow({ status: 'running', attempt })).tryElsewhere(now);
      return set.notBefore === null ? null : (set.notBefore!.getTime() - now.getTime()) / 1000;
    };
    // 2^8 s would be more than the minute that is the most.
    expect([1, 2, 3, 4, 10].map(pauseS)).toEqual([null, 1, 2, 4, 60]);
  });

  test('that memory was short for pauses from the first time on', () => {
    const { set } = new Task(taskRow({ status: 'running' })).tryAgain(now, { floorRamMb: 900 });
    expect(set).toMatchObject({ notBefore: new Date(now.getTime() + 1000), floorRamMb: 900 });
  });

  test('that is returned through no fault of its own loses none of its attempts', () => {
    const task = new Task(taskRow({ status: 'running', attempt: 1, maxAttempts: 3 }));
    expect(task.requeue({ grantAttempt: true }).set).toMatchObject({ attempt: 2, maxAttempts: 4 });
  });

  test('that is retried by hand queues anew, beyond its attempts if need be', () => {
    const failed = new Task(taskRow({ status: 'failed', attempt: 3, maxAttempts: 3, cpuSeconds: 4 }));
    expect(failed.hasAttemptsLeft).toBe(false);
    expect(failed.retry(now, null).set).toMatchObject({
      attempt: 4,
      maxAttempts: 4,
      queuedAt: now,
      cpuSeconds: null,
    });
  });

  test('remembers the RAM that the guard asked for at its next attempt', () => {
    const again = new Task(
      taskRow({ ...taskRow(), ...new Task(taskRow()).requeue({ floorRamMb: 900 }).set }),
    );
    expect(again.asQueued()).toMatchObject({
      floorRamMb: 900,
      requested: { cpuMillicores: 1000, ramMb: 512 },
    });
  });

  test('is shown in the shape of the contract, with its place only while it queues', () => {
    const placement = {
      position: 3,
      reason: 'Behind 2 tasks in the queue',
      estimatedStartAtMs: now.getTime(),
    };
    const view = new Task(taskRow()).view(placement);
    expect(taskSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      estimated_cpu_cores: 1,
      estimated_ram_gb: 0.5,
      queue_position: 3,
      wait_reason: 'Behind 2 tasks in the queue',
      estimated_start_at: '2024-01-15T10:31:00.000Z',
    });
    const running = new Task(taskRow({ status: 'running' })).view(placement);
    expect(running).toMatchObject({ queue_position: null, wait_reason: null, estimated_start_at: null });
  });
});
