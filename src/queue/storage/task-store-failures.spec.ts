import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { isOutage } from '../../database/database-errors.js';
import { Database } from '../../database/database.js';
import { EngineLostError, openPgliteEngine } from '../../database/pglite-engine.js';
import { TaskEvents, type TaskEvent } from '../domain/task-events.js';
import { Task, unmeasured } from '../domain/task.js';
import { newTask } from './new-task.fixture.js';
import { TaskStore } from './task-store.js';

const noHook = () => Promise.resolve();

describe.each(stores)('writes that are rejected on %s', (_, open) => {
  let opened: TestDatabase;
  let store: TaskStore;
  let published: TaskEvent[];

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    await opened.database.queries.execute(sql`truncate tasks, task_events cascade`);
    const events = new TaskEvents();
    published = [];
    events.all$.subscribe((event) => published.push(event));
    store = new TaskStore(opened.database, events, readConfig({ HEADROOM_NODE_ID: 'a' }));
    await store.begin();
  });

  const running = (taskId: string): Promise<Task> =>
    store.insert(newTask({ taskId, status: 'running', nodeId: 'a' }), null, noHook);

  test('a progress report that the database rejects is lost alone', async () => {
    await running('t1');
    await running('t2');
    published.length = 0;
    const changes = [...reports('t1', ['one', 'bad \u0000', 'three']), ...reports('t2', ['four'])];
    const error: unknown = await store.describe(changes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(isOutage(error)).toBe(false);
    expect(descriptions(published)).toEqual(['one', 'three', 'four']);
    expect((await store.find('t1'))!.row.description).toBe('three');
    expect((await store.find('t2'))!.row.description).toBe('four');
  });

  test('an end whose error the database rejects is rejected alone', async () => {
    const tasks = [await running('t1'), await running('t2'), await running('t3')];
    const messages = ['fine', 'bad \u0000', 'fine as well'];
    const outcomes = await Promise.allSettled(
      tasks.map((task, n) =>
        store.apply(task, task.fail({ code: 'TASK_FAILED', message: messages[n]! }, unmeasured)),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.find('t2'))!.isRunning).toBe(true);
  });

  test('a retried end that the database rejects is rejected at once', async () => {
    const task = await running('t1');
    let outages = 0;
    const end = store.applyWithRetry(
      task,
      task.fail({ code: 'TASK_FAILED', message: 'bad \u0000' }, unmeasured),
      undefined,
      () => {
        outages += 1;
        return Promise.resolve();
      },
    );
    await expect(end).rejects.toThrow();
    expect(outages).toBe(0);
    expect((await store.find('t1'))!.isRunning).toBe(true);
  });

  test('an end whose hook throws is rejected at once', async () => {
    const task = await running('t1');
    const hook = () => Promise.reject(new Error('not serializable'));
    const end = store.applyWithRetry(task, task.complete(unmeasured), hook, () => Promise.resolve());
    await expect(end).rejects.toThrow('not serializable');
    expect(await store.attempts('t1')).toEqual([]);
  });
});

function reports(taskId: string, texts: readonly string[]) {
  return texts.map((description, n) => ({ taskId, attempt: 1, description, progress: (n + 1) / 10 }));
}

function descriptions(events: readonly TaskEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'task_description_update' ? [event.data.description] : [],
  );
}

describe('a commit whose answer is lost', () => {
  let losesCommit = false;
  let database: Database;
  let types: string[];
  let store: TaskStore;

  beforeEach(async () => {
    const engine = await openPgliteEngine('memory://');
    losesCommit = false;
    database = await Database.embedded({
      connect: () => {
        const exec = engine.connect();
        return async (message) => {
          const answer = await exec(message);
          if (!losesCommit || !Buffer.from(message).includes('commit')) return answer;
          losesCommit = false;
          throw new EngineLostError('The connection broke.');
        };
      },
      close: () => engine.close(),
    });
    const events = new TaskEvents();
    types = [];
    events.all$.subscribe(({ type }) => types.push(type));
    store = new TaskStore(database, events, readConfig({ HEADROOM_NODE_ID: 'a' }));
    await store.begin();
  }, 60_000);

  const running = () => store.insert(newTask({ status: 'running', nodeId: 'a' }), null, noHook);

  test('is recognised when it is tried again, and its event is published', async () => {
    const task = await running();
    losesCommit = true;
    const outages: unknown[] = [];
    const ended = await store.applyWithRetry(task, task.complete(unmeasured), undefined, async (error) => {
      outages.push(error);
      await Promise.resolve();
    });
    expect(outages).toHaveLength(1);
    expect(ended?.row).toMatchObject({ status: 'completed', attempt: 1 });
    store.catchUp();
    await store.describe([]);
    expect(types).toEqual(['task_running', 'task_completed']);
    await database.close();
  });

  test('is recognised when the task has been claimed again meanwhile', async () => {
    const task = await running();
    losesCommit = true;
    const requeued = await store.applyWithRetry(task, task.requeue(), undefined, async () => {
      const next = (await store.find(task.id))!;
      await store.apply(next, next.claim('b'));
    });
    expect(requeued?.row).toMatchObject({ status: 'running', attempt: 2, nodeId: 'b' });
    await database.close();
  });

  test('is not mistaken for the end of another attempt', async () => {
    const task = await running();
    await store.apply(task, task.complete(unmeasured));
    losesCommit = true;
    const other = new Task({ ...task.row, attempt: 2 });
    const late = await store.applyWithRetry(other, other.complete(unmeasured), undefined, () =>
      Promise.resolve(),
    );
    expect(late).toBeNull();
    await database.close();
  });
});
