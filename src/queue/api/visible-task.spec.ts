import { describe, expect, test } from '@jest/globals';
import { HttpProblem } from '../../problems/http-problem.js';
import { MemoryTaskStore, outage } from '../storage/memory-task-store.fixture.js';
import { admin, alice, bob } from './task-queue.fixture.js';
import { findVisibleTask } from './visible-task.js';

describe('a task that is looked for', () => {
  const store = new MemoryTaskStore();
  const task = store.put({ taskId: 'a', userId: 'alice' });

  test.each([alice, admin])('is found by %j', async (viewer) => {
    expect(await findVisibleTask(store.asStore, viewer, 'a')).toEqual(task);
  });

  test('is answered alike where it is another user’s and where there is none', async () => {
    const answers = await Promise.allSettled([
      findVisibleTask(store.asStore, bob, 'a'),
      findVisibleTask(store.asStore, bob, 'absent'),
      findVisibleTask(store.asStore, admin, 'absent'),
    ]);
    const notFound = { status: 'rejected', reason: HttpProblem.notFound() };
    expect(answers).toEqual([notFound, notFound, notFound]);
    expect(answers[0]).toMatchObject({ reason: { status: 404, code: 'NOT_FOUND' } });
  });

  test('is not said to be missing while the database is away', async () => {
    const away = new MemoryTaskStore();
    away.failure = outage;
    await expect(findVisibleTask(away.asStore, admin, 'a')).rejects.toBe(outage);
  });
});
