import { describe, expect, test } from '@jest/globals';
import { interruptWaits, waitFor } from './waiting.js';

describe('waiting', () => {
  test('ends with the first answer that is truthy', async () => {
    const answers = [null, 0, '', false, undefined, 'here'];
    expect(await waitFor(() => answers.shift())).toBe('here');
    expect(answers).toEqual([]);
  });

  test('says after the time what it waited for', async () => {
    await expect(
      waitFor(
        () => null,
        1,
        () => 'the end',
      ),
    ).rejects.toThrow('After 0.001 s not yet: the end');
  });

  test('ends at once with the error of a check, also when the question fails for the same reason', async () => {
    let error: Error | null = null;
    const stop = interruptWaits(() => error);
    const waiting = waitFor(() => {
      error = new Error('the server is gone');
      return null;
    });
    await expect(waiting).rejects.toThrow('the server is gone');
    const failing = waitFor(() => Promise.reject(new Error('connection refused')));
    await expect(failing).rejects.toThrow('the server is gone');
    stop();
    expect(await waitFor(() => 'answered')).toBe('answered');
  });
});
