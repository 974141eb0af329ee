import { expect, test } from '@jest/globals';
import { formatStack } from './format-stack.js';

test('a stack has those of the causes below it', () => {
  const text = formatStack(new Error('outer', { cause: new Error('inner') }));
  expect(text).toMatch(/^Error: outer\n[^]*\nCaused by: Error: inner\n/);
});

test('an error that is among its own causes has an end', () => {
  const error = new Error('outer');
  error.cause = new Error('inner', { cause: error });
  expect(formatStack(error).split('Caused by: ').length).toBeLessThan(20);
});
