import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrokenTasks, codePoints, isStorable } from './queue-faults.js';

/** Order, error code, and what the message holds. */
const cases: readonly (readonly [string, object, string, RegExp])[] = [
  ['an error message with NUL', { how: 'throw', text: 'nul' }, 'TASK_FAILED', /^bad .* text$/],
  [
    'an error message with half a surrogate pair',
    { how: 'throw', text: 'lone surrogate' },
    'TASK_FAILED',
    /^bad .* text$/,
  ],
  ['NUL as its last words', { how: 'print NUL and exit' }, 'CRASHED', /exit code 3.*the last line/],
  [
    'last words that are cut in an emoji',
    { how: 'print an emoji and exit' },
    'CRASHED',
    /exit code 3.*x{200}/,
  ],
  ['a BigInt in its summary', { how: 'return a BigInt' }, 'RESULT_INVALID', /\w+/],
  ['a handler whose completed() throws', { how: 'fail in completed' }, 'RESULT_INVALID', /\w+/],
];

describe('an end that the database rejects', () => {
  let tasks: BrokenTasks;
  const ids = new Map<string, string>();
  const ended = new Map<string, Awaited<ReturnType<BrokenTasks['task']>>>();

  beforeAll(async () => {
    tasks = await BrokenTasks.open();
    for (const [name, order] of cases) ids.set(name, await tasks.submit(order));
    await Promise.all([...ids].map(async ([name, id]) => ended.set(name, await tasks.endOrLast(id))));
  }, 180_000);
  afterAll(() => tasks.close());

  test.each(cases)('because of %s is stored as a failure', (name, _, code, message) => {
    const { status, error } = ended.get(name);
    expect({ status, code: error?.code }).toEqual({ status: 'failed', code });
    expect(error.message).toMatch(message);
    expect(isStorable(error.message as string)).toBe(true);
    expect(codePoints(error.message as string)).toBeLessThanOrEqual(2000);
  });

  test('frees its reservation', async () => {
    expect(await tasks.reservedCores(0)).toBe(0);
  });

  test('cannot be cancelled afterwards, as any finished task', async () => {
    for (const id of ids.values()) {
      const { status, body } = await tasks.user.post(`/api/tasks/${id}/cancel`);
      expect([status, body.code]).toEqual([409, 'TASK_FINISHED']);
    }
  });

  test('does not come back with a restart, and the next task runs', async () => {
    await tasks.server.signal('SIGKILL');
    await tasks.restart();
    for (const [name, id] of ids) {
      const { status, attempt } = await tasks.task(id);
      expect({ name, status, attempt }).toEqual({ name, status: 'failed', attempt: 1 });
    }
    expect(await tasks.reservedCores(0)).toBe(0);
    const next = await tasks.submit({ how: 'sleep' });
    expect(await tasks.endOrLast(next)).toMatchObject({ status: 'completed' });
  }, 180_000);
});
