import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, Server } from './harness/server.js';

describe('a task that misbehaves', () => {
  let server: Server;
  let user: Client;

  beforeAll(async () => {
    server = await Server.start({
      HEADROOM_PLUGINS: join(import.meta.dirname, 'plugins', 'misbehaviour.mjs'),
    });
    user = await server.user('tester');
  });
  afterAll(() => server.remove());

  async function run(order: object): Promise<string> {
    const answer = await user.post('/api/misbehaviour', order);
    expect(answer.status).toBe(202);
    return answer.body.task_id as string;
  }

  /** Asks the health route all the time until a task has ended. */
  async function healthyUntilEnd(taskId: string): Promise<void> {
    const progress = { isOver: false };
    const ended = user.ended(taskId).finally(() => (progress.isOver = true));
    while (!progress.isOver) {
      expect((await server.anonymous().get('/api/health/live')).status).toBe(200);
      await delay(10);
    }
    await ended;
  }

  test.each([
    ['throw', 'TASK_FAILED', /^as it was told$/],
    ['exit', 'CRASHED', /exit code 7/],
    ['segfault', 'CRASHED', /signal SIGSEGV/],
    ['fill the heap', 'OUT_OF_MEMORY', /limit of 1024 MB.*measured peak was \d+ MB/],
  ])('by %s ends as failed with a code, and the server goes on', async (how, code, message) => {
    const id = await run({ how });
    await healthyUntilEnd(id);
    const task = await user.ended(id);
    expect(task).toMatchObject({ status: 'failed', error: { code } });
    expect(task.error.message).toMatch(message);
    expect((await server.anonymous().get('/api/health/ready')).body.status).toBe('up');
  });

  test('by allocating outside the heap beyond its limit ends as OUT_OF_MEMORY', async () => {
    const task = await user.ended(await run({ how: 'allocate', mb: 4000, seconds: 5 }));
    expect(task).toMatchObject({ status: 'failed', error: { code: 'OUT_OF_MEMORY' } });
    expect(task.error.message).toMatch(/limit of 1024 MB/);
  });

  test('by an endless loop is stopped at its time limit', async () => {
    const id = await run({ how: 'loop', timeout_s: 1 });
    const task = await user.ended(id);
    expect(task).toMatchObject({ status: 'failed', error: { code: 'TIME_LIMIT' } });
    expect(task.error.message).toBe('The task ran longer than its limit of 1 s.');
  });

  test('by an endless loop ends when it is cancelled', async () => {
    const id = await run({ how: 'loop' });
    const events = await user.events();
    await events.until(({ message }) => message.type === 'initial_state');
    await delay(500);
    expect((await user.post(`/api/tasks/${id}/cancel`)).status).toBe(202);
    const task = await user.ended(id);
    expect(task).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    await events.until(({ message }) => message.type === 'task_completed' && message.data.success === false);
    expect((await user.post(`/api/tasks/${id}/cancel`)).status).toBe(202);
    events.close();
  });

  test('by a flood of words is heard a few times a second and with its last word', async () => {
    const events = await user.events();
    const id = await run({ how: 'flood' });
    await events.until(({ message }) => message.type === 'task_completed' && message.data.task_id === id);
    const words = events.ofTask(id).filter(({ message }) => message.type === 'task_description_update');
    // Of 20,000; how many depends on how long it takes.
    expect(words.length).toBeLessThan(2000);
    expect(words.at(-1)!.message.data.description).toBe('word 19999');
    events.close();
  });

  test('can be retried by hand under its own id as the next attempt', async () => {
    const id = await run({ how: 'throw' });
    expect(await user.ended(id)).toMatchObject({ status: 'failed', attempt: 1 });
    const retried = await user.post(`/api/tasks/${id}/retry`);
    expect(retried).toMatchObject({ status: 202, body: { task_id: id, status: 'queued', attempt: 2 } });
    expect(await user.ended(id)).toMatchObject({ status: 'failed', attempt: 2 });
    const done = await run({ how: 'sleep', seconds: 0 });
    await user.ended(done);
    expect((await user.post(`/api/tasks/${done}/retry`)).body.code).toBe('TASK_NOT_RETRYABLE');
    expect((await user.post(`/api/tasks/${done}/cancel`)).body.code).toBe('TASK_FINISHED');
  });

  test('a function inside the server is shown as a task like any other', async () => {
    const events = await user.events();
    const id = await run({ in_process: true });
    await events.until(({ message }) => message.type === 'task_completed' && message.data.task_id === id);
    const words = events.ofTask(id).map(({ message }) => message.data.description as string);
    expect([...new Set(words)]).toEqual([
      '🚀 Starting custom task...',
      '📊 Processing data (50%)...',
      '✅ Custom task complete!',
    ]);
    events.close();
  });

  test('a paused queue starts nothing, says so, and goes on when resumed, also over a restart', async () => {
    const admin = await server.admin();
    await admin.post('/api/system/queue/pause');
    const id = await run({ how: 'sleep', seconds: 0 });
    expect((await user.get(`/api/tasks/${id}`)).body).toMatchObject({
      status: 'queued',
      queue_position: 1,
      wait_reason: 'Queue paused by an admin',
    });
    expect((await user.call('PATCH', `/api/tasks/${id}`, { priority: 5 })).body.code).toBe(
      'PRIORITY_TOO_HIGH',
    );
    expect((await user.call('PATCH', `/api/tasks/${id}`, { priority: -5 })).body.priority).toBe(-5);
    expect((await admin.call('PATCH', `/api/tasks/${id}`, { priority: 50 })).body.priority).toBe(50);

    expect(await server.signal('SIGTERM')).toBe(0);
    await server.start();
    const again = await server.admin();
    expect((await again.get(`/api/tasks/${id}`)).body.status).toBe('queued');
    await again.post('/api/system/queue/resume');
    expect(await again.ended(id)).toMatchObject({ status: 'completed', attempt: 1 });
  });

  test('a function inside the server ends as INTERRUPTED when the server is killed', async () => {
    user = await server.signIn('tester', 'tester-has-a-long-password');
    const id = await run({ in_process: true, seconds: 600 });
    await server.signal('SIGKILL');
    await server.start();
    const admin = await server.admin();
    expect(await admin.ended(id)).toMatchObject({ status: 'failed', error: { code: 'INTERRUPTED' } });
  });

  test('a second server on the same data folder refuses to start', async () => {
    const second = await Server.start({ HEADROOM_DATA_DIR: server.dataDir }).catch((error: unknown) =>
      String(error),
    );
    expect(second).toContain('is in use by another Headroom process');
  });
});
