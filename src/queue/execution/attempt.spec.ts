import { describe, expect, test } from '@jest/globals';
import type { AttemptEnd } from '../domain/attempt-outcome.js';
import { fakeAttempt } from './attempt.fixture.js';

const done: AttemptEnd = { type: 'done', summary: 1 };
const killed: AttemptEnd = { type: 'killed' };
const cancelled: AttemptEnd = { type: 'stopped', reason: 'cancelled' };

type Fakes = ReturnType<typeof fakeAttempt>;

const states: readonly [string, (fakes: Fakes) => void][] = [
  ['starting', () => undefined],
  [
    'running',
    ({ attempt, work }) => {
      attempt.begin(work);
      attempt.markRunning();
    },
  ],
  [
    'stopping',
    ({ attempt, work }) => {
      attempt.begin(work);
      attempt.stop('cancelled');
    },
  ],
  [
    'settling',
    ({ attempt, work }) => {
      attempt.begin(work);
      attempt.finish(done);
    },
  ],
  [
    'settled',
    ({ attempt, work }) => {
      attempt.begin(work);
      attempt.finish(done);
      attempt.markSettled();
    },
  ],
];

function inState(name: string, fields: Parameters<typeof fakeAttempt>[0] = {}): Fakes {
  const fakes = fakeAttempt(fields);
  states.find(([state]) => state === name)![1](fakes);
  expect(fakes.attempt.state).toBe(name);
  return fakes;
}

describe('an attempt', () => {
  test('goes from its start to its stored end', () => {
    const { attempt, work, finished } = fakeAttempt();
    expect([attempt.state, attempt.isOpen, attempt.work]).toEqual(['starting', true, null]);
    attempt.begin(work);
    expect([attempt.state, attempt.work]).toEqual(['starting', work]);
    attempt.markRunning();
    expect([attempt.state, attempt.isOpen]).toEqual(['running', true]);
    attempt.finish(done);
    expect([attempt.state, attempt.isOpen]).toEqual(['settling', false]);
    expect(work.releases).toBe(0);
    attempt.markSettled();
    expect([attempt.state, attempt.isOpen]).toEqual(['settled', false]);
    expect(work.releases).toBe(1);
    expect(finished).toEqual([{ end: done, keptSummary: null }]);
  });

  test.each(['starting', 'running', 'stopping'])('that is %s ends once, with its first end', (state) => {
    const { attempt, finished, clock } = inState(state);
    attempt.finish(killed, { value: 'kept' });
    attempt.finish(done);
    expect(finished).toEqual([{ end: killed, keptSummary: { value: 'kept' } }]);
    expect(attempt.state).toBe('settling');
    expect(clock.pending).toBe(0);
  });

  test.each(['stopping', 'settling', 'settled'])('that is %s does not run again', (state) => {
    const { attempt } = inState(state);
    attempt.markRunning();
    expect(attempt.state).toBe(state);
  });

  test.each(['starting', 'running', 'stopping', 'settled'])(
    'that is %s cannot be marked as stored, and keeps its reservation as it is',
    (state) => {
      const { attempt, work } = inState(state);
      const { releases } = work;
      expect(() => {
        attempt.markSettled();
      }).toThrow(`Attempt 1 of task ${attempt.task.id}: ${state} → settled`);
      expect([attempt.state, work.releases]).toEqual([state, releases]);
    },
  );

  test.each(['settling', 'settled'])('that is %s takes no end that is still to come', (state) => {
    const { attempt } = inState(state);
    expect(() => {
      attempt.beginStopping(killed, 1);
    }).toThrow(`${state} → stopping`);
  });
});

