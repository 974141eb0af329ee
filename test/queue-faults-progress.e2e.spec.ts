import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrokenTasks, codePoints, isStorable } from './queue-faults.js';

const steps = 20;

describe('progress', () => {
  let tasks: BrokenTasks;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks.close());

  test.each(['NUL', 'NaN', 'Infinity', '10 MB'])(
    'with %s of one task does not lose that of others',
    async (text) => {
      const events = await tasks.user.events();
      const bad = await tasks.submit({ how: 'report badly', text, count: 60 });
      const good = await Promise.all([1, 2, 3].map(() => tasks.submit({ how: 'count', count: steps })));
      const ends = await Promise.all([...good, bad].map((id) => tasks.endOrLast(id)));
      events.close();
      for (const [n, id] of good.entries()) {
        expect(ends[n]).toMatchObject({ status: 'completed', attempt: 1, description: `step ${steps}` });
        // A stream may leave out a word that was followed by the next one at once.
        const words = new Set(
          events
            .ofTask(id)
            .filter(({ message }) => message.type === 'task_description_update')
            .map(({ message }) => message.data.description as string),
        );
        expect(words.size).toBeGreaterThan(steps / 2);
      }
      const { description, progress, error } = ends.at(-1);
      expect([null, 'PROTOCOL_ERROR']).toContain(error?.code ?? null);
      expect(isStorable(description as string)).toBe(true);
      expect(codePoints(description as string)).toBeLessThanOrEqual(500);
      expect(progress === null || (progress >= 0 && progress <= 1)).toBe(true);
    },
    180_000,
  );
});
