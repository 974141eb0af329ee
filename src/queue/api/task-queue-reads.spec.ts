import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FunctionTask } from '@app/tasks-sdk';
import type { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import { admin, alice, bob, customHandler, QueueOnFakes } from './task-queue.fixture.js';
import type { TaskQueue } from './task-queue.js';

describe('functions and reads of the queue', () => {
  let fakes: QueueOnFakes;
  let queue: TaskQueue;
  let store: MemoryTaskStore;
  beforeEach(() => {
    fakes = new QueueOnFakes();
    ({ queue, store } = fakes);
  });

  test('stores a function as a running task of this node, then calls it', async () => {
    const taskFunc: FunctionTask['taskFunc'] = ({ signal }) => Promise.resolve(signal);
    const task = await queue.registerRunningTask({ taskType: 'custom', taskFunc, userId: 'alice' });
    expect(task).toMatchObject({
      status: 'running',
      subject: 'Custom',
      description: 'Custom',
      can_cancel: true,
    });
    const expected = {
      durable: false,
      cancellable: true,
      maxAttempts: 1,
      nodeId: 'here',
      cpuMillicores: 500,
    };
    expect(store.rows.get(task.task_id)!).toMatchObject(expected);
    expect(fakes.started).toEqual([{ taskId: task.task_id, run: taskFunc }]);
  });

  test('shows that a function which takes no context cannot be cancelled', async () => {
    const taskFunc = () => Promise.resolve();
    const words = { subject: 'Sync', description: 'Waiting' };
    const resources = { cpuCores: 0, ramGb: 0 };
    const task = await queue.registerRunningTask({
      taskType: 'sync',
      taskFunc,
      userId: 'bob',
      resources,
      ...words,
    });
    expect(task).toMatchObject({ ...words, can_cancel: false, estimated_cpu_cores: 0 });
  });

  test('calls no function whose task could not be stored', async () => {
    store.failure = new Error('no database');
    const task = { taskType: 'custom', taskFunc: () => Promise.resolve(), userId: 'alice' };
    await expect(queue.registerRunningTask(task)).rejects.toThrow('no database');
    expect(fakes.started).toEqual([]);
  });

  test('passes the progress of functions on', () => {
    queue.updateTaskDescription('t', 'Half', 0.5);
    queue.updateTaskDescription('t', 'Somewhere');
    expect(fakes.reports).toEqual([
      ['t', 'Half', 0.5],
      ['t', 'Somewhere', null],
    ]);
  });

  test('says whether a task of a type could start', () => {
    expect(queue.canRunTask('custom')).toEqual({ canRun: true, reason: null });
    fakes.handlers.register(customHandler({ type: 'huge', resources: { cpuCores: 64, ramGb: 1 } }));
    expect(queue.canRunTask('huge')).toEqual({ canRun: false, reason: 'need 64 cores' });
  });

  test('shows tasks only to their owners and to admins', async () => {
    const { task_id } = await queue.enqueue('custom', { words: 'a' }, { userId: 'alice' });
    expect(await queue.find(alice, task_id)).toMatchObject({ task_id });
    expect(await queue.find(admin, task_id)).toMatchObject({ task_id });
    await expect(queue.find(bob, task_id)).rejects.toMatchObject({ status: 404 });
    await expect(queue.find(alice, 'unknown')).rejects.toMatchObject({ status: 404 });
    expect(await queue.findOrNull(bob, task_id)).toBeNull();
    expect([...(await queue.findMany(alice, [task_id, 'unknown'])).keys()]).toEqual([task_id]);
    expect((await queue.findMany(bob, [task_id])).size).toBe(0);
    expect(await queue.getQueueStatus(alice)).toEqual({ shownTo: alice });
  });

  test('finds what has not ended, by type and among ids', async () => {
    store.put({ taskId: 'a', taskType: 'custom', status: 'queued' });
    store.put({ taskId: 'b', taskType: 'other', status: 'running' });
    store.put({ taskId: 'c', taskType: 'custom', status: 'failed' });
    const ids = async (filter: { taskType?: string }) =>
      (await queue.unfinished(filter)).map(({ task_id }) => task_id);
    expect(await ids({})).toEqual(['a', 'b']);
    expect(await ids({ taskType: 'custom' })).toEqual(['a']);
    expect(await queue.unfinishedAmong(['c', 'b', 'unknown'])).toEqual(['b']);
  });

  test('tells of every task that ends, with its view', async () => {
    const ended: unknown[] = [];
    queue.endedTasks$.subscribe(({ task_id, status }) => ended.push([task_id, status]));
    store.put({ taskId: 'a', status: 'running' });
    store.put({ taskId: 'b', status: 'running' });
    await store.settle('a', 'completed');
    await store.settle('b', 'failed');
    expect(ended).toEqual([
      ['a', 'completed'],
      ['b', 'failed'],
    ]);
  });
});
