import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { readConfig } from '../../config/config.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { StopReason } from '../domain/attempt-outcome.js';
import { TaskEvents } from '../domain/task-events.js';
import { taskError } from '../domain/task-error-codes.js';
import { unmeasured, type Task } from '../domain/task.js';
import type { TaskExecutor } from '../execution/task-executor.js';
import { QueueMirror } from '../scheduling/queue-mirror.js';
import { Submissions } from '../scheduling/submissions.js';
import { newTask } from '../storage/new-task.fixture.js';
import { TaskHistory } from '../storage/task-history.js';
import { TaskStore } from '../storage/task-store.js';
import { TaskCommands } from './task-commands.js';
import { UserQueueLimit } from './user-queue-limit.js';

const alice = { userId: 'alice', isAdmin: false };
const bob = { userId: 'bob', isAdmin: false };
const admin = { userId: 'root', isAdmin: true };
const noHook = () => Promise.resolve();

describe.each(stores)('the commands for tasks on %s', (_, open) => {
  let opened: TestDatabase;
  let store: TaskStore;
  let mirror: QueueMirror;
  let commands: TaskCommands;
  let stopped: { taskId: string; reason: StopReason }[];

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    const { database } = opened;
    await database.queries.execute(sql`truncate tasks, task_events, settings cascade`);
    const config = readConfig({ HEADROOM_NODE_ID: 'here', HEADROOM_MAX_QUEUED_PER_USER: '3' });
    const events = new TaskEvents();
    const clock = new ManualClock();
    store = new TaskStore(database, events, config);
    await store.begin();
    mirror = new QueueMirror(store, new DatabaseClock(database, clock), events);
    stopped = [];
    const executor = {
      stop: (taskId: string, reason: StopReason) => stopped.push({ taskId, reason }) > 0,
    } as unknown as TaskExecutor;
    const limit = new UserQueueLimit(config, new Submissions(mirror, clock));
    commands = new TaskCommands(store, new TaskHistory(database), mirror, executor, limit);
  });

  async function queued(taskId: string, fields: Partial<Parameters<typeof newTask>[0]> = {}): Promise<Task> {
    const task = await store.insert(newTask({ taskId, userId: 'alice', ...fields }), null, noHook);
    mirror.track(task);
    return task;
  }

  async function running(taskId: string, fields: Partial<Parameters<typeof newTask>[0]> = {}): Promise<Task> {
    const task = await queued(taskId, fields);
    mirror.untrack(taskId);
    return (await store.apply(task, task.claim('here')))!;
  }

  async function failed(taskId: string, fields: Partial<Parameters<typeof newTask>[0]> = {}): Promise<Task> {
    const task = await running(taskId, fields);
    return (await store.apply(task, task.fail(taskError('TASK_FAILED', 'It threw.'), unmeasured)))!;
  }

  const statusOf = async (taskId: string) => (await store.find(taskId))!.row.status;
  const refusal = (code: string) => expect.objectContaining({ code });

  describe('a cancel', () => {
    test('ends a queued task at once', async () => {
      await queued('t1');
      expect((await commands.cancel(alice, 't1')).row.status).toBe('cancelled');
      expect(mirror.get('t1')).toBeNull();
      expect(stopped).toEqual([]);
    });

    test('stops the attempt of a running task, and is remembered for the node that runs it', async () => {
      await running('t1');
      expect((await commands.cancel(alice, 't1')).row).toMatchObject({
        status: 'running',
        cancelRequested: true,
      });
      expect(stopped).toEqual([{ taskId: 't1', reason: 'cancelled' }]);
    });

    test('of a cancelled task changes nothing', async () => {
      await queued('t1');
      await commands.cancel(alice, 't1');
      const sequence = await store.lastSequence();
      expect((await commands.cancel(alice, 't1')).row.status).toBe('cancelled');
      expect(await store.lastSequence()).toBe(sequence);
    });

    test('is refused for a task that has ended otherwise, and for a function without an abort signal', async () => {
      await failed('t1');
      await running('t2', { durable: false, cancellable: false });
      await expect(commands.cancel(alice, 't1')).rejects.toEqual(refusal('TASK_FINISHED'));
      await expect(commands.cancel(alice, 't2')).rejects.toEqual(refusal('TASK_NOT_CANCELLABLE'));
      expect(stopped).toEqual([]);
    });

    test('finds no task of another user, unless an admin asks', async () => {
      await queued('t1');
      await expect(commands.cancel(bob, 't1')).rejects.toEqual(refusal('NOT_FOUND'));
      await expect(commands.cancel(bob, 'absent')).rejects.toEqual(refusal('NOT_FOUND'));
      expect(await statusOf('t1')).toBe('queued');
      expect((await commands.cancel(admin, 't1')).row.status).toBe('cancelled');
    });

    test('meets a task that starts meanwhile as it is then', async () => {
      const task = await queued('t1');
      const [claimed, cancelled] = await Promise.all([
        store.apply(task, task.claim('here')),
        commands.cancel(alice, 't1'),
      ]);
      expect(claimed!.row.status).toBe('running');
      expect(cancelled.row).toMatchObject({ status: 'running', cancelRequested: true });
      expect(stopped).toEqual([{ taskId: 't1', reason: 'cancelled' }]);
    });

    test('of everything that a user has spares what cannot be cancelled', async () => {
      await queued('waits');
      await running('runs');
      await running('function', { durable: false, cancellable: false });
      await queued('of-bob', { userId: 'bob' });
      await commands.cancelAllOf('alice');
      expect(await statusOf('waits')).toBe('cancelled');
      expect(stopped).toEqual([{ taskId: 'runs', reason: 'cancelled' }]);
      expect(await statusOf('of-bob')).toBe('queued');
    });
  });

  describe('a retry', () => {
    test('queues a failed task as its next attempt', async () => {
      await failed('t1');
      expect((await commands.retry(alice, 't1')).row).toMatchObject({ status: 'queued', attempt: 2 });
      expect(mirror.get('t1')).not.toBeNull();
    });

    test('is refused for tasks that wait, run or have completed, and for functions', async () => {
      await queued('t1');
      await failed('t2', { durable: false });
      for (const taskId of ['t1', 't2']) {
        await expect(commands.retry(alice, taskId)).rejects.toEqual(refusal('TASK_NOT_RETRYABLE'));
      }
    });

    test('counts against the limit of queued tasks, and so do those that are being stored', async () => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await failed(id);
      await queued('waits');
      const answers = await Promise.allSettled(
        ['a', 'b', 'c', 'd', 'e'].map((id) => commands.retry(alice, id)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
      ]);
      expect(mirror.countOf('alice')).toBe(3);
      await commands.cancel(alice, 'waits');
      const left = answers.findIndex(({ status }) => status === 'rejected');
      expect((await commands.retry(alice, 'abcde'[left]!)).row.status).toBe('queued');
    });

    test('waits for the task that it runs after, and is refused while that one has failed', async () => {
      await failed('first');
      await failed('second', { runAfter: 'first' });
      await expect(commands.retry(alice, 'second')).rejects.toEqual(refusal('DEPENDENCY_FAILED'));
      await commands.retry(alice, 'first');
      expect((await commands.retry(alice, 'second')).row.status).toBe('queued');
    });
  });

  describe('a priority', () => {
    test('is lowered by users, and set to anything by admins', async () => {
      await queued('t1');
      expect((await commands.setPriority(alice, 't1', -10)).row.priority).toBe(-10);
      expect(mirror.get('t1')!.row.priority).toBe(-10);
      await expect(commands.setPriority(alice, 't1', -5)).rejects.toEqual(refusal('PRIORITY_TOO_HIGH'));
      await expect(commands.setPriority(alice, 't1', 1)).rejects.toEqual(refusal('PRIORITY_TOO_HIGH'));
      expect((await commands.setPriority(admin, 't1', 100)).row.priority).toBe(100);
    });

    test('belongs to queued tasks', async () => {
      await running('t1');
      await expect(commands.setPriority(admin, 't1', 1)).rejects.toEqual(refusal('TASK_NOT_QUEUED'));
    });
  });

  describe('an end by an admin', () => {
    test('fails a running task and gives its attempt up', async () => {
      await running('t1');
      expect((await commands.end(admin, 't1')).row).toMatchObject({
        status: 'failed',
        error: { code: 'ENDED_BY_ADMIN' },
      });
      expect(stopped).toEqual([{ taskId: 't1', reason: 'lost' }]);
    });

    test('is final: what the attempt still reports changes nothing', async () => {
      const task = await running('t1');
      await commands.end(admin, 't1');
      expect(await store.apply(task, task.complete(unmeasured))).toBeNull();
      expect(await statusOf('t1')).toBe('failed');
    });

    test('is refused for tasks that do not run', async () => {
      await queued('t1');
      await failed('t2');
      await expect(commands.end(admin, 't1')).rejects.toEqual(refusal('TASK_NOT_RUNNING'));
      await expect(commands.end(admin, 't2')).rejects.toEqual(refusal('TASK_FINISHED'));
    });
  });

  describe('a command for many tasks', () => {
    const unfinished = ['queued', 'running'] as const;

    test('cancels what a filter matches and leaves the rest', async () => {
      await queued('t1');
      await running('t2');
      await queued('t3', { userId: 'bob' });
      await queued('t4', { taskType: 'prediction' });
      const filter = { userId: 'alice', statuses: unfinished, taskType: 'backtest' };
      expect(await commands.cancelMany(alice, filter)).toEqual({ matched: 2, done: 2, skipped: [] });
      expect(await statusOf('t1')).toBe('cancelled');
      expect(stopped).toEqual([{ taskId: 't2', reason: 'cancelled' }]);
      expect([await statusOf('t3'), await statusOf('t4')]).toEqual(['queued', 'queued']);
    });

    test('names those that it skips, and another user’s like those that do not exist', async () => {
      await queued('mine');
      await failed('ended');
      await queued('of-bob', { userId: 'bob' });
      const filter = { userId: 'alice', ids: ['of-bob', 'mine', 'absent', 'ended'] };
      const result = await commands.cancelMany(alice, filter);
      expect(result).toMatchObject({ matched: 2, done: 1 });
      expect(result.skipped).toHaveLength(3);
      expect(result.skipped).toEqual(
        expect.arrayContaining([
          { task_id: 'of-bob', code: 'NOT_FOUND' },
          { task_id: 'absent', code: 'NOT_FOUND' },
          { task_id: 'ended', code: 'TASK_FINISHED' },
        ]),
      );
      expect(await statusOf('of-bob')).toBe('queued');
    });

    test('retries up to the limit and skips the others', async () => {
      for (const id of ['a', 'b', 'c', 'd']) await failed(id);
      const result = await commands.retryMany(alice, { userId: 'alice', statuses: ['failed', 'cancelled'] });
      expect(result).toEqual({ matched: 4, done: 3, skipped: [{ task_id: 'd', code: 'QUEUE_FULL' }] });
    });

    test('does the oldest thousand and tells of all', async () => {
      const count = 1005;
      await opened.database.queries.execute(sql`
        insert into tasks (task_id, task_type, user_id, status, payload, cpu_millicores, ram_mb, timeout_s,
            queued_at, attempt, max_attempts)
          select 't' || n, 'backtest', 'alice', 'queued', '{}', 1000, 512, 60, now(), 1, 3
            from generate_series(1, ${count}::int) n order by n`);
      const filter = { userId: null, statuses: unfinished };
      expect(await commands.cancelMany(admin, filter)).toEqual({ matched: count, done: 1000, skipped: [] });
      expect([await statusOf('t1000'), await statusOf('t1001')]).toEqual(['cancelled', 'queued']);
      expect(await commands.cancelMany(admin, filter)).toEqual({ matched: 5, done: 5, skipped: [] });
    }, 120_000);
  });
});
