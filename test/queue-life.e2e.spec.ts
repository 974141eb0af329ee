import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Server, type Client } from './harness/server.js';
import { createDatabase, waitFor } from '../tools/test-kit/index.js';

const plugin = join(import.meta.dirname, 'plugins', 'misbehaviour.mjs');
const most = 3;
/** Enough for a task of half a second to end on a busy machine; one of ten minutes has all of it. */
const graceS = 10;
const serverUrl = process.env.TEST_DATABASE_URL;
const stores = ['embedded', ...(serverUrl === undefined ? [] : ['PostgreSQL'])];

describe.each(stores)('the queue as its users drive it, on %s', (store) => {
  let database: Awaited<ReturnType<typeof createDatabase>> | null = null;
  let server: Server;
  let admin: Client;
  let user: Client;

  beforeAll(async () => {
    if (store === 'PostgreSQL') database = await createDatabase(serverUrl!);
    server = await Server.start({
      HEADROOM_PLUGINS: plugin,
      HEADROOM_MAX_QUEUED_PER_USER: String(most),
      HEADROOM_STOP_GRACE_S: String(graceS),
      ...(database && { DATABASE_URL: database.url, HEADROOM_NODE_ID: 'one' }),
    });
    admin = await server.admin();
    user = await server.user('ana');
  });
  afterAll(async () => {
    await server.remove();
    await database?.drop();
  });

  const post = (by: Client, order: object) => by.post('/api/misbehaviour', order);
  const pause = () => admin.post('/api/system/queue/pause');
  const resume = () => admin.post('/api/system/queue/resume');
  const task = async (taskId: string) => (await user.get(`/api/tasks/${taskId}`)).body;

  test('lets so many of a user’s tasks wait and no more, even when they all come at once', async () => {
    await pause();
    const answers = await Promise.all(Array.from({ length: 4 * most }, () => post(user, { how: 'sleep' })));
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 429);
    expect([accepted.length, refused.length]).toEqual([most, 3 * most]);
    for (const { body, headers } of refused) {
      expect(body.code).toBe('QUEUE_FULL');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await post(await server.user('ben'), { how: 'sleep' })).status).toBe(202);

    const [first, second, third] = accepted.map(({ body }) => body.task_id as string);
    expect((await user.post(`/api/tasks/${first}/cancel`)).body).toMatchObject({
      status: 'cancelled',
      started_at: null,
      error: { code: 'CANCELLED' },
    });
    const next = await post(user, { how: 'sleep' });
    expect(next.status).toBe(202);
    expect((await user.post(`/api/tasks/${first}/retry`)).body.code).toBe('QUEUE_FULL');

    await resume();
    for (const taskId of [second, third, next.body.task_id]) {
      expect(await user.ended(taskId)).toMatchObject({ status: 'completed' });
    }
    expect((await user.post(`/api/tasks/${first}/retry`)).body).toMatchObject({ attempt: 2 });
    expect(await user.ended(first!)).toMatchObject({ status: 'completed', attempt: 2 });
  });

  test('moves a task by its priority', async () => {
    await pause();
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await post(user, { how: 'sleep' })).body.task_id as string);
    await admin.call('PATCH', `/api/tasks/${ids[2]}`, { priority: 50 });
    await user.call('PATCH', `/api/tasks/${ids[0]}`, { priority: -50 });
    const order = await waitFor(async () => {
      const { queued_tasks } = (await user.get('/api/system/queue')).body;
      const ordered = queued_tasks.map(({ task_id }: { task_id: string }) => task_id);
      return ordered[0] === ids[2] && ordered[2] === ids[0] ? ordered : null;
    });
    expect(order).toEqual([ids[2], ids[1], ids[0]]);
    await resume();
    for (const taskId of ids) await user.ended(taskId);
  });

  test('stops a running task at SIGTERM, keeps its place and its attempts, and takes it up again', async () => {
    const taskId = (await post(user, { how: 'sleep', seconds: 600 })).body.task_id as string;
    await waitFor(async () => (await task(taskId)).status === 'running');
    const attempts = (await task(taskId)).max_attempts as number;
    const short = (await post(user, { how: 'sleep', seconds: 0.5 })).body.task_id as string;
    await waitFor(async () => (await task(short)).status === 'running');
    expect(await server.signal('SIGTERM')).toBe(0);
    expect(server.log).toContain(`[QueueWorker] Stopping (SIGTERM): 2 running tasks get up to ${graceS} s`);
    expect(server.log).toContain('[QueueWorker] Stopped: 1 finished, 1 queued again"');
    await server.start();
    user = await server.signIn('ana', 'ana-has-a-long-password');
    const again = await waitFor(async () => {
      const now = await task(taskId);
      return now.status === 'running' ? now : null;
    });
    expect(again).toMatchObject({ attempt: 2, max_attempts: attempts + 1, error: null });
    await user.post(`/api/tasks/${taskId}/cancel`);
    expect(await user.ended(taskId)).toMatchObject({ status: 'cancelled', attempt: 2 });
  });
});
