import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { TaskHandler } from '@app/tasks-sdk';
import { resultUrlOf, TaskHandlers } from './task-handlers.js';

const handler = (fields: Partial<TaskHandler> = {}): TaskHandler => ({
  type: 'custom',
  label: 'Custom',
  resources: { cpuCores: 1, ramGb: 0.5 },
  payload: z.unknown(),
  size: () => 1,
  describe: () => 'A task',
  entry: new URL(import.meta.url),
  ...fields,
});

describe('the handlers of task types', () => {
  test('are found by their types', () => {
    const handlers = new TaskHandlers();
    const custom = handler();
    handlers.register(custom);
    expect([handlers.types, handlers.find('custom'), handlers.get('custom')]).toEqual([
      ['custom'],
      custom,
      custom,
    ]);
    expect(handlers.find('other')).toBeNull();
    expect(() => handlers.get('other')).toThrow(
      'No handler is registered for task type "other" (registered: custom).',
    );
  });

  test('refuse a type that is taken', () => {
    const handlers = new TaskHandlers();
    handlers.register(handler());
    expect(() => {
      handlers.register(handler());
    }).toThrow('Two handlers are registered for task type "custom".');
  });

  test.each(['', 'Custom', '1st', 'a-b', 'a/b', 'x'.repeat(41)])(
    'refuse the type %p, which the API has no room for',
    (type) => {
      expect(() => {
        new TaskHandlers().register(handler({ type }));
      }).toThrow('is not valid');
    },
  );
});

describe('the path of a result', () => {
  test('is what the handler says, the route of submitted tasks, or none', () => {
    expect(resultUrlOf(handler({ resultUrl: (id) => `/api/custom/${id}` }), 't')).toBe('/api/custom/t');
    expect(resultUrlOf(handler({ submittable: true }), 't')).toBe('/api/tasks/t/result');
    expect(resultUrlOf(handler(), 't')).toBeNull();
    expect(resultUrlOf(null, 't')).toBeNull();
  });
});
