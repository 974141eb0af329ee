import { beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { queriesOf } from '../../database/database-transaction.js';
import type { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import { customHandler, QueueOnFakes, submission } from './task-queue.fixture.js';
import type { Submission, TaskQueue } from './task-queue.js';

describe('submissions to the queue', () => {
  let fakes: QueueOnFakes;
  let queue: TaskQueue;
  let store: MemoryTaskStore;
  beforeEach(() => {
    fakes = new QueueOnFakes();
    ({ queue, store } = fakes);
  });

  test('stores what the handler makes of a payload, and answers with a view', async () => {
    const task = await queue.enqueue('custom', { words: 'hello' }, { userId: 'alice', priority: -5 });
    expect(task).toMatchObject({
      task_type: 'custom',
      status: 'queued',
      user_id: 'alice',
      priority: -5,
      description: 'Says hello',
      subject: 'Says hello',
      estimated_cpu_cores: 0.5,
      estimated_ram_gb: 0.25,
    });
    expect(task).not.toHaveProperty('payload');
    expect(store.rows.get(task.task_id)).toMatchObject({
      payload: { words: 'hello', times: 3 },
      size: 3,
      durable: true,
    });
  });

  test('keeps the subject that the handler gives, bounded and storable', async () => {
    fakes.handlers.register(customHandler({ type: 'loud', subject: () => `\u0000${'🚀'.repeat(300)}` }));
    const { subject, description } = await queue.enqueue('loud', { words: 'a' }, { userId: 'alice' });
    expect(Array.from(subject)).toHaveLength(200);
    expect(subject.startsWith('\uFFFD🚀')).toBe(true);
    expect(description).toBe('Says a');
  });

  test.each(['a/b', '', '..', 'x'.repeat(65), 'a b', 'a.b'])(
    'refuses the task id %p before it stores',
    async (taskId) => {
      const options = { userId: 'alice', taskId };
      await expect(queue.enqueue('custom', { words: 'a' }, options)).rejects.toThrow('is not valid');
      const taskFunc = () => Promise.resolve();
      await expect(queue.registerRunningTask({ taskType: 'custom', taskFunc, ...options })).rejects.toThrow(
        'is not valid',
      );
      expect([store.writes, fakes.started]).toEqual([[], []]);
    },
  );

  test('refuses a payload that the schema refuses, and a type that no handler has', async () => {
    await expect(queue.enqueue('custom', { words: 1 }, { userId: 'alice' })).rejects.toThrow(z.ZodError);
    await expect(queue.enqueue('unknown', {}, { userId: 'alice' })).rejects.toThrow('registered: custom');
    expect(store.writes).toEqual([]);
  });

  test('refuses a task that no node can run, and one beyond the limit of its user', async () => {
    fakes.infeasible = 'It needs 64 cores; the largest node has 8';
    const options = { userId: 'alice' };
    const enqueue = () => queue.enqueue('custom', { words: 'a' }, options);
    await expect(enqueue()).rejects.toMatchObject({ status: 422, code: 'TASK_TOO_LARGE' });
    fakes.infeasible = null;
    await enqueue();
    // The second one is accepted while the storage of the third one is looked up.
    fakes.quota = async () => {
      fakes.quota = () => Promise.resolve();
      await enqueue();
    };
    await expect(enqueue()).rejects.toMatchObject({ status: 429, code: 'QUEUE_FULL' });
    expect(store.rows.size).toBe(2);
  });

  test('makes the further writes of a caller in the transaction that accepts the task', async () => {
    const seen: unknown[] = [];
    const inTransaction: Submission['inTransaction'] = (transaction, { task_id, status }) => {
      seen.push(queriesOf(transaction), task_id, status, store.rows.size);
      return Promise.resolve();
    };
    await queue.enqueue('custom', { words: 'a' }, { userId: 'alice', taskId: 'mine', inTransaction });
    expect(seen).toEqual([undefined, 'mine', 'queued', 0]);

    const failing = () => Promise.reject(new Error('the feature failed'));
    const refused = queue.enqueue('custom', { words: 'a' }, { userId: 'bob', inTransaction: failing });
    await expect(refused).rejects.toThrow('the feature failed');
    expect(store.rows.size).toBe(1);
  });

  test('answers a named request once, however often it comes', async () => {
    const named = submission({ idempotency: { key: 'k', requestHash: 'h' } });
    const first = await queue.submit(named);
    expect(first).toMatchObject({ status: 202, replayed: false });
    expect(await queue.submit(named)).toEqual({ ...first, replayed: true });
    expect(store.rows.size).toBe(1);
    const other = submission({ idempotency: { key: 'k', requestHash: 'other' } });
    await expect(queue.submit(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('answers a request that is sent twice at once with one task', async () => {
    const named = submission({ idempotency: { key: 'k', requestHash: 'h' } });
    const both = await Promise.all([queue.submit(named), queue.submit(named)]);
    expect(both.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
    expect(both[0].body).toEqual(both[1].body);
    expect(store.rows.size).toBe(1);
  });

  test('makes a task for each request without a name', async () => {
    await queue.submit(submission());
    await queue.submit(submission());
    expect(store.rows.size).toBe(2);
  });
});
