import { describe, expect, test } from '@jest/globals';
import { taskError, taskErrorCodes } from './task-error-codes.js';

describe('the error of a task as it is stored', () => {
  test.each(Object.keys(taskErrorCodes))('keeps the code %s of the queue itself', (code) => {
    expect(taskError(code, 'text')).toEqual({ code, message: 'text' });
  });

  test.each(['E', 'MyError', 'HTTP_404', 'x'.repeat(64)])('keeps the code %s of a task module', (code) => {
    expect(taskError(code, 'text').code).toBe(code);
  });

  test.each(['', '_A', '4XX', 'NO-DASH', 'A B', 'A\n', 'É', 'A\u0000', 'x'.repeat(65)])(
    'has the code of any failure in place of %j',
    (code) => {
      expect(taskError(code, 'text')).toEqual({ code: 'TASK_FAILED', message: 'text' });
    },
  );

  test.each([
    ['whole at the limit', 'é'.repeat(2000), 'é'.repeat(2000)],
    ['cut beyond it', 'a'.repeat(2001), `${'a'.repeat(1999)}…`],
    ['cut between characters', '🚀'.repeat(2001), `${'🚀'.repeat(1999)}…`],
    ['free of what no database holds', 'a\u0000b\ud800c', 'a\ufffdb\ufffdc'],
    ['empty where there is none', '', ''],
  ])('has a message that is %s', (_, message, expected) => {
    expect(taskError('CRASHED', message).message).toBe(expected);
  });
});
