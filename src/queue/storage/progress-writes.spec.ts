import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { locks } from '../../database/database.js';
import { tasks } from '../../database/schema.js';
import type { TaskRow } from '../domain/task-row.js';
import { storedRow } from './new-task.fixture.js';
import { storeProgress, type ProgressChange } from './progress-writes.js';
import { TaskReads } from './task-reads.js';

describe.each(stores)('the progress of attempts on %s', (_, open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate tasks cascade`));

  const put = (taskId: string, fields: Partial<TaskRow> = {}) =>
    opened.database.queries
      .insert(tasks)
      .values(storedRow({ taskId, status: 'running', description: 'before', progress: 0.1, ...fields }));
  const store = (...changes: ProgressChange[]) =>
    opened.database.transactionAlone(locks.events, (queries) => storeProgress(queries, changes));
  const change = (taskId: string, description: string, progress: number | null, attempt = 1) => ({
    taskId,
    attempt,
    description,
    progress,
  });
  async function stored(taskId: string) {
    const { description, progress } = (await new TaskReads(opened.database.queries).find(taskId))!.row;
    return [description, progress];
  }

  test('is told report by report, and kept as the newest one of each task', async () => {
    await put('a');
    await put('b', { userId: 'bob' });
    const texts = Array.from({ length: 12 }, (_text, n) => `step ${n}`);
    const changes = texts.map((text, n) => change(n % 2 === 0 ? 'a' : 'b', text, 1 - n / 12));
    const { events } = await store(...changes);
    expect(events).toEqual(
      texts.map((description, n) => {
        const taskId = n % 2 === 0 ? 'a' : 'b';
        return {
          type: 'task_description_update',
          taskId,
          userId: n % 2 === 0 ? 'alice' : 'bob',
          data: { task_id: taskId, description, progress: 1 - n / 12 },
        };
      }),
    );
    expect(await stored('a')).toEqual(['step 10', 1 - 10 / 12]);
    expect(await stored('b')).toEqual(['step 11', 1 - 11 / 12]);
  });

  test('may be unknown again', async () => {
    await put('a');
    const { events } = await store(change('a', 'Looks around', null));
    expect(events[0]!.data).toEqual({ task_id: 'a', description: 'Looks around', progress: null });
    expect(await stored('a')).toEqual(['Looks around', null]);
  });

  test.each<[string, Partial<TaskRow>]>([
    ['an earlier attempt', { attempt: 2 }],
    ['an attempt that has gone back to the queue', { status: 'queued', attempt: 2 }],
    ['a task that waits', { status: 'queued' }],
    ['a task that has ended', { status: 'completed' }],
  ])('of %s is neither kept nor told, and holds up no other', async (_name, fields) => {
    await put('late', fields);
    await put('a');
    const { events } = await store(
      change('late', 'x', 0.9),
      change('absent', 'y', 0.9),
      change('a', 'z', 0.2),
    );
    expect(events.map(({ taskId }) => taskId)).toEqual(['a']);
    expect(await stored('late')).toEqual(['before', 0.1]);
    expect(await stored('a')).toEqual(['z', 0.2]);
  });

  test('of two attempts at one task is that of the current one, although the other report came last', async () => {
    await put('a', { attempt: 2 });
    const { events } = await store(change('a', 'now', 0.3, 2), change('a', 'late', 0.9, 1));
    expect(events.map(({ data }) => data.description)).toEqual(['now']);
    expect(await stored('a')).toEqual(['now', 0.3]);
  });

  test('keeps every character of its text', async () => {
    await put('a');
    const text = `"'\\ \n\t$1 :x ${'🚀'.repeat(50)} \u0001`;
    expect((await store(change('a', text, 1))).events[0]!.data.description).toBe(text);
    expect(await stored('a')).toEqual([text, 1]);
  });

  test('may be that of no attempt', async () => {
    expect(await store()).toEqual({ value: null, events: [] });
  });
});
