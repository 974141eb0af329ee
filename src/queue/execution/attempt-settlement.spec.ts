import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { TaskHandler } from '@app/tasks-sdk';
import type { AttemptEnd, StopReason } from '../domain/attempt-outcome.js';
import type { TaskRow } from '../domain/task-row.js';
import { fakeAttempt } from './attempt.fixture.js';
import type { FinishedAttempt } from './attempt.js';
import { executorOnFakes } from './execution.fixture.js';
import type { AttemptSettled } from './execution-events.js';
import { connectionError } from './memory-rows.fixture.js';

const errors: string[] = [];
const warnings: string[] = [];
beforeEach(() => {
  errors.length = warnings.length = 0;
  jest.spyOn(Logger.prototype, 'error').mockImplementation((message) => void errors.push(String(message)));
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((message) => void warnings.push(String(message)));
});
afterEach(() => {
  jest.restoreAllMocks();
});

const done: AttemptEnd = { type: 'done', summary: { equity: 1 } };
const stopped = (reason: StopReason): AttemptEnd => ({ type: 'stopped', reason });

function settling(fields: Partial<TaskRow> = {}, handler: Partial<TaskHandler> = {}) {
  const fakes = executorOnFakes([{ type: 'kept', ...handler }]);
  const { attempt, task } = fakeAttempt({ taskType: 'kept', ...fields }, fakes.clock);
  fakes.store.rows.set(task.id, task.row);
  const published: AttemptSettled[] = [];
  fakes.events.attemptSettled$.subscribe((event) => void published.push(event));
  const settle = (end: AttemptEnd, keptSummary: FinishedAttempt['keptSummary'] = null) =>
    fakes.settlement.settle(attempt, { end, keptSummary });
  return { ...fakes, attempt, task, published, settle };
}

describe('the end of an attempt', () => {
  test.each<[string, AttemptEnd, string, string | null, boolean]>([
    ['a result', done, 'completed', null, true],
    ['no result', { type: 'done', summary: null }, 'completed', null, true],
    ['a failure', { type: 'failed', error: { code: 'BAD', message: 'x' } }, 'failed', 'BAD', false],
    ['a kill', { type: 'killed' }, 'queued', null, false],
    ['no process', { type: 'spawn-failed', message: 'EMFILE' }, 'queued', null, false],
    ['a cancel', stopped('cancelled'), 'cancelled', 'CANCELLED', false],
    ['the time limit', stopped('time-limit'), 'failed', 'TIME_LIMIT', false],
    ['the stop of the server', stopped('returned'), 'queued', null, false],
  ])('with %s is stored and published', async (_, end, status, code, hasResult) => {
    const { settle, row, task, published } = settling();
    const settlement = await settle(end);
    expect([row(task).status, row(task).error?.code ?? null]).toEqual([status, code]);
    expect(settlement).toEqual({ after: { row: row(task) }, hasResult });
    expect(published).toEqual([{ before: task.row, after: row(task), endedAtMs: 1_700_000_000_000 }]);
  });

  test.each(['lost', 'abandoned'] as const)('that was %s writes and publishes nothing', async (reason) => {
    const { settle, store, published } = settling();
    expect(await settle(stopped(reason))).toEqual({ after: null, hasResult: false });
    expect([store.stored, published]).toEqual([[], []]);
    expect(warnings).toEqual([expect.stringMatching(/^Attempt 1 of task .* was lost meanwhile\.$/)]);
  });

  test('that the fence refuses refers to no result and is not handed to the handler', async () => {
    const completed = jest.fn(() => Promise.resolve());
    const { settle, store, task, published } = settling({}, { completed });
    store.rows.set(task.id, { ...task.row, attempt: 2 });
    expect(await settle(done)).toEqual({ after: null, hasResult: false });
    expect([completed.mock.calls, store.stored, published, errors]).toEqual([[], [], [], []]);
  });

  test('is stored with what was measured and with the RAM that the memory guard asks for', async () => {
    const { settle, row, task, attempt } = settling();
    attempt.measured = { cpuSeconds: 12, peakRamMb: 700 };
    attempt.retryRamMb = 900;
    await settle(stopped('memory'));
    expect(row(task)).toMatchObject({ status: 'queued', attempt: 2, floorRamMb: 900 });
    const other = settling();
    other.attempt.measured = { cpuSeconds: 12, peakRamMb: 700 };
    await other.settle(done);
    expect(other.row(other.task)).toMatchObject({ cpuSeconds: 12, peakRamMb: 700, floorRamMb: null });
  });

  test('follows the rule of its handler about what is tried again', async () => {
    const retry = { codes: ['BUSY'], maxAttempts: 2, firstDelayS: 1, maxDelayS: 1 };
    const busy: AttemptEnd = { type: 'failed', error: { code: 'BUSY', message: 'x' } };
    const first = settling({}, { retry });
    await first.settle(busy);
    expect(first.row(first.task)).toMatchObject({ status: 'queued', attempt: 2 });
    const second = settling({ attempt: 2 }, { retry });
    await second.settle(busy);
    expect(second.row(second.task).status).toBe('failed');
  });

  test('of a type that no handler knows is stored all the same', async () => {
    const { settle, row, task } = settling({ taskType: 'unheard_of' });
    expect(await settle(done)).toMatchObject({ hasResult: true });
    expect(row(task).status).toBe('completed');
  });
});

