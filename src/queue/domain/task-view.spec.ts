import { describe, expect, test } from '@jest/globals';
import { task as wireTask, taskStatuses } from '@app/contracts';
import type { QueuePosition } from './queue-position.js';
import { taskRow } from './task.fixture.js';
import { canSee, positionFor, storedTaskView, viewFor, type StoredTaskView } from './task-view.js';

const admin = { isAdmin: true };
const user = { isAdmin: false };

const position: QueuePosition = {
  position: 3,
  kind: 'ram',
  reason: 'Insufficient RAM: need 0.5GB, available 0.3GB, would leave 0.1GB (min: 0.2GB)',
  userReason: 'Waiting for RAM: this task needs 0.5 GB',
  estimatedStartAtMs: Date.UTC(2026, 0, 1),
};

/** As version 0.1.0 stored a task with an event. */
function storedBefore(fields: Partial<StoredTaskView>): StoredTaskView {
  const view: StoredTaskView = storedTaskView(taskRow(), position);
  const added = ['subject', 'wait_kind', 'can_cancel', 'can_retry', 'log_url', 'user_wait_reason'] as const;
  const old = Object.fromEntries(
    Object.entries(view).filter(([key]) => !(added as readonly string[]).includes(key)),
  );
  return { ...(old as unknown as StoredTaskView), ...fields };
}

describe('a task as a viewer sees it', () => {
  test('has for admins the figures of the machine and the name of the node', () => {
    const stored = storedTaskView(taskRow({ nodeId: 'alpha' }), position);
    expect(viewFor(admin, stored, null)).toMatchObject({
      queue_position: 3,
      wait_reason: position.reason,
      wait_kind: 'ram',
      node_id: 'alpha',
      estimated_start_at: '2026-01-01T00:00:00.000Z',
    });
  });

  test('has for other users neither, in no field', () => {
    const stored = storedTaskView(taskRow({ nodeId: 'alpha' }), position);
    const view = viewFor(user, stored, null);
    expect(view).toMatchObject({ wait_reason: position.userReason, wait_kind: 'ram', node_id: null });
    expect(JSON.stringify(view)).not.toMatch(/alpha|available|0\.3GB/);
  });

  test.each([admin, user])(
    'is what the contract says, and never the stored sentence for users: %j',
    (viewer) => {
      for (const status of taskStatuses) {
        const view = viewFor(viewer, storedTaskView(taskRow({ status }), null), null);
        expect(wireTask.strict().parse(view)).toEqual(view);
      }
    },
  );

  test('of an event of version 0.1 hides the sentence with figures from users, and puts none in its place', () => {
    const old = storedBefore({ node_id: 'alpha' });
    expect(viewFor(user, old, null)).toMatchObject({ wait_reason: null, wait_kind: null, node_id: null });
    expect(viewFor(admin, old, null)).toMatchObject({ wait_reason: position.reason, node_id: 'alpha' });
  });

  test('of an event of version 0.1 has every field of the contract', () => {
    for (const status of taskStatuses) {
      const view = viewFor(user, storedBefore({ status }), null);
      expect(wireTask.strict().parse(view)).toEqual(view);
      expect([status, view.can_cancel, view.can_retry]).toEqual([
        status,
        status === 'queued' || status === 'running',
        status === 'failed' || status === 'cancelled',
      ]);
    }
  });

  test('leads to its result where there is one', () => {
    const stored = storedTaskView(taskRow({ status: 'completed' }), null);
    expect(viewFor(user, stored, '/api/backtests/x').result_url).toBe('/api/backtests/x');
    expect(viewFor(user, stored, null).result_url).toBeNull();
  });

  test.each([
    ['queued', { cancellable: true, durable: true }, [true, false]],
    ['running', { cancellable: true, durable: true }, [true, false]],
    ['running', { cancellable: false, durable: false }, [false, false]],
    ['completed', { cancellable: true, durable: true }, [false, false]],
    ['failed', { cancellable: true, durable: true }, [false, true]],
    ['cancelled', { cancellable: true, durable: true }, [false, true]],
    ['failed', { cancellable: true, durable: false }, [false, false]],
  ] as const)('says whether a %s task with %j can be cancelled and retried', (status, fields, expected) => {
    const view = viewFor(user, storedTaskView(taskRow({ status, ...fields }), null), null);
    expect([view.can_cancel, view.can_retry]).toEqual(expected);
  });

  test('leads to its log', () => {
    expect(viewFor(user, storedTaskView(taskRow({ taskId: 't1' }), null), null).log_url).toBe(
      '/api/tasks/t1/log',
    );
  });
});

test('a place in the queue has the sentence that its viewer may read', () => {
  expect(positionFor(admin, position).wait_reason).toBe(position.reason);
  expect(positionFor(user, position)).toEqual({
    queue_position: 3,
    wait_reason: position.userReason,
    wait_kind: 'ram',
    estimated_start_at: '2026-01-01T00:00:00.000Z',
  });
});

test('a task can be seen by its user and by admins', () => {
  const row = taskRow({ userId: 'alice' });
  expect(canSee({ userId: 'alice', isAdmin: false }, row)).toBe(true);
  expect(canSee({ userId: 'bob', isAdmin: false }, row)).toBe(false);
  expect(canSee({ userId: 'bob', isAdmin: true }, row)).toBe(true);
});
