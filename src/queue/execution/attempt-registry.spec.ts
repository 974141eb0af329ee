import { expect, test } from '@jest/globals';
import { fakeAttempt } from './attempt.fixture.js';
import { AttemptRegistry } from './attempt-registry.js';

const attemptAt = (taskId: string, attempt: number) => fakeAttempt({ taskId, attempt }).attempt;

test('the newest attempt at a task is found, whichever was added last', () => {
  const registry = new AttemptRegistry();
  const [second, first, other] = [attemptAt('a', 2), attemptAt('a', 1), attemptAt('b', 9)];
  for (const attempt of [second, first, other]) registry.add(attempt);
  expect([registry.find('a'), registry.find('b'), registry.find('c')]).toEqual([second, other, null]);
  registry.remove(second);
  expect(registry.find('a')).toBe(first);
  registry.remove(first);
  expect(registry.find('a')).toBeNull();
});

test('an attempt counts once however often it is added or removed', () => {
  const registry = new AttemptRegistry();
  const attempt = attemptAt('a', 1);
  registry.add(attempt);
  registry.add(attempt);
  expect([registry.size, registry.list()]).toEqual([1, [attempt]]);
  registry.remove(attemptAt('a', 1));
  expect(registry.size).toBe(1);
  registry.remove(attempt);
  registry.remove(attempt);
  expect([registry.size, registry.list()]).toEqual([0, []]);
});

test('the list stays as it was when an attempt is removed while it is gone through', () => {
  const registry = new AttemptRegistry();
  for (const taskId of ['a', 'b', 'c']) registry.add(attemptAt(taskId, 1));
  const seen: string[] = [];
  const list = registry.list();
  for (const attempt of list) {
    for (const each of registry.list()) registry.remove(each);
    seen.push(attempt.task.id);
  }
  expect([seen, registry.size]).toEqual([['a', 'b', 'c'], 0]);
});