describe('the handler of a task', () => {
  const calls: unknown[][] = [];
  const completed: TaskHandler['completed'] = (_, { status }, summary, file) => {
    calls.push([status, summary, file]);
    return Promise.resolve();
  };
  beforeEach(() => {
    calls.length = 0;
  });

  test('is given the ended task, its summary and the name of its result’s file', async () => {
    const { settle, task } = settling({}, { completed, resultExtension: '.csv' });
    await settle(done);
    expect(calls).toEqual([['completed', { equity: 1 }, `${task.id}.1.csv`]]);
  });

  test('is given what a cancelled task has kept', async () => {
    const { settle, row, task } = settling({}, { completed });
    expect(await settle(stopped('cancelled'), { value: 'half' })).toMatchObject({ hasResult: true });
    expect(calls).toEqual([['cancelled', 'half', `${task.id}.1.json.gz`]]);
    expect(row(task).status).toBe('cancelled');
  });

  test.each<[string, AttemptEnd, Partial<TaskRow>]>([
    ['a task without a result', stopped('cancelled'), {}],
    ['a task that goes back to the queue', { type: 'killed' }, {}],
    ['a function of the server', done, { durable: false }],
  ])('is not called for %s', async (_, end, fields) => {
    const { settle } = settling(fields, { completed });
    await settle(end);
    expect([calls, errors]).toEqual([[], []]);
  });

  test('that throws makes the end a failure without a result', async () => {
    const broken = () => {
      throw new Error('broken', { cause: new Error('no such column; token=hush') });
    };
    const { settle, row, task, published } = settling({}, { completed: broken });
    expect(await settle(done)).toMatchObject({ hasResult: false });
    expect(row(task).error).toEqual({
      code: 'RESULT_INVALID',
      message: 'The end of the task could not be stored: no such column; token=[redacted]',
    });
    expect(errors).toEqual([`The end of task ${task.id} was rejected: no such column; token=[redacted]`]);
    expect(published.map(({ after }) => after.status)).toEqual(['failed']);
  });
});

describe('an error of a handler that is among its own causes', () => {
  const outer: Error = new Error('outer');
  const own = new Error('own');
  outer.cause = new Error('inner', { cause: outer });
  own.cause = own;

  test.each([
    ['inner', outer],
    ['own', own],
  ])('is stored like any other, as what its %s one says', async (message, error) => {
    const { settle, row, task } = settling({}, { completed: () => Promise.reject(error) });
    await settle(done);
    expect(row(task).error?.message).toBe(`The end of the task could not be stored: ${message}`);
  });
});

describe('the shards of a task', () => {
  test.each<[string, AttemptEnd, FinishedAttempt['keptSummary'], boolean]>([
    ['forgotten when it completes', done, null, false],
    ['kept when it is cancelled with a result', stopped('cancelled'), { value: 'half' }, true],
    ['kept when it goes back to the queue', { type: 'killed' }, null, true],
  ])('are %s', async (_, end, keptSummary, isKept) => {
    const { settle, shards, task } = settling({}, { shards: () => 2 });
    await shards.open(task, 2);
    await settle(end, keptSummary);
    expect(shards.shards.has(task.id)).toBe(isKept);
  });
});

describe('a database that is away', () => {
  test('is asked again each second and complained of once; the end keeps its time', async () => {
    const { settle, store, clock, published } = settling();
    store.failure = connectionError();
    const settled = settle(done);
    await clock.advance(0);
    await clock.advance(5_500);
    store.failure = null;
    await clock.advance(499);
    expect(store.stored).toEqual([]);
    await clock.advance(1);
    expect(await settled).toMatchObject({ hasResult: true });
    expect(published).toMatchObject([{ endedAtMs: 1_700_000_000_000 }]);
    expect(errors).toEqual([expect.stringMatching(/cannot be stored yet: connect ECONNREFUSED$/)]);
    expect(clock.pending).toBe(0);
  });

  test('may come back with the task in other hands', async () => {
    const { settle, store, clock, task, published } = settling();
    store.failure = connectionError();
    const settled = settle(done);
    await clock.advance(0);
    await clock.advance(1_000);
    store.failure = null;
    store.rows.set(task.id, { ...task.row, attempt: 2 });
    await clock.advance(1_000);
    expect(await settled).toEqual({ after: null, hasResult: false });
    expect([store.stored, published]).toEqual([[], []]);
  });

  test('may go away while the failure of an end is stored', async () => {
    const completed = () => Promise.reject(new Error('broken'));
    const { settle, store, clock, row, task } = settling({}, { completed });
    let commits = 0;
    store.beforeCommit = () => ((commits += 1) === 2 ? Promise.reject(connectionError()) : Promise.resolve());
    const settled = settle(done);
    await clock.advance(0);
    await clock.advance(1_000);
    await settled;
    expect(row(task)).toMatchObject({ status: 'failed', error: { code: 'RESULT_INVALID' } });
  });
});

describe('an end that the database rejects', () => {
  test.each([
    [1, 'failed', 'The end of the task could not be stored: rejected 1'],
    [2, 'failed', 'The end of the task could not be stored.'],
    [3, 'running', null],
  ])('%s times leaves the task as %s', async (times, status, message) => {
    const { settle, store, row, task, published } = settling();
    let commits = 0;
    store.beforeCommit = () => {
      commits += 1;
      return commits <= times ? Promise.reject(new Error(`rejected ${commits}`)) : Promise.resolve();
    };
    const settlement = await settle(done);
    expect([row(task).status, row(task).error?.message ?? null]).toEqual([status, message]);
    expect(settlement).toEqual({ after: message === null ? null : { row: row(task) }, hasResult: false });
    expect(published).toHaveLength(message === null ? 0 : 1);
    expect(errors).toHaveLength(times);
  });
});
