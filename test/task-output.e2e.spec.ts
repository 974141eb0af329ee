import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tools/test-kit/index.js';
import { BrokenTasks, endMs } from './queue-faults.js';

describe('the output of tasks', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks.close());

  function logOf(taskId: string): string {
    const path = join(tasks.server.dataDir, 'logs', `${taskId}.1.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  function rssMb(): number {
    const status = readFileSync(`/proc/${tasks.server.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024;
  }

  /** Runs a task that prints so many MB, and returns the most memory that the server took meanwhile. */
  async function print(mb: number): Promise<number> {
    const taskId = await tasks.submit({ how: 'print', text: 'another line of output', count: mb });
    let mostMb = 0;
    const status = await waitFor(async () => {
      expect(await tasks.isUp()).toBe(true);
      mostMb = Math.max(mostMb, rssMb());
      const task = await tasks.task(taskId);
      return ['completed', 'failed'].includes(task.status as string) ? (task.status as string) : null;
    }, 2 * endMs);
    expect(status).toBe('completed');
    const log = logOf(taskId);
    expect(Buffer.byteLength(log)).toBeLessThanOrEqual(2 ** 18);
    expect(log).toMatch(
      /^\[\d+ bytes before this line were dropped\]\n(?:another line of output\n){10000,}All is printed\.\n$/,
    );
    return mostMb;
  }

  test('of 100 MB is taken while the server answers, and hardly adds to its memory', async () => {
    // What the first task and the first log take is taken once.
    await print(10);
    const beforeMb = rssMb();
    expect((await print(100)) - beforeMb).toBeLessThan(20);
  }, 300_000);

  test('that ends in mid-line is kept when the task is stopped there, each stream as itself', async () => {
    const taskId = await tasks.submit({ how: 'print half a line and stay', seconds: 120 });
    await tasks.described(taskId, /printed/);
    await waitFor(() => (logOf(taskId) === 'a whole line\n' ? true : null));
    expect((await tasks.user.post(`/api/tasks/${taskId}/cancel`)).status).toBe(202);
    expect(await tasks.endOrLast(taskId)).toMatchObject({ status: 'cancelled' });
    expect(logOf(taskId)).toBe('a whole line\nhalf of a line\nhalf of a warning, \n');
  }, 180_000);
});
