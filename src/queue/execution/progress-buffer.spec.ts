import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Log } from '../../logging/log.js';
import { ProgressBuffer } from './progress-buffer.js';
import type { TaskStore } from '../storage/task-store.js';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  const destination = { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) };
  Logger.overrideLogger(new Log({ level: 'log', format: 'json', destination }));
});
afterEach(() => {
  Logger.overrideLogger(false);
});

test('progress that cannot be stored is told of once, and once more with how much was lost when it can be', async () => {
  let isAway = true;
  const stored: string[] = [];
  const store = {
    describe: (changes: readonly { description: string }[]) => {
      if (isAway) return Promise.reject(new Error('the database is away'));
      stored.push(...changes.map(({ description }) => description));
      return Promise.resolve();
    },
  };
  const buffer = new ProgressBuffer(store as unknown as TaskStore);
  const say = async (description: string) => {
    buffer.add({ taskId: 'a', attempt: 1, description, progress: null });
    await buffer.flush();
  };
  for (const word of ['one', 'two', 'three']) await say(word);
  isAway = false;
  for (const word of ['four', 'five']) await say(word);
  expect(stored).toEqual(['four', 'five']);
  expect(lines).toEqual([
    '[ProgressBuffer] Progress cannot be stored: Error: the database is away',
    '[ProgressBuffer] Progress is stored again; words that were lost meanwhile: 3',
  ]);
});
