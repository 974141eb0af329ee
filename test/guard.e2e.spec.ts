import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tools/test-kit/index.js';
import { Server, type Client } from './harness/server.js';

const plugin = join(import.meta.dirname, 'plugins', 'misbehaviour.mjs');
// Of 16 GB, a task is killed below 0.8 GB and none starts below 1.6 GB.
const [tooLittleGb, shortGb, enoughGb] = [0.5, 1.2, 16];

describe('the memory guard', () => {
  let server: Server;
  afterEach(() => server.remove());

  test('kills the newest task, keeps it waiting while memory is short, and runs it again', async () => {
    server = await Server.start({ HEADROOM_PLUGINS: plugin });
    const user = await server.user('hog');
    // The machine's figures are for admins alone.
    const admin = await server.admin();
    const task = async (id: string) => (await admin.get(`/api/tasks/${id}`)).body;
    const first = await running(user);
    const second = await running(user);

    server.host.setAvailableRam(tooLittleGb);
    await waitFor(() => server.log.includes('Killed to save the machine'));
    server.host.setAvailableRam(shortGb);
    const waiting = await waitFor(async () => {
      const now = await task(second);
      return now.wait_reason === 'Memory is short: 1.2GB of 16.0GB available (min: 1.6GB)' && now;
    });
    expect(waiting).toMatchObject({ status: 'queued', attempt: 2, error: null });
    expect((await server.anonymous().get('/api/health/live')).status).toBe(200);

    server.host.setAvailableRam(enoughGb);
    await waitFor(async () => (await task(second)).status === 'running');
    expect(await task(second)).toMatchObject({ attempt: 2 });
    expect(await task(first)).toMatchObject({ status: 'running', attempt: 1 });
    const kills = [...server.log.matchAll(/Killed to save the machine: [^,]*,/g)].map(String);
    expect(kills).toEqual(['Killed to save the machine: 0.5GB of 16.0GB RAM was available,']);
  });
});

/** A task that runs for longer than the test. */
async function running(user: Client): Promise<string> {
  const { body } = await user.post('/api/misbehaviour', { how: 'sleep', seconds: 600 });
  await waitFor(async () => (await user.get(`/api/tasks/${body.task_id}`)).body.status === 'running');
  return body.task_id as string;
}
