import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { pluginProblem } from './plugin-problem.js';

const handler = {
  type: 'custom',
  label: 'Custom',
  resources: { cpuCores: 1, ramGb: 0.5 },
  payload: z.strictObject({}),
  size: () => 1,
  describe: () => 'A task',
  entry: new URL('file:///plugin/custom.task.js'),
};

describe('the default export of a plug-in', () => {
  test('may hold handlers with all that a handler may say', () => {
    expect(pluginProblem({ handlers: [handler] })).toBeNull();
    const retry = { codes: ['BUSY'], maxAttempts: 3, firstDelayS: 0, maxDelayS: 60 };
    const more = { retry, shards: () => 2, submittable: true, completed: () => Promise.resolve() };
    expect(pluginProblem({ handlers: [{ ...handler, ...more }] })).toBeNull();
  });

  test.each([undefined, null, 'a text', {}])('is refused when it is %p', (exported) => {
    expect(pluginProblem(exported)).toContain('neither a Nest module nor a TaskPlugin');
  });

  test.each([
    ['no handlers', [], 'handlers'],
    ['a type that no task may have', [{ ...handler, type: 'Custom Type' }], 'handlers.0.type'],
    [
      'a handler of an earlier version',
      [{ ...handler, resources: undefined, demand: {} }],
      'handlers.0.resources',
    ],
    ['a payload that is no schema', [{ ...handler, payload: {} }], 'handlers.0.payload'],
    ['an entry that is a path', [{ ...handler, entry: './custom.task.js' }], 'handlers.0.entry'],
    ['a retry policy without codes', [{ ...handler, retry: { maxAttempts: 3 } }], 'handlers.0.retry.codes'],
    ['a function that is none', [handler, { ...handler, completed: 'later' }], 'handlers.1.completed'],
  ])('is refused with the place of the fault when it has %s', (_, handlers, place) => {
    expect(pluginProblem({ handlers })).toContain(`no TaskPlugin: ${place}: `);
  });
});
