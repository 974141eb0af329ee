import { describe, expect, test } from '@jest/globals';
import { taskStatuses } from '@app/contracts';
import { taskRow } from './task.fixture.js';
import {
  assertTransition,
  IllegalTransitionError,
  taskTransitions,
  type TransitionName,
} from './task-transitions.js';
import { Task, unmeasured, type Transition } from './task.js';

const names = Object.keys(taskTransitions) as TransitionName[];

/** The methods that describe a transition of a stored task. */
const methods: Record<string, (task: Task) => Transition> = {
  claim: (task) => task.claim('here'),
  cancelQueued: (task) => task.cancelQueued(),
  failQueued: (task) => task.failQueued('DEPENDENCY_FAILED', 'It failed.'),
  complete: (task) => task.complete(unmeasured),
  fail: (task) => task.fail({ code: 'TASK_FAILED', message: 'It failed.' }, unmeasured),
  cancel: (task) => task.cancel(unmeasured),
  requeue: (task) => task.requeue(),
  endByAdmin: (task) => task.endByAdmin('Ended.'),
  requeueLost: (task) => task.requeueLost(),
  failLost: (task) => task.failLost('NODE_LOST', 'Lost.'),
  cancelLost: (task) => task.cancelLost(),
  retry: (task) => task.retry(null),
};

describe('the table of transitions', () => {
  test('has a method for each transition of a stored task', () => {
    const ofStored = names.filter((name) => taskTransitions[name].from.length > 0);
    expect(Object.keys(methods).sort()).toEqual(ofStored.sort());
  });

  const pairs = Object.keys(methods).flatMap((name) => taskStatuses.map((status) => [name, status] as const));
  test.each(pairs)('%s from %s is what the table says', (name, status) => {
    const task = new Task(taskRow({ status }));
    const rule = taskTransitions[name as TransitionName];
    if ((rule.from as readonly string[]).includes(status)) expect(methods[name]!(task).name).toBe(name);
    else expect(() => methods[name]!(task)).toThrow(IllegalTransitionError);
  });

  test('tells of every end with task_completed', () => {
    for (const { to, event } of Object.values(taskTransitions)) {
      const expected = to === 'queued' ? 'task_queued' : to === 'running' ? 'task_running' : 'task_completed';
      expect(event).toBe(expected);
    }
  });

  test('names both statuses in its error', () => {
    expect(() => assertTransition('t1', 'complete', 'queued')).toThrow(
      'Task t1 is queued; "complete" leads from running to completed.',
    );
  });
});
