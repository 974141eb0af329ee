import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { EngineLost, openPgliteEngine } from '../../database/pglite-engine.js';
import { TaskEvents, type TaskEvent } from '../domain/task-events.js';
import { taskRow } from '../domain/task.fixture.js';
import { TaskStore } from './task-store.js';
import { Task, unmeasured } from '../domain/task.js';

const now = new Date('2024-01-15T10:31:00.000Z');
const nothingElse = () => Promise.resolve();

describe.each(stores)('the task store on %s', (_, open) => {
  let opened: TestDatabase;
  let database: Database;
  let store: TaskStore;
  let published: TaskEvent[];

  beforeAll(async () => {
    opened = await open();
    ({ database } = opened);
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    await database.queries.execute(sql`truncate tasks, task_events, settings`);
    ({ store, published } = await aStore('here'));
  });

  /** A store as one node has it, with what it publishes. */
  async function aStore(nodeId: string) {
    const events = new TaskEvents();
    const heard: TaskEvent[] = [];
    events.all$.subscribe((event) => heard.push(event));
    const made = new TaskStore(database, events, readConfig({ HEADROOM_NODE_ID: nodeId }));
    await made.begin();
    return { store: made, published: heard };
  }

  async function queued(taskId: string, userId = 'alice'): Promise<Task> {
    const { sequence: _, ...row } = taskRow({ taskId, userId });
    return store.insert(row, { position: 1, reason: 'Behind', estimatedStartAtMs: null }, nothingElse);
  }

  test('stores a task and its event together, and publishes the event', async () => {
    const task = await queued('t1');
    expect(task.isQueued).toBe(true);
    expect(published).toMatchObject([{ type: 'task_queued', userId: 'alice', data: { queue_position: 1 } }]);
    expect(await store.eventsAfter({ after: 0, userId: null, limit: 10 })).toMatchObject([
      { type: 'task_queued', data: { task_id: 't1', wait_reason: 'Behind' } },
    ]);
  });

  test('stores nothing at all when what belongs to it cannot be stored', async () => {
    const { sequence: _, ...row } = taskRow({ taskId: 't1' });
    await expect(
      store.insert(row, null, () => Promise.reject(new Error('the other table is full'))),
    ).rejects.toThrow('the other table is full');
    expect(await store.find('t1')).toBeNull();
    expect(await store.lastSequence()).toBe(0);
    expect(published).toEqual([]);
  });

  test('lets one of two claims succeed', async () => {
    const task = await queued('t1');
    const claims = await Promise.all(['a', 'b'].map((node) => store.apply(task, task.start(node, now))));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(published.filter(({ type }) => type === 'task_running')).toHaveLength(1);
  });

  test('lets a late report of a lost attempt change nothing', async () => {
    const first = (await store.apply(...claim(await queued('t1'))))!;
    const second = (await store.apply(first, first.requeue()))!;
    const running = (await store.apply(...claim(second)))!;
    expect(running.row.attempt).toBe(2);

    expect(await store.apply(first, first.complete(now, unmeasured))).toBeNull();
    expect((await store.find('t1'))!.row).toMatchObject({ status: 'running', attempt: 2 });
    await store.describe([{ taskId: 't1', attempt: 1, description: 'late', progress: 0.9 }]);
    expect((await store.find('t1'))!.row.description).toBe('');
  });

  test('keeps every word of progress in order and the last one at the task', async () => {
    const task = (await store.apply(...claim(await queued('t1'))))!;
    published.length = 0;
    await store.describe(
      [0.1, 0.2, 0.3].map((progress) => ({
        taskId: 't1',
        attempt: 1,
        description: `at ${progress}`,
        progress,
      })),
    );
    expect(
      published.map((event) => (event.type === 'task_description_update' ? event.data.progress : null)),
    ).toEqual([0.1, 0.2, 0.3]);
    expect((await store.find(task.id))!.row).toMatchObject({ description: 'at 0.3', progress: 0.3 });
  });

  test('finds the running tasks whose lease has run out, and renews those that run here', async () => {
    await store.apply(...claim(await queued('t1'), 'here'));
    await store.apply(...claim(await queued('t2'), 'gone'));
    await database.queries.execute(sql`update tasks set lease_expires_at = now() - interval '1 second'`);
    const ours = await store.renewLeases([{ taskId: 't1', attempt: 1 }]);
    expect([...ours]).toEqual([['t1', { cancelRequested: false }]]);
    expect((await store.abandoned()).map(({ id }) => id)).toEqual(['t2']);
  });

  test('renews no lease of an attempt that was lost, and tells of a wish to cancel', async () => {
    const task = (await store.apply(...claim(await queued('t1'), 'here')))!;
    await store.amend(task, { cancelRequested: true });
    expect((await store.renewLeases([{ taskId: 't1', attempt: 1 }])).get('t1')).toEqual({
      cancelRequested: true,
    });
    const again = (await store.apply(task, task.requeue()))!;
    await store.apply(...claim(again, 'here'));
    expect(await store.renewLeases([{ taskId: 't1', attempt: 1 }])).toEqual(new Map());
  });

  test('writes that come together share a transaction, and one that fails fails alone', async () => {
    const { sequence: _, ...bad } = taskRow({ taskId: 'bad' });
    const outcomes = await Promise.allSettled([
      queued('t1'),
      queued('t2'),
      store.insert(bad, null, () => Promise.reject(new Error('refused'))),
      queued('t3'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await store.find('bad')).toBeNull();
    expect(published.map((event) => ('data' in event ? event.data.task_id : null))).toEqual([
      't1',
      't2',
      't3',
    ]);
  });

  test('steps of many kinds that come together are each made, or refused, for themselves', async () => {
    const [t1, t2, t3] = [await queued('t1'), await queued('t2'), await queued('t3')];
    const running = (await store.apply(...claim(t3)))!;
    published.length = 0;
    const error = { code: 'TASK_FAILED', message: 'a "quoted" reason' };
    const measured = { cpuSeconds: 0.1, peakRamMb: 7 };
    const outcomes = await Promise.allSettled([
      store.apply(t2, t2.cancel(now)),
      store.apply(...claim(t1, 'here')),
      store.apply(running, running.complete(now, unmeasured), () => Promise.reject(new Error('full disk'))),
      store.apply(running, running.fail(now, error, measured)),
      store.apply(t3, t3.start('late', now)),
      queued('t4'),
    ]);
    expect(
      outcomes.map((outcome) =>
        outcome.status === 'rejected' ? String(outcome.reason) : (outcome.value?.row ?? null),
      ),
    ).toMatchObject([
      { taskId: 't2', status: 'cancelled', completedAt: now, leaseExpiresAt: null },
      { taskId: 't1', status: 'running', startedAt: now, nodeId: 'here', error: null, payload: {} },
      'Error: full disk',
      { taskId: 't3', status: 'failed', error, ...measured, nodeId: 'a', progress: null },
      null,
      { taskId: 't4', status: 'queued', queuedAt: new Date('2024-01-15T10:30:00.000Z') },
    ]);
    for (const id of ['t1', 't2', 't3', 't4']) {
      const [stored] = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' && outcome.value?.id === id ? [outcome.value] : [],
      );
      expect((await store.find(id))!.row).toEqual(stored!.row);
    }
    expect(published.map((event) => ('data' in event ? event.data.task_id : null))).toEqual([
      't2',
      't1',
      't3',
      't4',
    ]);
  });

  test('ends what was to run after a task that ends without success, and what was to run after that', async () => {
    const first = await queued('t1');
    const { sequence: _, ...row } = taskRow({ taskId: 't2', runAfter: 't1' });
    await store.insert(row, null, nothingElse);
    await store.insert({ ...row, taskId: 't3', runAfter: 't2' }, null, nothingElse);
    published.length = 0;
    await store.apply(first, first.cancel(now));
    expect(
      published.map((event) =>
        event.type === 'task_completed' ? [event.data.task_id, event.data.status] : null,
      ),
    ).toEqual([
      ['t1', 'cancelled'],
      ['t2', 'failed'],
      ['t3', 'failed'],
    ]);
    expect((await store.find('t3'))!.row.error).toEqual({
      code: 'DEPENDENCY_FAILED',
      message: 'It was to run after task t2, which did not complete.',
    });
  });

  test('gives a user the history of nobody else, page by page', async () => {
    for (const id of ['t1', 't2', 't3']) await queued(id);
    await queued('t4', 'bob');
    const filter = { status: undefined, task_type: undefined, userId: 'alice', below: null };
    const page = await store.history(filter, 2);
    expect(page.map(({ id }) => id)).toEqual(['t3', 't2']);
    const rest = await store.history({ ...filter, below: page[1]!.row.sequence }, 2);
    expect(rest.map(({ id }) => id)).toEqual(['t1']);
    expect(await store.eventsAfter({ after: 0, userId: 'bob', limit: 10 })).toHaveLength(1);
  });

  test('lets the first of all callers decide a setting', async () => {
    expect(await store.settingOnce('event_epoch', 'first')).toBe('first');
    expect(await store.settingOnce('event_epoch', 'second')).toBe('first');
  });
});

function claim(task: Task, node = 'a'): [Task, ReturnType<Task['start']>] {
  return [task, task.start(node, now)];
}

describe('a commit whose answer is lost', () => {
  test('is recognised when it is tried again, and its event is published', async () => {
    const engine = await openPgliteEngine('memory://');
    let losesCommit = false;
    const database = await Database.embedded({
      connect: () => {
        const exec = engine.connect();
        return async (message) => {
          const answer = await exec(message);
          if (!losesCommit || !Buffer.from(message).includes('commit')) return answer;
          losesCommit = false;
          throw new EngineLost('The connection broke.');
        };
      },
      close: () => engine.close(),
    });
    const events = new TaskEvents();
    const types: string[] = [];
    events.all$.subscribe(({ type }) => types.push(type));
    const store = new TaskStore(database, events, readConfig({}));
    await store.begin();
    const { sequence: _, ...row } = taskRow();
    const task = await store.insert(row, null, nothingElse);
    const running = (await store.apply(task, task.start('here', now)))!;

    losesCommit = true;
    const failures: unknown[] = [];
    const ended = await store.applyInTheEnd(
      running,
      running.complete(now, unmeasured),
      undefined,
      async (error) => {
        failures.push(error);
        await Promise.resolve();
      },
    );
    expect(failures).toHaveLength(1);
    expect(ended?.row).toMatchObject({ status: 'completed', attempt: 1 });
    store.catchUp();
    await store.describe([]);
    expect(types).toEqual(['task_queued', 'task_running', 'task_completed']);

    // Of another attempt's end it is not mistaken: that one is lost.
    const late = await store.applyInTheEnd(
      new Task({ ...running.row, attempt: 2 }),
      running.complete(now, unmeasured),
      undefined,
      () => Promise.resolve(),
    );
    expect(late).toBeNull();
    await database.close();
  });
});
