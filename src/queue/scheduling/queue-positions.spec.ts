import { describe, expect, test } from '@jest/globals';
import type { Waiting } from '@app/scheduler';
import { schedulingFixture } from './scheduling.fixture.js';

function waiting(id: string, fields: Partial<Waiting> = {}): Waiting {
  return {
    id,
    position: 1,
    kind: 'cpu',
    reason: 'Insufficient CPU: available 0.3',
    userReason: 'Waiting for CPU',
    estimatedStartAtMs: null,
    ...fields,
  };
}

function withQueue(...ids: string[]) {
  const at = schedulingFixture();
  for (const taskId of ids) at.mirror.track(at.store.put({ taskId }));
  const told = () =>
    at.published.flatMap((event) => (event.type === 'queue_positions' ? [[...event.positions.keys()]] : []));
  return { ...at, told };
}

describe('queue positions', () => {
  test('say the place in the queue, the kind and both sentences', () => {
    const { positions } = withQueue('a', 'b');
    positions.update(
      [waiting('a'), waiting('b', { kind: 'behind', position: 7, reason: 'Behind 6 tasks' })],
      [],
    );
    expect(positions.of('a')).toEqual({
      position: 1,
      kind: 'cpu',
      reason: 'Insufficient CPU: available 0.3',
      userReason: 'Waiting for CPU',
      estimatedStartAtMs: null,
    });
    expect(positions.of('b')).toMatchObject({
      position: 2,
      kind: 'behind',
      reason: 'Behind 1 task in the queue',
    });
    expect(positions.of('c')).toBeNull();
  });

  test('say when a task may start by the clock of the database', () => {
    const { positions, databaseClock } = withQueue('a');
    databaseClock.offsetMs = 5000;
    positions.update([waiting('a', { estimatedStartAtMs: 1_700_000_000_000 })], []);
    expect(positions.of('a')!.estimatedStartAtMs).toBe(1_700_000_005_000);
  });

  test('put tasks that wait for another one last', () => {
    const { positions, store } = withQueue('a');
    positions.update([waiting('a')], [store.put({ taskId: 'held', runAfter: 'other' })]);
    expect(positions.of('held')).toMatchObject({ position: 2, kind: 'dependency' });
  });

  test('give a new task the place that its cycle found, else the last one', () => {
    const { positions, store } = withQueue('a', 'b');
    positions.update([waiting('a')], []);
    expect(positions.add(store.put({ taskId: 'a' }).row).position).toBe(1);
    expect(positions.add(store.put({ taskId: 'new' }).row)).toMatchObject({
      position: 3,
      kind: 'behind',
      reason: 'Behind 2 tasks in the queue',
    });
    expect(positions.of('new')?.position).toBe(3);
  });

  test('are published at most once a second, and only those that have changed', async () => {
    const { clock, positions, told } = withQueue('a', 'b');
    positions.update([waiting('a'), waiting('b')], []);
    positions.publishPositions();
    expect(told()).toEqual([['a', 'b']]);
    positions.update([waiting('a'), waiting('b', { reason: 'Insufficient CPU: available 0.2' })], []);
    positions.publishPositions();
    await clock.advance(999);
    positions.publishPositions();
    expect(told()).toHaveLength(1);
    await clock.advance(1);
    positions.publishPositions();
    positions.publishPositions();
    expect(told()).toEqual([['a', 'b'], ['b']]);
    await clock.advance(1000);
    positions.publishPositions();
    expect(told()).toHaveLength(2);
  });

  test('are published of queued tasks only', () => {
    const { mirror, positions, told } = withQueue('a', 'b');
    positions.update([waiting('a'), waiting('b')], []);
    mirror.untrack('a');
    positions.publishPositions();
    expect(told()).toEqual([['b']]);
  });

  test('of a long queue are found at most once a second, whatever the wall clock says', async () => {
    const { clock, positions } = withQueue();
    expect(positions.isUpdateDue(501)).toBe(true);
    positions.update([], []);
    expect(positions.isUpdateDue(501)).toBe(false);
    expect(positions.isUpdateDue(500)).toBe(true);
    await clock.advance(1000);
    expect(positions.isUpdateDue(501)).toBe(true);
  });
});
