import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { tasks } from '../../database/schema.js';
import { isLeftover, Leftovers } from './orphan-file-sweeper.js';
import { taskRow } from '../domain/task.fixture.js';
import { Task, type TaskRow } from '../domain/task.js';

describe('a file among the results', () => {
  const of = (status: TaskRow['status'], attempt: number) => new Task(taskRow({ status, attempt }));
  test.each<[string, string, Task | null, boolean]>([
    ['of an attempt that runs', 't.2.json.gz', of('running', 2), false],
    ['half written by an attempt that runs', 't.2.json.gz.77.tmp', of('running', 2), false],
    ['of parts of a task that waits for its next attempt', 't.parts', of('queued', 2), false],
    ['of parts of a task that has failed', 't.parts', of('failed', 3), true],
    ['of parts of nobody', 't.parts', null, true],
    ['of the attempt that completed', 't.2.json.gz', of('completed', 2), false],
    ['beside it', 't.2.trades.csv.gz', of('completed', 2), false],
    ['of an attempt before the one that completed', 't.1.json.gz', of('completed', 2), true],
    ['half written before a task completed', 't.1.json.gz.77.tmp', of('completed', 2), true],
    ['that a cancelled task keeps', 't.1.json.gz', of('cancelled', 1), false],
    ['that is kept while a cancelled task runs again', 't.1.json.gz', of('running', 2), false],
    ['of an attempt that failed', 't.3.json.gz', of('failed', 3), true],
    ['that was copied for a task', 't.0.json.gz', of('completed', 1), false],
    ['that was copied for a task that was never stored', 't.0.json.gz', null, true],
    ['that outlives its task, as a model does', 't.1.json.gz', null, false],
    ['half written for a task that is forgotten', 't.1.json.gz.77.tmp', null, true],
    ['that is none of ours', 'notes.txt', null, false],
  ])('%s', (_, name, task, expected) => {
    expect(isLeftover(name, task)).toBe(expected);
  });
});

describe.each(stores)('the sweep on %s', (_, open) => {
  let opened: TestDatabase;
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-leftovers-'));
  const results = join(dataDir, 'results');
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened.drop();
    rmSync(dataDir, { recursive: true });
  });

  test('removes what is of no use and untouched for long enough, and nothing else', async () => {
    mkdirSync(join(results, 'failed.parts'), { recursive: true });
    const names = ['failed.parts/0.json.gz', 'absent.0.json.gz', 'new.0.json.gz', 'done.1.json.gz'];
    for (const name of names) writeFileSync(join(results, name), '');
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const name of ['failed.parts', 'absent.0.json.gz', 'done.1.json.gz']) {
      utimesSync(join(results, name), hourAgo, hourAgo);
    }
    for (const [taskId, status] of [
      ['failed', 'failed'],
      ['done', 'completed'],
    ] as const) {
      const { sequence: __, ...row } = taskRow({ taskId, status, completedAt: new Date() });
      await opened.database.queries.insert(tasks).values(row);
    }
    const leftovers = new Leftovers(readConfig({ HEADROOM_DATA_DIR: dataDir }), opened.database);
    expect(await leftovers.sweep(60_000)).toBe(2);
    expect(readdirSync(results).sort()).toEqual(['done.1.json.gz', 'new.0.json.gz']);
    expect(await leftovers.sweep(-1)).toBe(1);
    expect(readdirSync(results)).toEqual(['done.1.json.gz']);
    rmSync(results, { recursive: true });
    expect(await leftovers.sweep(0)).toBe(0);
  });
});
