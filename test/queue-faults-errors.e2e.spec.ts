import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrokenTasks, codePoints, isStorable } from './queue-faults.js';

const maxErrorMessage = 2000;
const maxDescription = 500;
/** Far below the 5 MB of one text, and enough for a page of tasks with messages of the permitted length. */
const maxListingBytes = 100_000;

const crashes = [
  ['an error thrown outside of its promise', 'throw outside of its promise', 'Error: the cause of the crash'],
  [
    'a promise rejected without a handler',
    'reject outside of its promise',
    'TypeError: the cause of the rejection',
  ],
] as const;

describe('what a task says', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks.close());

  test.each(crashes)('by %s is in the message of CRASHED', async (_, how, line) => {
    const task = await tasks.endOrLast(await tasks.submit({ how }));
    expect(task).toMatchObject({ status: 'failed', error: { code: 'CRASHED' } });
    expect(task.error.message).toContain(line);
    expect(task.error.message).not.toMatch(/Node\.js v\d/);
  });

  test('is bounded in code points: an error message of 5 MB', async () => {
    const { status, error } = await tasks.endOrLast(await tasks.submit({ how: 'throw', text: 'long' }));
    expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'TASK_FAILED' });
    expect(codePoints(error.message as string)).toBeLessThanOrEqual(maxErrorMessage);
    expect(isStorable(error.message as string)).toBe(true);
    expect((error.message as string).startsWith('x😀😀')).toBe(true);
  });

  test('is bounded in code points: a description of 5 MB', async () => {
    const { status, description } = await tasks.endOrLast(
      await tasks.submit({ how: 'describe', text: 'long' }),
    );
    expect(status).toBe('completed');
    expect(codePoints(description as string)).toBeLessThanOrEqual(maxDescription);
    expect(isStorable(description as string)).toBe(true);
    expect((description as string).startsWith('x😀😀')).toBe(true);
  });

  test('leaves listings and the snapshot of the stream small', async () => {
    const { text } = await tasks.user.get('/api/tasks');
    expect(Buffer.byteLength(text)).toBeLessThan(maxListingBytes);
    const events = await tasks.user.events();
    await events.until(({ message }) => message.type === 'initial_state');
    events.close();
    expect(Buffer.byteLength(events.raw)).toBeLessThan(maxListingBytes);
  });
});
