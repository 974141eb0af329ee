import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tools/test-kit/index.js';
import { BrokenTasks, endMs, isAlive } from './queue-faults.js';

/** Far below the 120 s for which a grandchild holds the pipe; the contract's time is 2 s. */
const stopMs = 20_000;

describe.each([
  ['in the process group of its task', false],
  ['in a session and process group that it leads', true],
])('a grandchild that holds stderr, %s', (_, detached) => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks.close());

  /** Starts a task that leaves a grandchild, and returns both ids. */
  async function start(order: object): Promise<{ taskId: string; pid: number }> {
    const taskId = await tasks.submit({ how: 'leave a grandchild', detached, ...order });
    const { description } = await tasks.described(taskId, /grandchild \d+/);
    const pid = Number(/grandchild (\d+)/.exec(description as string)?.[1]);
    expect(pid).toBeGreaterThan(0);
    return { taskId, pid };
  }

  /** A grandchild that has left the group may live on, if the log says so. */
  async function expectGoneOrReported(pid: number): Promise<void> {
    const isReported = () => detached && new RegExp(`\\b${pid}\\b`).test(tasks.server.log);
    const outcome = await waitFor(() => (!isAlive(pid) || isReported() ? 'ok' : null), 15_000).catch(
      () => 'lives on, unreported',
    );
    expect(outcome).toBe('ok');
  }

  /** Does not wait for the grandchild itself to end. */
  async function endOf(taskId: string, pid: number, withinMs: number) {
    const task = await tasks.endOrLast(taskId, withinMs);
    return { status: task.status as string, code: (task.error?.code ?? null) as string | null, pid };
  }

  test('does not delay the end of a task that has returned', async () => {
    const { taskId, pid } = await start({});
    expect(await endOf(taskId, pid, stopMs)).toEqual({ status: 'completed', code: null, pid });
    await expectGoneOrReported(pid);
  }, 180_000);

  test('does not delay a cancel', async () => {
    const { taskId, pid } = await start({ seconds: 120 });
    expect((await tasks.user.post(`/api/tasks/${taskId}/cancel`)).status).toBe(202);
    expect(await endOf(taskId, pid, stopMs)).toEqual({ status: 'cancelled', code: 'CANCELLED', pid });
    await expectGoneOrReported(pid);
  }, 180_000);

  test('does not delay the end at the time limit', async () => {
    const { taskId, pid } = await start({ seconds: 120, timeout_s: 10 });
    expect(await endOf(taskId, pid, endMs)).toEqual({ status: 'failed', code: 'TIME_LIMIT', pid });
    await expectGoneOrReported(pid);
  }, 180_000);

  test('frees the reservations', async () => {
    expect(await tasks.reservedCores(0)).toBe(0);
  });
});
