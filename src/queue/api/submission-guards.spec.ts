import { expect, test } from '@jest/globals';
import { SubmissionGuards } from './submission-guards.js';

test('guards are asked in turn, and the first that refuses ends the submission', async () => {
  const guards = new SubmissionGuards();
  const asked: string[] = [];
  const guard = (name: string, refusal?: Error) =>
    guards.register((userId) => {
      asked.push(`${name} for ${userId}`);
      return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
    });
  await guards.admit('alice');
  expect(asked).toEqual([]);
  guard('a');
  await guards.admit('alice');
  const refusal = new Error('full');
  guard('b', refusal);
  guard('c');
  asked.length = 0;
  await expect(guards.admit('bob')).rejects.toBe(refusal);
  expect(asked).toEqual(['a for bob', 'b for bob']);
});
