import { describe, expect, test } from '@jest/globals';
import type { TaskHandler } from '@app/tasks-sdk';
import { z } from 'zod';
import type { TaskRow } from '../domain/task-row.js';
import { fakeAttempt } from './attempt.fixture.js';
import { executorOnFakes } from './execution.fixture.js';
import { settle } from './fake-launcher.fixture.js';
import type { WorkObserver } from './work-factory.js';

/** An attempt at a task of this handler, which was just begun. */
function begun(handler: Partial<TaskHandler>, fields: Partial<TaskRow> = {}) {
  const fakes = executorOnFakes([{ type: 'made', ...handler }]);
  const { attempt, task, finished } = fakeAttempt({ taskType: 'made', ...fields }, fakes.clock);
  fakes.store.rows.set(task.id, task.row);
  const said: unknown[][] = [];
  const observer: WorkObserver = {
    onProgress: (...report) => void said.push(report),
    onCapacityReleased: () => undefined,
    reserve: () => fakes.reserve(task),
  };
  const reservation = fakes.reserve(task);
  fakes.works.start(attempt, reservation, observer);
  return { ...fakes, attempt, task, finished, said, reservation };
}

describe('a task that is one process', () => {
  test('is started at once with its order, and runs', () => {
    const { attempt, task, launcher, finished } = begun({}, { payload: { days: 3 }, attempt: 2 });
    expect([attempt.state, finished, launcher.processes]).toMatchObject(['running', [], [{}]]);
    expect(launcher.last.order).toMatchObject({
      taskId: task.id,
      userId: 'alice',
      attempt: 2,
      payload: { days: 3 },
      resultPath: `/nonexistent/headroom-test/results/${task.id}.2.json.gz`,
      shard: null,
      shardResults: [],
    });
  });

  test('is given its payload as the handler reads it', () => {
    const payload = z.object({ days: z.coerce.number().default(30) });
    expect(begun({ payload }, { payload: { other: 1 } }).launcher.last.order.payload).toEqual({ days: 30 });
  });

  test('passes its progress on, with its share as it is', () => {
    const { launcher, said } = begun({});
    launcher.last.observer.onProgress('half', 0.5);
    launcher.last.observer.onProgress('unknown', null);
    expect(said).toEqual([
      ['half', 0.5],
      ['unknown', null],
    ]);
  });

  test('gets its time limit', async () => {
    const { clock, launcher } = begun({}, { timeoutS: 7 });
    await clock.advance(7_000);
    expect(launcher.last.stops).toEqual(['time-limit']);
  });
});

const broken = () => {
  throw new Error('broken');
};

describe('a task that cannot begin', () => {
  test.each<[string, Partial<TaskHandler>, Partial<TaskRow>, string, string]>([
    [
      'no handler knows its type',
      {},
      { taskType: 'unheard_of' },
      'UNKNOWN_TASK',
      'No handler is registered for task type "unheard_of".',
    ],
    [
      'its payload is not valid any more',
      { payload: z.object({ days: z.number('No number of days') }) },
      {},
      'UNKNOWN_TASK',
      'The stored payload is not valid: No number of days.',
    ],
    ['its payload breaks the handler', { payload: z.unknown().refine(broken) }, {}, 'TASK_FAILED', 'broken'],
    ['its shards cannot be counted', { shards: broken }, {}, 'TASK_FAILED', 'broken'],
    ...[0, -1, 1.5, Number.NaN, 10_001].map((count): [string, object, object, string, string] => [
      `it has ${count} shards`,
      { shards: () => count },
      {},
      'TASK_FAILED',
      `The task has ${count} shards; it may have 1 to 10000.`,
    ]),
  ])('because %s fails and starts nothing', async (_, handler, fields, code, message) => {
    const { attempt, finished, launcher, reservations, shards, clock } = begun(handler, fields);
    expect(finished).toEqual([{ end: { type: 'failed', error: { code, message } }, keptSummary: null }]);
    expect([attempt.state, attempt.stop('cancelled'), clock.pending]).toEqual(['settling', false, 0]);
    await settle();
    expect([launcher.processes, shards.shards.size]).toEqual([[], 0]);
    expect(reservations.list()).toHaveLength(1);
    attempt.markSettled();
    expect(reservations.list()).toEqual([]);
  });
});

describe('a sharded task', () => {
  test.each([1, 10_000])('of %s shards opens as many and starts the first', async (count) => {
    const { attempt, task, launcher, shards } = begun({ shards: () => count });
    expect([attempt.state, attempt.work?.stopLimitMs('returned')]).toEqual(['starting', 5_000]);
    // The fingerprint reads files.
    while (launcher.processes.length === 0) await settle();
    expect(attempt.state).toBe('running');
    expect(shards.shards.get(task.id)).toHaveLength(count);
    expect(launcher.last.order.shard).toEqual({ index: 0, count });
  });

  test('counts its shards by its payload', async () => {
    const payload = z.object({ parts: z.number() });
    const count = (given: unknown) => payload.parse(given).parts;
    const { task, launcher, shards } = begun({ payload, shards: count }, { payload: { parts: 3 } });
    while (launcher.processes.length === 0) await settle();
    expect(shards.shards.get(task.id)).toHaveLength(3);
  });

  test('that is stopped before its shards are read starts none and gives its reservation back', async () => {
    const { attempt, launcher, finished, reservations } = begun({ shards: () => 2 });
    attempt.stop('returned');
    while (finished.length === 0) await settle();
    expect(finished).toEqual([{ end: { type: 'stopped', reason: 'returned' }, keptSummary: null }]);
    attempt.markSettled();
    await settle();
    expect([launcher.processes, reservations.list()]).toEqual([[], []]);
  });

  test('whose module is gone fails', async () => {
    const { launcher, finished } = begun({ shards: () => 2, entry: new URL('file:///nonexistent.mjs') });
    while (finished.length === 0) await settle();
    expect(finished).toMatchObject([
      { end: { type: 'failed', error: { message: expect.stringMatching(/ENOENT/) } } },
    ]);
    expect(launcher.processes).toEqual([]);
  });
});
