import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Server } from './harness/server.js';

const tasks = 5;
const taskMb = 800;
/** Room for two and a half such tasks before the guard's last 5 %, so that five at once are too many. */
const roomGb = 2.2;

describe('the memory guard', () => {
  let server: Server | undefined;
  afterEach(() => server?.remove());

  test('kills and requeues what grows beyond the machine, loses nothing, and the API answers throughout', async () => {
    server = await Server.start({
      HEADROOM_PLUGINS: join(import.meta.dirname, 'plugins', 'misbehaviour.mjs'),
      HEADROOM_RAM_GB: String(usedGb() + roomGb),
      HEADROOM_RAM_BUFFER_PERCENT: '1',
      HEADROOM_MAX_ATTEMPTS: '10',
    });
    const user = await server.user('hog');
    const events = await user.events();
    const ids = await Promise.all(
      Array.from({ length: tasks }, async () => {
        // They declare 0.25 GB and take three times as much: nothing warns the scheduler before it happens.
        const { body } = await user.post('/api/misbehaviour', { how: 'allocate', mb: taskMb, seconds: 3 });
        return body.task_id as string;
      }),
    );

    const open = new Set(ids);
    while (open.size > 0) {
      expect((await server.anonymous().get('/api/health/live')).status).toBe(200);
      for (const { message } of events.events) {
        if (message.type === 'task_completed') open.delete(message.data.task_id as string);
      }
      await delay(20);
    }

    for (const id of ids) expect(await user.ended(id)).toMatchObject({ status: 'completed' });
    const killed = events.events.filter(
      ({ message }) => message.type === 'task_queued' && message.data.attempt > 1,
    );
    expect(killed.length).toBeGreaterThan(0);
    expect(server.log).toContain('Killed to save the machine');
    events.close();
  }, 180_000);
});

function usedGb(): number {
  const figures = readFileSync('/proc/meminfo', 'utf8');
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(figures)![1]);
  return (kb('MemTotal') - kb('MemAvailable')) / 2 ** 20;
}
