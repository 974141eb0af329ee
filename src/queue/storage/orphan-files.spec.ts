import { describe, expect, test } from '@jest/globals';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task } from '../domain/task.js';
import { isOrphanOfShards, isOrphanResult } from './orphan-files.js';
import type { Shard } from './shard-store.js';

const livePid = 77;
const ownerOf = (task: Task | null) => ({ task, isWriterAlive: (pid: number) => pid === livePid });
const of = (status: TaskRow['status'], attempt: number) => new Task(taskRow({ status, attempt }));

describe('a file among the results', () => {
  test.each<[string, string, Task | null, boolean]>([
    ['of an attempt that runs', 't.2.json.gz', of('running', 2), false],
    ['that a running attempt writes', 't.2.json.gz.77.tmp', of('running', 2), false],
    ['whose writer was killed while the task runs', 't.2.json.gz.78.tmp', of('running', 2), true],
    ['that an earlier attempt of a running task has left', 't.1.json.gz.77.tmp', of('running', 2), true],
    ['unfinished, of a task that waits for its next attempt', 't.1.json.gz.77.tmp', of('queued', 2), true],
    ['unfinished, of a task that completed', 't.1.json.gz.77.tmp', of('completed', 2), true],
    ['unfinished, of a cancelled task', 't.2.json.gz.77.tmp', of('cancelled', 2), true],
    ['unfinished, of a task that is forgotten', 't.1.json.gz.77.tmp', null, true],
    ['unfinished, with a longer ending', 't.2.model.json.gz.77.tmp', of('running', 2), false],
    ['of shards of a task that waits for its next attempt', 't.parts', of('queued', 2), false],
    ['of shards of a task that has failed', 't.parts', of('failed', 3), false],
    ['of shards of a cancelled task', 't.parts', of('cancelled', 3), false],
    ['of shards of a task that completed', 't.parts', of('completed', 3), true],
    ['of shards without a task', 't.parts', null, true],
    ['of the attempt that completed', 't.2.json.gz', of('completed', 2), false],
    ['that belongs to the result', 't.2.trades.csv.gz', of('completed', 2), false],
    ['of an attempt before the one that completed', 't.1.json.gz', of('completed', 2), true],
    ['that a cancelled task keeps', 't.1.json.gz', of('cancelled', 1), false],
    ['that is kept while a cancelled task runs again', 't.1.json.gz', of('running', 2), false],
    ['of an attempt that failed', 't.3.json.gz', of('failed', 3), true],
    ['that was copied for a task', 't.0.json.gz', of('completed', 1), false],
    ['that was copied for a task that was never stored', 't.0.json.gz', null, true],
    ['that outlives its task, as a model does', 't.1.json.gz', null, false],
    ['that is not named by a task', 'notes.txt', null, false],
  ])('%s', (_, name, task, expected) => {
    expect(isOrphanResult(name, ownerOf(task))).toBe(expected);
  });
});

describe('a file in the folder of a task with shards', () => {
  const shard = (
    index: number,
    attempt: number,
    status: Shard['status'],
    result: string | null = null,
  ): Shard => ({
    index,
    attempt,
    status,
    result,
    memoryKills: 0,
  });
  const shards = new Map(
    [shard(0, 2, 'completed', '0.2.json.gz'), shard(1, 2, 'running'), shard(2, 1, 'queued')].map((one) => [
      one.index,
      one,
    ]),
  );
  test.each<[string, string, Task | null, boolean]>([
    ['that its row names, while the task runs', '0.2.json.gz', of('running', 1), false],
    ['that its row names, while the task waits', '0.2.json.gz', of('queued', 2), false],
    ['that its row names, when the task has failed', '0.2.json.gz', of('failed', 1), false],
    ['that its row names, when the task was cancelled', '0.2.json.gz', of('cancelled', 1), false],
    ['that its row names, when the task has completed', '0.2.json.gz', of('completed', 1), true],
    ['that its row names, without a task', '0.2.json.gz', null, true],
    ['of an attempt that lost', '0.1.json.gz', of('running', 1), true],
    ['of a shard that runs, before its row names it', '1.2.json.gz', of('running', 1), false],
    ['of a shard that does not run any more', '1.2.json.gz', of('failed', 1), true],
    ['of an earlier attempt of a shard that runs', '1.1.json.gz', of('running', 1), true],
    ['that a shard writes', '1.2.json.gz.77.tmp', of('running', 1), false],
    ['whose writer was killed', '1.2.json.gz.78.tmp', of('running', 1), true],
    ['that a killed attempt at a shard has left', '1.1.json.gz.77.tmp', of('running', 1), true],
    ['unfinished, of a completed shard', '0.2.json.gz.77.tmp', of('running', 1), true],
    ['of a shard that waits', '2.1.json.gz', of('running', 1), true],
    ['of a shard that there is not', '9.1.json.gz', of('running', 1), true],
    ['as version 0.1.0 named it', '2.json.gz', of('running', 1), true],
  ])('%s', (_, name, task, expected) => {
    expect(isOrphanOfShards(name, shards, ownerOf(task))).toBe(expected);
  });
});