describe('a stop', () => {
  test.each(['settling', 'settled'])('comes too late for an attempt that is %s', async (state) => {
    const { attempt, work, finished, clock } = inState(state);
    expect(attempt.stop('cancelled')).toBe(false);
    await clock.advance(600_000);
    expect(attempt.check()).toBeNull();
    expect([work.stops, attempt.pendingEnd, attempt.state]).toEqual([[], null, state]);
    expect(finished).toHaveLength(1);
  });

  test('before there is work is the end at once, and the work that follows never counts', () => {
    const { attempt, work, finished, clock } = fakeAttempt();
    expect(attempt.stop('cancelled')).toBe(true);
    expect(finished).toEqual([{ end: cancelled, keptSummary: null }]);
    attempt.begin(work);
    expect([attempt.state, clock.pending, work.releases]).toEqual(['settling', 0, 0]);
    attempt.markSettled();
    expect(work.releases).toBe(1);
  });

  test('reaches work that has not begun to run', () => {
    const { attempt, work, finished } = fakeAttempt();
    attempt.begin(work);
    attempt.stop('returned');
    expect([attempt.state, work.stops, finished]).toEqual(['stopping', ['returned'], []]);
    expect(attempt.pendingEnd).toEqual({ type: 'stopped', reason: 'returned' });
  });

  test('is asked of the work once, and its first reason stands', () => {
    const { attempt, work } = inState('running');
    expect([attempt.stop('memory'), attempt.stop('cancelled')]).toEqual([true, true]);
    expect(work.stops).toEqual(['memory']);
    expect(attempt.pendingEnd).toEqual({ type: 'stopped', reason: 'memory' });
  });

  test('is over when the work ends within it', () => {
    const { attempt, work, finished } = inState('running');
    work.onStop = () => {
      attempt.finish(done);
    };
    expect(attempt.stop('cancelled')).toBe(true);
    expect([attempt.state, finished]).toEqual(['settling', [{ end: done, keptSummary: null }]]);
  });

  test('does not replace the end that a failed part of the work has decided', () => {
    const { attempt, work } = inState('running');
    attempt.beginStopping(killed, 100);
    expect(attempt.stop('cancelled')).toBe(true);
    expect([attempt.pendingEnd, work.stops]).toEqual([killed, []]);
  });
});

describe('the time limit', () => {
  test('counts from the work’s begin, not from the claim', async () => {
    const { attempt, work, clock } = fakeAttempt({ timeoutS: 10 });
    await clock.advance(30_000);
    attempt.begin(work);
    attempt.markRunning();
    await clock.advance(9_999);
    expect(work.stops).toEqual([]);
    await clock.advance(1);
    expect(work.stops).toEqual(['time-limit']);
  });

  test('changes nothing of a stop that came before it', async () => {
    const { attempt, work, clock, finished } = inState('stopping', { timeoutS: 10 });
    await clock.advance(10_000);
    expect([work.stops, attempt.pendingEnd, finished]).toEqual([['cancelled'], cancelled, []]);
  });

  test.each(['settling', 'settled'])('is none for an attempt that is %s', (state) => {
    expect(inState(state).clock.pending).toBe(0);
  });
});

describe('work that comes after the end', () => {
  test('gives its reservation back at once when the end is stored already', () => {
    const { attempt, work, clock } = fakeAttempt({ timeoutS: 10 });
    attempt.stop('lost');
    attempt.markSettled();
    attempt.begin(work);
    expect([work.releases, clock.pending]).toEqual([1, 0]);
  });
});

describe('the check of an attempt', () => {
  test('ends one that has not started after a minute, and finds nothing the next time', async () => {
    const { attempt, work, finished, clock } = fakeAttempt();
    attempt.begin(work);
    work.isGone = true;
    await clock.advance(60_000);
    expect(attempt.check()).toBeNull();
    await clock.advance(1);
    const message = 'It did not start within 60 s.';
    expect([attempt.check(), attempt.check()]).toEqual([message, null]);
    expect(finished).toEqual([{ end: { type: 'spawn-failed', message }, keptSummary: null }]);
  });

  test('lets one that runs have all its time while its work is alive', async () => {
    const { attempt, work, finished, clock } = inState('running');
    await clock.advance(3_000_000);
    expect([attempt.check(), attempt.state]).toEqual([null, 'running']);
    work.isGone = true;
    expect(attempt.check()).toBe("The task's process was gone without an end.");
    expect(finished).toMatchObject([{ end: { type: 'failed', error: { code: 'PROCESS_LOST' } } }]);
  });

  test.each([
    ['a stop', cancelled, 'cancelled'],
    ['a failure of its work', killed, 'killed'],
  ])('ends one after %s whose work outlasts its limit, with the end decided then', async (_, end, label) => {
    const { attempt, work, finished, clock } = inState('running');
    work.limitMs = 700;
    if (end === cancelled) attempt.stop('cancelled');
    else attempt.beginStopping(end, 700);
    await clock.advance(700);
    expect(attempt.check()).toBeNull();
    await clock.advance(1);
    expect(attempt.check()).toBe(`It did not end in time after it was stopped (${label}).`);
    expect(finished).toEqual([{ end, keptSummary: null }]);
  });

  test('gives a stopped attempt its whole limit although it was long in starting', async () => {
    const { attempt, work, clock } = fakeAttempt();
    attempt.begin(work);
    await clock.advance(59_999);
    attempt.stop('cancelled');
    await clock.advance(5_000);
    expect(attempt.check()).toBeNull();
  });

  test('waits for a stopped attempt whose work is gone, since its end may be on the way', () => {
    const { attempt, work, finished } = inState('stopping');
    work.isGone = true;
    expect([attempt.check(), finished]).toEqual([null, []]);
  });
});
