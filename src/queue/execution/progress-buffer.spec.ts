import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import type { ProgressChange, TaskStore } from '../storage/task-store.js';
import { ProgressBuffer } from './progress-buffer.js';

function aBuffer() {
  const clock = new ManualClock();
  const stored: ProgressChange[] = [];
  const statements: number[] = [];
  const state = { isAway: false };
  const store = {
    describe: (changes: readonly ProgressChange[]) => {
      if (state.isAway) return Promise.reject(new Error('The database is away.'));
      stored.push(...changes);
      statements.push(changes.length);
      return Promise.resolve();
    },
  } as unknown as TaskStore;
  const buffer = new ProgressBuffer(store, clock);
  const add = (taskId: string, description: string) => {
    buffer.add({ taskId, attempt: 1, description, progress: 0.5 });
  };
  return { buffer, clock, stored, statements, state, add };
}

describe('the progress buffer', () => {
  test('stores the first report after a pause at once, and all others of 100 ms in one statement', async () => {
    const { clock, stored, statements, add } = aBuffer();
    add('a', '1');
    await clock.advance(0);
    expect(stored.map(({ description }) => description)).toEqual(['1']);
    for (const task of ['a', 'b', 'c']) add(task, '2');
    await clock.advance(99);
    expect(statements).toEqual([1]);
    await clock.advance(1);
    expect(statements).toEqual([1, 3]);
  });

  test('limits one task without delaying another', async () => {
    const { clock, stored, add } = aBuffer();
    for (let n = 0; n < 1000; n += 1) add('loud', `${n}`);
    add('quiet', 'once');
    await clock.advance(0);
    expect(stored.filter(({ taskId }) => taskId === 'loud')).toHaveLength(4);
    expect(stored.filter(({ taskId }) => taskId === 'quiet')).toHaveLength(1);
    await clock.advance(200);
    expect(stored.at(-1)).toMatchObject({ taskId: 'loud', description: '999' });
  });

  test('stores the last report of an attempt before it is finished', async () => {
    const { buffer, stored, add } = aBuffer();
    for (let n = 0; n < 100; n += 1) add('a', `${n}`);
    await buffer.finish({ taskId: 'a', attempt: 1 });
    expect(stored.at(-1)!.description).toBe('99');
    await buffer.finish({ taskId: 'a', attempt: 1 });
    expect(stored.map(({ description }) => description)).toEqual(['0', '1', '2', '3', '99']);
  });

  test('gives up what cannot be stored, and goes on with the next', async () => {
    const { clock, stored, state, add } = aBuffer();
    state.isAway = true;
    add('a', 'lost');
    await clock.advance(100);
    state.isAway = false;
    add('a', 'kept');
    await clock.advance(100);
    expect(stored.map(({ description }) => description)).toEqual(['kept']);
  });

  test('plans nothing while there is nothing to store', async () => {
    const { clock, add } = aBuffer();
    add('a', '1');
    await clock.advance(1000);
    expect(clock.pending).toBe(0);
  });
});
