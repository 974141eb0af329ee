import { describe, expect, test } from '@jest/globals';
import type { TaskFunction, TaskHandler } from '@app/tasks-sdk';
import type { TaskRow } from '../domain/task-row.js';
import type { Task } from '../domain/task.js';
import { executorOnFakes } from './execution.fixture.js';
import { settle } from './fake-launcher.fixture.js';

function started(
  run: TaskFunction,
  handlers: readonly Partial<TaskHandler>[] = [],
  fields: Partial<TaskRow> = {},
) {
  const fakes = executorOnFakes(handlers);
  const task: Task = fakes.store.add({
    status: 'running',
    nodeId: 'here',
    durable: false,
    maxAttempts: 1,
    ...fields,
  });
  fakes.executor.startFunction(task, run);
  return { ...fakes, task };
}

describe('a function that is shown as a task', () => {
  test('completes when its promise resolves', async () => {
    const { task, row, reservations } = started(() => Promise.resolve());
    await settle();
    expect(row(task).status).toBe('completed');
    expect(reservations.list()).toEqual([]);
  });

  test.each<[string, TaskFunction, string]>([
    [
      'throws before its first await',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
    ['rejects', () => Promise.reject(new Error('broken')), 'broken'],
    [
      'returns no promise',
      (() => 5) as unknown as TaskFunction,
      'The function of the task returned no promise.',
    ],
    [
      'throws what has no text',
      () => {
        throw Object.create(null) as Error;
      },
      'An error that has no text.',
    ],
  ])('fails when it %s', async (_, run, message) => {
    const { task, row, reservations } = started(run);
    await settle();
    expect(row(task)).toMatchObject({ status: 'failed', error: { code: 'TASK_FAILED', message } });
    expect(reservations.list()).toEqual([]);
  });

  test('is not handed to the handler of its type when it completes', async () => {
    const completed = () => Promise.reject(new Error('called for a function'));
    const { task, row } = started(() => Promise.resolve(), [{ type: 'kept', completed }], {
      taskType: 'kept',
    });
    await settle();
    expect(row(task).status).toBe('completed');
  });

  test('is cancelled by its signal', async () => {
    const { task, row, executor } = started(
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))),
    );
    executor.stop(task.id, 'cancelled');
    await settle();
    expect(row(task)).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
  });

  test('that ignores its signal is stored as ended after two seconds and keeps its reservation', async () => {
    let finish!: () => void;
    const { task, row, executor, clock, reservations } = started(
      ({ signal: _ }) => new Promise<void>((resolve) => (finish = resolve)),
    );
    executor.stop(task.id, 'cancelled');
    await clock.advance(1_999);
    expect(row(task).status).toBe('running');
    await clock.advance(1);
    expect(row(task).status).toBe('cancelled');
    expect(executor.overdueFunctions).toEqual([task.id]);
    expect(reservations.list()).toHaveLength(1);
    finish();
    await settle();
    expect(reservations.list()).toEqual([]);
    expect(executor.overdueFunctions).toEqual([]);
  });

  test('that the server’s stop interrupts does not run again', async () => {
    const { task, row, executor } = started(
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))),
    );
    executor.stop(task.id, 'returned');
    await settle();
    expect(row(task)).toMatchObject({ status: 'failed', error: { code: 'INTERRUPTED' } });
  });

  test('reports at most ten times a second', async () => {
    const { store } = started(({ report }) => {
      for (let n = 0; n < 5000; n += 1) report(`step ${n}`, n / 5000);
      return Promise.resolve();
    });
    await settle();
    expect(store.progress.length).toBeLessThanOrEqual(5);
    expect(store.progress.at(-1)!.description).toBe('step 4999');
  });
});
