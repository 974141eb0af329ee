import { describe, expect, test } from '@jest/globals';
import { taskStatuses } from '@app/contracts';
import type { TaskHandler } from '@app/tasks-sdk';
import type { QueuePosition } from '../domain/queue-position.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task } from '../domain/task.js';
import type { QueuePositions } from '../scheduling/queue-positions.js';
import { customHandler } from './task-queue.fixture.js';
import { TaskViews } from './task-views.js';

const user = { isAdmin: false };
const admin = { isAdmin: true };
const place: QueuePosition = {
  position: 4,
  kind: 'cpu',
  reason: 'Insufficient CPU: available 0.3',
  userReason: 'Waiting for CPU',
  estimatedStartAtMs: null,
};

function viewsWith(handler: Partial<TaskHandler> = {}): TaskViews {
  const handlers = new TaskHandlers();
  handlers.register(customHandler(handler));
  const positions = { of: (taskId: string) => (taskId === 'placed' ? place : null) };
  return new TaskViews(handlers, positions as unknown as QueuePositions);
}

const task = (fields: Partial<TaskRow>) =>
  new Task(taskRow({ taskId: 'placed', taskType: 'custom', nodeId: 'alpha', ...fields }));
const startedAt = new Date(0);

describe('the view of a task', () => {
  test('has the place of a queued task, in the words for its viewer', () => {
    const views = viewsWith();
    const queued = task({});
    expect(views.of(admin, queued)).toMatchObject({
      queue_position: 4,
      wait_reason: place.reason,
      node_id: 'alpha',
    });
    expect(views.of(user, queued)).toMatchObject({
      queue_position: 4,
      wait_reason: place.userReason,
      node_id: null,
    });
  });

  test('has the place that was looked up before, where there is one', () => {
    const views = viewsWith();
    expect(views.at(user, task({}), { ...place, position: 9 }).queue_position).toBe(9);
    expect(views.at(user, task({}), null).queue_position).toBeNull();
  });

  test.each(taskStatuses.filter((status) => status !== 'queued'))(
    'has no place of a task that is %s, although one is still known',
    (status) => {
      expect(viewsWith().of(admin, task({ status }))).toMatchObject({
        queue_position: null,
        wait_reason: null,
        wait_kind: null,
      });
    },
  );

  const resultUrl = (id: string) => `/api/custom/${id}`;
  const shards = () => 3;

  test.each<[string, Partial<TaskHandler>, Partial<TaskRow>, string | null]>([
    ['a completed task', { resultUrl }, { status: 'completed' }, '/api/custom/placed'],
    [
      'a completed task that anybody may submit',
      { submittable: true },
      { status: 'completed' },
      '/api/tasks/placed/result',
    ],
    ['a completed task without a result', {}, { status: 'completed' }, null],
    [
      'a completed task of a type that is gone',
      { resultUrl },
      { status: 'completed', taskType: 'gone' },
      null,
    ],
    ['a queued task', { resultUrl, shards }, { status: 'queued' }, null],
    ['a running task', { resultUrl, shards }, { status: 'running', startedAt }, null],
    ['a failed task', { resultUrl, shards }, { status: 'failed', startedAt }, null],
    ['a cancelled task', { resultUrl }, { status: 'cancelled', startedAt }, null],
    [
      'a cancelled task with shards',
      { resultUrl, shards },
      { status: 'cancelled', startedAt },
      '/api/custom/placed',
    ],
    ['a cancelled task with shards that never ran', { resultUrl, shards }, { status: 'cancelled' }, null],
  ])('of %s leads to the result that can be read', (_, handler, fields, expected) => {
    const views = viewsWith(handler);
    expect(views.of(user, task(fields)).result_url).toBe(expected);
    expect(views.ofStored(user, task(fields).view(null)).result_url).toBe(expected);
  });
});
