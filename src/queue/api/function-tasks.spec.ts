import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FunctionTask } from '@app/tasks-sdk';
import { readConfig } from '../../config/config.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { LocalExecutor } from '../execution/local-executor.js';
import { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import { FunctionTasks } from './function-tasks.js';
import { NewTasks } from './new-tasks.js';
import { customHandler } from './task-queue.fixture.js';

describe('functions that are shown as tasks', () => {
  let steps: string[];
  let store: MemoryTaskStore;
  let functions: FunctionTasks;
  const task: FunctionTask = {
    taskType: 'custom',
    taskId: 'mine',
    taskFunc: () => Promise.resolve(),
    userId: 'alice',
  };
  const hook = () => {
    steps.push(`hook, ${store.rows.size} stored`);
    return Promise.resolve();
  };

  beforeEach(() => {
    steps = [];
    store = new MemoryTaskStore();
    const handlers = new TaskHandlers();
    handlers.register(customHandler());
    const executor = {
      startFunction: ({ id, row }: { id: string; row: { status: string } }, run: unknown) => {
        steps.push(`start ${id} ${row.status}, ${run === task.taskFunc}, ${store.rows.size} stored`);
      },
    } as unknown as LocalExecutor;
    const config = readConfig({ HEADROOM_NODE_ID: 'here' });
    functions = new FunctionTasks(new NewTasks(config, handlers), store.asStore, executor);
  });

  test('start once they are stored with everything that belongs to them', async () => {
    const started = await functions.start(task, hook);
    expect(started.row).toMatchObject({ taskId: 'mine', status: 'running', nodeId: 'here' });
    expect(steps).toEqual(['hook, 0 stored', 'start mine running, true, 1 stored']);
  });

  test('do not start when what belongs to them cannot be stored', async () => {
    const failure = new Error('the feature failed');
    await expect(functions.start(task, () => Promise.reject(failure))).rejects.toBe(failure);
    expect([steps, store.rows.size]).toEqual([[], 0]);
  });

  test('are not stored when they cannot be made', async () => {
    await expect(functions.start({ ...task, taskType: 'unknown' }, hook)).rejects.toThrow('No handler');
    expect([steps, store.writes]).toEqual([[], []]);
  });
});
