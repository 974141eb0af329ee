import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tools/test-kit/index.js';
import { BrokenTasks, isAlive } from './queue-faults.js';

const rounds = 3;
const runningMs = 10_000;

describe('unfinished result files of a server and tasks that were killed', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks.close());

  const unfinished = () =>
    readdirSync(join(tasks.server.dataDir, 'results'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.tmp'),
    );

  /** Files whose names hold the process id of a task are written by that process. */
  const writersOf = (names: readonly string[]) =>
    names.map((name) => Number(/\.(\d+)\.tmp$/.exec(name)?.[1])).filter((pid) => pid > 0);

  test('are gone ten seconds after the next start', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const ids: string[] = [];
      for (let n = 0; n < 3; n += 1) ids.push(await tasks.submit({ how: 'write', count: 1000 }));
      await waitFor(() => (unfinished().length > 0 ? true : null));
      // The writers first: stopped, they cannot finish a file while the others are killed.
      for (const pid of writersOf(unfinished())) process.kill(pid, 'SIGSTOP');
      const left = unfinished();
      await tasks.server.signal('SIGKILL');
      for (const pid of writersOf(left)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      expect(left.length).toBeGreaterThan(0);

      await tasks.restart();
      const readyAt = performance.now();
      for (const id of ids) await tasks.user.post(`/api/tasks/${id}/cancel`);
      for (const id of ids) expect((await tasks.endOrLast(id)).status).toBe('cancelled');
      await delay(Math.max(0, readyAt + runningMs - performance.now()));
      expect({ round, unfinished: unfinished() }).toEqual({ round, unfinished: [] });
    }
  }, 300_000);

  test('are gone ten seconds after the next start while their tasks run again', async () => {
    const taskId = await tasks.submit({ how: 'write', count: 1000 });
    await waitFor(() => (unfinished().length > 0 ? true : null));
    for (const pid of writersOf(unfinished())) process.kill(pid, 'SIGSTOP');
    const left = unfinished();
    await tasks.server.signal('SIGKILL');
    for (const pid of writersOf(left)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');

    await tasks.restart();
    const remaining = () => unfinished().filter((name) => left.includes(name));
    await waitFor(() => (remaining().length === 0 ? true : null), runningMs).catch(() => undefined);
    expect(remaining()).toEqual([]);
    await tasks.user.post(`/api/tasks/${taskId}/cancel`);
    expect((await tasks.endOrLast(taskId)).status).toBe('cancelled');
    // Its files are removed after its end is stored.
    await waitFor(() => unfinished().length === 0, runningMs).catch(() => undefined);
    expect(unfinished()).toEqual([]);
  }, 180_000);
});
