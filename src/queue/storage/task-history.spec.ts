import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { tasks } from '../../database/schema.js';
import { storedRow } from './new-task.fixture.js';
import { TaskHistory, type TaskFilter } from './task-history.js';

const day = (n: number) => new Date(Date.UTC(2026, 0, n));

describe.each(stores)('the history of tasks on %s', (_, open) => {
  let opened: TestDatabase;
  let history: TaskHistory;

  beforeAll(async () => {
    opened = await open();
    history = new TaskHistory(opened.database);
    const rows = [
      storedRow({ taskId: 'a1', userId: 'alice', queuedAt: day(1), subject: 'SmaCross on BTC_USDT 4h' }),
      storedRow({ taskId: 'b1', userId: 'bob', queuedAt: day(2), subject: '100% of a_b\\c' }),
      storedRow({ taskId: 'a2', userId: 'alice', queuedAt: day(3), status: 'failed', subject: 'a-b' }),
      storedRow({
        taskId: 'a3',
        userId: 'alice',
        queuedAt: day(4),
        taskType: 'prediction',
        subject: 'Predict',
      }),
    ];
    for (const row of rows) await opened.database.queries.insert(tasks).values(row);
  });
  afterAll(() => opened.drop());

  const found = async (filter: Partial<TaskFilter>) =>
    (await history.page({ userId: null, ...filter }, null, 10)).map(({ id }) => id);

  test('comes page by page, the newest first, each task once', async () => {
    const first = await history.page({ userId: 'alice' }, null, 2);
    expect(first.map(({ id }) => id)).toEqual(['a3', 'a2']);
    const second = await history.page({ userId: 'alice' }, first[1]!.row.sequence, 2);
    expect(second.map(({ id }) => id)).toEqual(['a1']);
  });

  test.each<[Partial<TaskFilter>, string[]]>([
    [{}, ['a3', 'a2', 'b1', 'a1']],
    [{ userId: 'bob' }, ['b1']],
    [{ ids: ['a1', 'a3', 'absent'] }, ['a3', 'a1']],
    [{ userId: 'alice', ids: ['b1'] }, []],
    [{ statuses: ['failed', 'cancelled'] }, ['a2']],
    [{ taskType: 'prediction' }, ['a3']],
    [{ text: 'smacross ON btc' }, ['a1']],
    [{ text: 'a' }, ['a3', 'a2', 'b1', 'a1']],
    [{ text: 'a2' }, ['a2']],
    [{ text: '2' }, []],
    [{ text: '%' }, ['b1']],
    [{ text: 'a_b' }, ['b1']],
    [{ text: 'b\\c' }, ['b1']],
    [{ since: day(3) }, ['a3', 'a2']],
    [{ until: day(3) }, ['b1', 'a1']],
    [{ since: day(2), until: day(3), userId: 'alice' }, []],
  ])('holds for %j what matches all of it', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
    expect(await history.count({ userId: null, ...filter })).toBe(expected.length);
    const oldest = await history.oldest({ userId: null, ...filter }, 1);
    expect(oldest.map(({ id }) => id)).toEqual(expected.slice(-1));
  });
});
