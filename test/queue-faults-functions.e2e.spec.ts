import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tools/test-kit/index.js';
import { BrokenTasks } from './queue-faults.js';

/** A function's cancel ends within 2 s; the rest is for a busy machine, and below the 15 s for which one ignores it. */
const cancelMs = 10_000;
const reportsPerSecond = 10;
const reportBurst = 20;

describe('a function inside the server', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks.close());

  /** Starts one and returns its task's id, whatever the answer was: the list of tasks has it first. */
  async function start(order: object): Promise<string> {
    const newest = async () => (await tasks.user.get('/api/tasks?limit=1')).body.items[0]?.task_id as string;
    const before = await newest();
    await tasks.user.post('/api/broken-functions', order);
    return waitFor(async () => {
      const id = await newest();
      return id === before ? null : id;
    });
  }

  test.each([
    ['throws before its first await', 'throw before the first await', /thrown before the first await/],
    ['returns no promise', 'return no promise', /promise/],
  ])('that %s ends as failed and gives its reservation back', async (_, how, message) => {
    const taskId = await start({ how });
    const { status, error } = await tasks.endOrLast(taskId, 20_000);
    expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'TASK_FAILED' });
    expect(error.message).toMatch(message);
    expect(await tasks.reservedCores(0)).toBe(0);
  });

  test('that observes its signal can be cancelled', async () => {
    const taskId = await start({ how: 'stop on abort' });
    expect(await tasks.task(taskId)).toMatchObject({ status: 'running', can_cancel: true });
    expect((await tasks.user.post(`/api/tasks/${taskId}/cancel`)).status).toBe(202);
    expect(await tasks.endOrLast(taskId, cancelMs)).toMatchObject({
      status: 'cancelled',
      error: { code: 'CANCELLED' },
    });
    expect(await tasks.reservedCores(0)).toBe(0);
  });

  test('that ignores its signal is stored as cancelled and keeps its reservation until it returns', async () => {
    const taskId = await start({ how: 'ignore the signal' });
    expect((await tasks.user.post(`/api/tasks/${taskId}/cancel`)).status).toBe(202);
    expect(await tasks.endOrLast(taskId, cancelMs)).toMatchObject({ status: 'cancelled' });
    expect(await tasks.reservedCores(0, 0)).toBeGreaterThan(0);
    expect(await tasks.reservedCores(0, 60_000)).toBe(0);
    expect(await tasks.task(taskId)).toMatchObject({ status: 'cancelled' });
  });

  test('that takes no signal cannot be cancelled, and says so', async () => {
    const taskId = await start({ how: 'take no signal' });
    const { status, body } = await tasks.user.post(`/api/tasks/${taskId}/cancel`);
    expect([status, body.code]).toEqual([409, 'TASK_NOT_CANCELLABLE']);
    expect(await tasks.task(taskId)).toMatchObject({ status: 'running', can_cancel: false });
    expect(await tasks.endOrLast(taskId)).toMatchObject({ status: 'completed' });
  });

  test('that reports 5,000 times stores ten reports a second, and its last one', async () => {
    const events = await tasks.user.events();
    const taskId = await start({ how: 'report often', count: 5000 });
    await events.until(
      ({ message }) => message.type === 'task_completed' && message.data.task_id === taskId,
      60_000,
    );
    events.close();
    const { started_at, completed_at, description } = await tasks.task(taskId);
    expect(description).toBe('report 4999');
    // Nothing else runs, so the numbers between the first and the last event count what was stored.
    const numbers = events.ofTask(taskId).map(({ id }) => Number(id!.split('-').at(-1)));
    const stored = Math.max(...numbers) - Math.min(...numbers);
    const seconds = (Date.parse(completed_at as string) - Date.parse(started_at as string)) / 1000;
    expect(stored).toBeGreaterThan(5);
    expect(stored).toBeLessThanOrEqual(reportsPerSecond * seconds + reportBurst);
  });
});
