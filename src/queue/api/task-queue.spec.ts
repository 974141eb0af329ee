import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FunctionTask, TaskHandler } from '@app/tasks-sdk';
import { z } from 'zod';
import { readConfig } from '../../config/config.js';
import { queriesOf } from '../../database/database-transaction.js';
import { HttpProblem } from '../../http/http-problem.js';
import type { StorageQuota } from '../../quota/storage-quota.js';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { NodeRegistry } from '../cluster/node-registry.js';
import { TaskEvents } from '../domain/task-events.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { LocalExecutor } from '../execution/local-executor.js';
import type { QueuePositions } from '../scheduling/queue-positions.js';
import type { Submissions } from '../scheduling/submissions.js';
import { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import type { NewTask, TransactionHook } from '../storage/task-writes.js';
import { FunctionTasks } from './function-tasks.js';
import { IdempotentAnswers, type Answer, type IdempotentRequest } from './idempotency.js';
import { NewTasks } from './new-tasks.js';
import type { QueueStatusReader } from './queue-status.js';
import { SubmissionChecks } from './submission-checks.js';
import { TaskLookup } from './task-lookup.js';
import { TaskQueue, type Submission } from './task-queue.js';
import { TaskViews } from './task-views.js';
import { UserQueueLimit } from './user-queue-limit.js';

/** Answers in memory, by user and key. */
class MemoryAnswers extends IdempotentAnswers {
  readonly answers = new Map<string, { readonly requestHash: string; readonly answer: Answer }>();

  constructor() {
    super(undefined as never);
  }

  override find(userId: string, { key, requestHash }: IdempotentRequest): Promise<Answer | null> {
    const known = this.answers.get(`${userId} ${key}`);
    if (known && known.requestHash !== requestHash) {
      return Promise.reject(new HttpProblem(422, 'IDEMPOTENCY_KEY_REUSED', 'Used before.'));
    }
    return Promise.resolve(known?.answer ?? null);
  }

  override record(_: unknown, userId: string, request: IdempotentRequest, answer: Answer): Promise<void> {
    const key = `${userId} ${request.key}`;
    if (this.answers.has(key)) return Promise.reject(new Error('duplicate key'));
    this.answers.set(key, { requestHash: request.requestHash, answer });
    return Promise.resolve();
  }
}

const alice = { userId: 'alice', isAdmin: false };
const bob = { userId: 'bob', isAdmin: false };
const admin = { userId: 'root', isAdmin: true };

describe('the queue as features and plug-ins see it', () => {
  let store: MemoryTaskStore;
  let answers: MemoryAnswers;
  let handlers: TaskHandlers;
  let queue: TaskQueue;
  let started: { taskId: string; run: FunctionTask['taskFunc'] }[];
  let reports: unknown[];
  let infeasible: string | null;
  let quota: () => Promise<void>;

  beforeEach(() => {
    const events = new TaskEvents();
    store = new MemoryTaskStore(events);
    answers = new MemoryAnswers();
    handlers = new TaskHandlers();
    [started, reports, infeasible, quota] = [[], [], null, () => Promise.resolve()];
    const config = readConfig({ HEADROOM_NODE_ID: 'here', HEADROOM_MAX_QUEUED_PER_USER: '2' });
    const submissions = {
      submit: (row: NewTask, hook: TransactionHook) => store.insert(row, null, hook),
      queuedCountOf: (userId: string) =>
        [...store.rows.values()].filter((row) => row.userId === userId).length,
    } as unknown as Submissions;
    const checks = new SubmissionChecks(
      handlers,
      new UserQueueLimit(config, submissions),
      { infeasibilityReason: () => infeasible } as unknown as NodeRegistry,
      {
        canRun: ({ requested }: { requested: { cpuMillicores: number } }) =>
          decision(requested.cpuMillicores),
      } as unknown as ResourceMonitor,
      { admit: () => quota() } as unknown as StorageQuota,
    );
    const executor = {
      startFunction: ({ id }: { id: string }, run: FunctionTask['taskFunc']) =>
        started.push({ taskId: id, run }),
      report: (...report: unknown[]) => reports.push(report),
    } as unknown as LocalExecutor;
    const positions = { of: () => null } as unknown as QueuePositions;
    const newTasks = new NewTasks(config, handlers);
    queue = new TaskQueue(
      newTasks,
      checks,
      submissions,
      new FunctionTasks(newTasks, store.asStore, executor),
      new TaskLookup(
        store.asStore,
        new TaskViews(handlers, positions),
        { page: (viewer: unknown) => Promise.resolve({ shownTo: viewer }) } as unknown as QueueStatusReader,
        events,
      ),
      answers,
    );
    handlers.register(customHandler());
  });

  function customHandler(fields: Partial<TaskHandler> = {}): TaskHandler {
    return {
      type: 'custom',
      label: 'Custom',
      resources: { cpuCores: 0.5, ramGb: 0.25 },
      payload: z.strictObject({ words: z.string(), times: z.int().default(3) }),
      size: (payload) => (payload as { times: number }).times,
      describe: (payload) => `Says ${(payload as { words: string }).words}`,
      entry: new URL(import.meta.url),
      ...fields,
    };
  }

  const rowOf = (taskId: string) => store.rows.get(taskId)!;
  const submission = (fields: Partial<Submission> = {}): Submission => ({
    type: 'custom',
    payload: { words: 'hello' },
    userId: 'alice',
    idempotency: null,
    answer: (task) => ({ location: `/api/custom/${task.task_id}`, body: { id: task.task_id } }),
    ...fields,
  });

  test('stores what the handler makes of a payload, and answers with a view', async () => {
    const task = await queue.enqueue('custom', { words: 'hello' }, { userId: 'alice', priority: -5 });
    expect(task).toMatchObject({
      task_type: 'custom',
      status: 'queued',
      user_id: 'alice',
      priority: -5,
      description: 'Says hello',
      subject: 'Says hello',
      estimated_cpu_cores: 0.5,
      estimated_ram_gb: 0.25,
    });
    expect(task).not.toHaveProperty('payload');
    expect(rowOf(task.task_id)).toMatchObject({
      payload: { words: 'hello', times: 3 },
      size: 3,
      durable: true,
    });
  });

  test('keeps the subject that the handler gives, bounded and storable', async () => {
    handlers.register(customHandler({ type: 'loud', subject: () => `\u0000${'🚀'.repeat(300)}` }));
    const { subject, description } = await queue.enqueue('loud', { words: 'a' }, { userId: 'alice' });
    expect(Array.from(subject)).toHaveLength(200);
    expect(subject.startsWith('\uFFFD🚀')).toBe(true);
    expect(description).toBe('Says a');
  });

  test.each(['a/b', '', '..', 'x'.repeat(65), 'a b', 'a.b'])(
    'refuses the task id %p before it stores',
    async (taskId) => {
      const options = { userId: 'alice', taskId };
      await expect(queue.enqueue('custom', { words: 'a' }, options)).rejects.toThrow('is not valid');
      const taskFunc = () => Promise.resolve();
      await expect(queue.registerRunningTask({ taskType: 'custom', taskFunc, ...options })).rejects.toThrow(
        'is not valid',
      );
      expect([store.writes, started]).toEqual([[], []]);
    },
  );

  test('refuses a payload that the schema refuses, and a type that no handler has', async () => {
    await expect(queue.enqueue('custom', { words: 1 }, { userId: 'alice' })).rejects.toThrow(z.ZodError);
    await expect(queue.enqueue('unknown', {}, { userId: 'alice' })).rejects.toThrow('registered: custom');
    expect(store.writes).toEqual([]);
  });

  test('refuses a task that no node can run, and one beyond the limit of its user', async () => {
    infeasible = 'It needs 64 cores; the largest node has 8';
    const options = { userId: 'alice' };
    const enqueue = () => queue.enqueue('custom', { words: 'a' }, options);
    await expect(enqueue()).rejects.toMatchObject({ status: 422, code: 'TASK_TOO_LARGE' });
    infeasible = null;
    await enqueue();
    // The second one is accepted while the storage of the third one is looked up.
    quota = async () => {
      quota = () => Promise.resolve();
      await enqueue();
    };
    await expect(enqueue()).rejects.toMatchObject({ status: 429, code: 'QUEUE_FULL' });
    expect(store.rows.size).toBe(2);
  });

  test('makes the further writes of a caller in the transaction that accepts the task', async () => {
    const seen: unknown[] = [];
    const inTransaction: Submission['inTransaction'] = (transaction, { task_id, status }) => {
      seen.push(queriesOf(transaction), task_id, status, store.rows.size);
      return Promise.resolve();
    };
    await queue.enqueue('custom', { words: 'a' }, { userId: 'alice', taskId: 'mine', inTransaction });
    expect(seen).toEqual([undefined, 'mine', 'queued', 0]);

    const failing = () => Promise.reject(new Error('the feature failed'));
    const refused = queue.enqueue('custom', { words: 'a' }, { userId: 'bob', inTransaction: failing });
    await expect(refused).rejects.toThrow('the feature failed');
    expect(store.rows.size).toBe(1);
  });

  test('answers a named request once, however often it comes', async () => {
    const named = submission({ idempotency: { key: 'k', requestHash: 'h' } });
    const first = await queue.submit(named);
    expect(first).toMatchObject({ status: 202, replayed: false });
    expect(await queue.submit(named)).toEqual({ ...first, replayed: true });
    expect(store.rows.size).toBe(1);
    const other = submission({ idempotency: { key: 'k', requestHash: 'other' } });
    await expect(queue.submit(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('answers a request that is sent twice at once with one task', async () => {
    const named = submission({ idempotency: { key: 'k', requestHash: 'h' } });
    const both = await Promise.all([queue.submit(named), queue.submit(named)]);
    expect(both.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
    expect(both[0].body).toEqual(both[1].body);
    expect(store.rows.size).toBe(1);
  });

  test('makes a task for each request without a name', async () => {
    await queue.submit(submission());
    await queue.submit(submission());
    expect(store.rows.size).toBe(2);
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
    expect(rowOf(task.task_id)).toMatchObject(expected);
    expect(started).toEqual([{ taskId: task.task_id, run: taskFunc }]);
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
    expect(started).toEqual([]);
  });

  test('passes the progress of functions on', () => {
    queue.updateTaskDescription('t', 'Half', 0.5);
    queue.updateTaskDescription('t', 'Somewhere');
    expect(reports).toEqual([
      ['t', 'Half', 0.5],
      ['t', 'Somewhere', null],
    ]);
  });

  test('says whether a task of a type could start', () => {
    expect(queue.canRunTask('custom')).toEqual({ canRun: true, reason: null });
    handlers.register(customHandler({ type: 'huge', resources: { cpuCores: 64, ramGb: 1 } }));
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

function decision(cpuMillicores: number): unknown {
  return cpuMillicores > 8000
    ? { admitted: false, reason: `need ${cpuMillicores / 1000} cores` }
    : { admitted: true };
}
