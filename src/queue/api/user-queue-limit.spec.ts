import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { readConfig } from '../../config/config.js';
import type { DatabaseClock } from '../../database/database-clock.js';
import { TaskEvents } from '../domain/task-events.js';
import { QueueMirror } from '../scheduling/queue-mirror.js';
import { Submissions } from '../scheduling/submissions.js';
import { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import { newTask } from '../storage/new-task.fixture.js';
import { UserQueueLimit } from './user-queue-limit.js';

const full = expect.objectContaining({
  status: 429,
  code: 'QUEUE_FULL',
  detail: 'You have 2 tasks queued; at most 2 may wait.',
  extras: { headers: { 'Retry-After': '30' } },
});
const never = () => new Promise<void>(() => undefined);

describe('the limit of tasks that a user may have queued', () => {
  let limit: UserQueueLimit;
  let submissions: Submissions;
  let queue: (taskId: string, userId?: string) => void;
  let mirror: QueueMirror;

  beforeEach(() => {
    const store = new MemoryTaskStore();
    mirror = new QueueMirror(store.asStore, { offsetMs: 0 } as DatabaseClock, new TaskEvents());
    submissions = new Submissions(mirror, new ManualClock());
    limit = new UserQueueLimit(readConfig({ HEADROOM_MAX_QUEUED_PER_USER: '2' }), submissions);
    queue = (taskId, userId = 'alice') => {
      mirror.track(store.put({ taskId, userId }));
    };
  });

  const assertBelow = (userId = 'alice') => {
    return () => {
      limit.assertBelow(userId);
    };
  };

  test('is met when so many wait, and by no task of another user', () => {
    queue('a');
    queue('b', 'bob');
    queue('c', 'bob');
    expect(assertBelow()).not.toThrow();
    queue('d');
    expect(assertBelow()).toThrow(full);
    mirror.untrack('d');
    expect(assertBelow()).not.toThrow();
  });

  test('counts what waits, what is being stored and what is being queued again together', () => {
    queue('a');
    void submissions.submit(newTask({ taskId: 'b' }), never);
    expect(assertBelow()).toThrow(full);
    mirror.untrack('a');
    expect(assertBelow()).not.toThrow();
    void limit.requeue('alice', never);
    expect(assertBelow()).toThrow(full);
    expect(assertBelow('bob')).not.toThrow();
  });

  test('lets no more be queued again at once than there is room for', async () => {
    queue('a');
    let done!: (value: string) => void;
    const first = limit.requeue('alice', () => new Promise<string>((resolve) => (done = resolve)));
    let calls = 0;
    const second = limit.requeue('alice', () => Promise.resolve((calls += 1)));
    await expect(second).rejects.toEqual(full);
    expect(calls).toBe(0);
    done('stored');
    expect(await first).toBe('stored');
    expect(await limit.requeue('alice', () => Promise.resolve('again'))).toBe('again');
  });

  test('does not count what could not be queued again', async () => {
    const failure = new Error('away');
    for (let n = 0; n < 3; n += 1) {
      await expect(limit.requeue('alice', () => Promise.reject(failure))).rejects.toBe(failure);
    }
    const broken = () => {
      throw failure;
    };
    for (let n = 0; n < 3; n += 1) await expect(limit.requeue('alice', broken)).rejects.toBe(failure);
    expect(assertBelow()).not.toThrow();
  });
});
