import { expect, it } from '@jest/globals';
import { GuaranteedStartTimes } from './guaranteed-start-times.js';

it('keeps the first time that a task was guaranteed until the task is deleted', () => {
  const times = new GuaranteedStartTimes();
  expect(times.record('4f1c/shard-2', 1000)).toBe(1000);
  expect(times.record('4f1c/shard-2', 5000)).toBe(1000);
  times.delete('4f1c/shard-2');
  expect(times.record('4f1c/shard-2', 5000)).toBe(5000);
});

it('drops the oldest entry above a thousand', () => {
  const times = new GuaranteedStartTimes();
  for (let n = 0; n <= 1000; n++) times.record(`task-${n}`, n);
  expect(times.record('task-1', 7000)).toBe(1);
  expect(times.record('task-0', 7000)).toBe(7000);
});
