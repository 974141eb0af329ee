import { describe, expect, test } from '@jest/globals';
import {
  transitionAfterEnd,
  transitionAfterLoss,
  type AttemptEnd,
  type OutcomeContext,
} from './attempt-outcome.js';
import { taskRow } from './task.fixture.js';
import type { TaskRow } from './task-row.js';
import { Task, unmeasured } from './task.js';

const context: OutcomeContext = { measured: unmeasured, retryRamMb: null, retryPolicy: null };

function after(end: AttemptEnd, fields: Partial<TaskRow> = {}, more: Partial<OutcomeContext> = {}) {
  return transitionAfterEnd(new Task(taskRow({ status: 'running', ...fields })), end, {
    ...context,
    ...more,
  });
}

describe('the end of an attempt', () => {
  test('with a result completes the task', () => {
    const measured = { cpuSeconds: 1.5, peakRamMb: 300 };
    expect(after({ type: 'done', summary: null }, {}, { measured })).toEqual({
      name: 'complete',
      set: { ...measured, error: null, progress: 1 },
    });
  });

  test('with an error fails it, and says what memory it reached where that was the reason', () => {
    const error = { code: 'OUT_OF_MEMORY', message: 'It needed more than its limit of 1024 MB.' };
    const transition = after({ type: 'failed', error }, {}, { measured: { cpuSeconds: 1, peakRamMb: 1100 } });
    expect(transition).toMatchObject({
      name: 'fail',
      set: { error: { message: 'It needed more than its limit of 1024 MB. Its measured peak was 1100 MB.' } },
    });
  });

  test('with a code that the handler retries goes back to the queue, with a pause that doubles', () => {
    const retryPolicy = { codes: ['RATE_LIMITED'], maxAttempts: 4, firstDelayS: 10, maxDelayS: 30 };
    const error = { code: 'RATE_LIMITED', message: 'Too many requests.' };
    const delays = [1, 2, 3].map((attempt) => {
      const transition = after({ type: 'failed', error }, { attempt }, { retryPolicy });
      return [transition!.name, transition!.delayMs];
    });
    expect(delays).toEqual([
      ['requeue', 10_000],
      ['requeue', 20_000],
      ['requeue', 30_000],
    ]);
    expect(after({ type: 'failed', error }, { attempt: 4 }, { retryPolicy })!.name).toBe('fail');
    const other = { code: 'BAD', message: '' };
    expect(after({ type: 'failed', error: other }, {}, { retryPolicy })!.name).toBe('fail');
  });

  test('by the system gives the next attempt more than it reached', () => {
    const measured = { cpuSeconds: 1, peakRamMb: 1000 };
    expect(after({ type: 'killed' }, { ramMb: 512 }, { measured })).toMatchObject({
      name: 'requeue',
      set: { floorRamMb: 1300, attempt: 2 },
      delayMs: 1000,
    });
    expect(after({ type: 'killed' }, { attempt: 3, maxAttempts: 3 })).toMatchObject({
      name: 'fail',
      set: { error: { code: 'OUT_OF_MEMORY' } },
    });
  });

  test('of a function is never an attempt more', () => {
    const fields = { durable: false, attempt: 1, maxAttempts: 3 };
    expect(after({ type: 'killed' }, fields)!.name).toBe('fail');
    expect(after({ type: 'stopped', reason: 'returned' }, fields)).toMatchObject({
      name: 'fail',
      set: { error: { code: 'INTERRUPTED' } },
    });
  });

  test('by a stop leads where its reason says', () => {
    const names = (['cancelled', 'time-limit', 'returned', 'memory', 'lost', 'abandoned'] as const).map(
      (reason) => after({ type: 'stopped', reason })?.name ?? null,
    );
    expect(names).toEqual(['cancel', 'fail', 'requeue', 'requeue', null, null]);
  });

  test('of a task that is returned through no fault of its own costs it no attempt', () => {
    const transition = after({ type: 'stopped', reason: 'returned' }, { attempt: 1, maxAttempts: 3 });
    expect(transition!.set).toMatchObject({ attempt: 2, maxAttempts: 4 });
  });
});

describe('a task whose node is lost', () => {
  const lost = (fields: Partial<TaskRow>) =>
    transitionAfterLoss(new Task(taskRow({ status: 'running', maxAttempts: 20, ...fields })));

  test('goes on at once the first time, and pauses for 1, 2, 4 … s after that, a minute at most', () => {
    expect([1, 2, 3, 4, 10].map((attempt) => lost({ attempt }).delayMs ?? null)).toEqual([
      null,
      1000,
      2000,
      4000,
      60_000,
    ]);
  });

  test('fails after its last attempt', () => {
    expect(lost({ attempt: 20 })).toMatchObject({ name: 'failLost', set: { error: { code: 'NODE_LOST' } } });
  });

  test('is cancelled where that was asked for, and interrupted where it was a function', () => {
    expect(lost({ cancelRequested: true }).name).toBe('cancelLost');
    expect(lost({ durable: false })).toMatchObject({
      name: 'failLost',
      set: { error: { code: 'INTERRUPTED' } },
    });
  });
});
