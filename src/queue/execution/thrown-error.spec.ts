import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { TaskFailedError } from '@app/tasks-sdk';
import { toTaskError, toUncaughtError } from './thrown-error.js';

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw.');
}

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  errno: -28,
  syscall: 'write',
});
const hostile = new Proxy(new Error('x'), {
  get: () => {
    throw new Error('no');
  },
});

describe('what a task throws', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['an error of its own', new TaskFailedError('NO_CANDLES', 'None.'), 'NO_CANDLES', /^None\.$/],
    ['a plain error', new Error('as it was told'), 'TASK_FAILED', /^as it was told$/],
    ['a full disk', full, 'DISK_FULL', /no room/],
    ['an error of the file system', thrownBy(() => readFileSync('/nowhere')), 'TASK_FAILED', /^ENOENT: /],
    ['an error of Node', thrownBy(() => readFileSync(7.5)), 'TASK_FAILED', /must be of type/],
    [
      'no room for an array',
      thrownBy(() => new Float64Array(2 ** 52)),
      'OUT_OF_MEMORY',
      /typed array length/,
    ],
    ['a text', 'just words', 'TASK_FAILED', /^just words$/],
    ['nothing', undefined, 'TASK_FAILED', /^undefined$/],
    ['an object without a text', Object.create(null), 'TASK_FAILED', /no text/],
    [
      'an error without a message',
      new TypeError(),
      'TASK_FAILED',
      /^It threw TypeError without a message\.$/,
    ],
    ['a hostile proxy', hostile, 'TASK_FAILED', /undefined/],
    ['a NUL', new Error('bad \u0000'), 'TASK_FAILED', /^bad \ufffd$/],
    ['a code that is a sentence', Object.assign(new Error('x'), { code: 'a b' }), 'TASK_FAILED', /^x$/],
    ['a code that is a number', Object.assign(new Error('x'), { code: 7 }), 'TASK_FAILED', /^x$/],
  ])('by %s becomes its error', (_, thrown, code, message) => {
    const error = toTaskError(thrown);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('is cut when its message has 5 MB', () => {
    expect(Array.from(toTaskError(new Error('😀'.repeat(1_250_000))).message)).toHaveLength(2000);
  });

  test('names the error when it was not caught', () => {
    expect(toUncaughtError(new TypeError('x is not a function'))).toEqual({
      code: 'CRASHED',
      message: "The task's process ended by an uncaught error. TypeError: x is not a function",
    });
    expect(toUncaughtError(full).code).toBe('DISK_FULL');
    expect(toUncaughtError('words').message).toBe("The task's process ended by an uncaught error. words");
  });
});
