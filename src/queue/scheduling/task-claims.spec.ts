import { describe, expect, test } from '@jest/globals';
import type { Task } from '../domain/task.js';
import { outage } from '../storage/memory-task-store.fixture.js';
import { newTask } from '../storage/new-task.fixture.js';
import type { NewTask, TransactionHook } from '../storage/task-writes.js';
import { schedulingFixture } from './scheduling.fixture.js';
import { shapeOf } from './submissions.js';
import type { Admitted } from './task-claims.js';

const nothingElse = () => Promise.resolve();
const refusal = new Error('refused');

function fixture() {
  const all = schedulingFixture({ cores: 16 });
  const { reservations, scheduler, submissions } = all;
  const admit = (row: Omit<NewTask, 'status'>): Admitted => {
    const shape = shapeOf(row);
    const { taskId, userId } = row;
    return {
      decision: scheduler.canRun(shape),
      reservation: reservations.take({ taskId, userId, shape, isKillable: true }),
    };
  };
  const queued = (taskId: string): Task => {
    const task = all.store.put({ taskId });
    all.mirror.track(task);
    return task;
  };
  /** New tasks as a cycle takes them in, and what their callers are answered. */
  const arrive = (rows: readonly NewTask[], hook: TransactionHook = nothingElse) => {
    const answers = rows.map((row) =>
      submissions.submit(row, hook).then(
        ({ row: { status } }) => status as unknown,
        (error: unknown) => error,
      ),
    );
    return { answers, taken: submissions.takeAll() };
  };
  const held = () => reservations.list().map(({ taskId }) => taskId);
  return { ...all, admit, arrive, held, queued };
}

describe('the claim of a queued task', () => {
  test('takes the task out of the queue and keeps its resources', async () => {
    const { admit, claims, decided, held, mirror, queued, store } = fixture();
    const task = queued('a');
    const admitted = admit(task.row);
    const claimed = await claims.claim(task, admitted);
    expect(claimed!.task.row).toMatchObject({ taskId: 'a', status: 'running', nodeId: 'here' });
    expect(claimed!.reservation).toBe(admitted.reservation);
    expect(store.rows.get('a')!.status).toBe('running');
    expect(mirror.get('a')).toBeNull();
    expect(held()).toEqual(['a']);
    expect(decided).toMatchObject([{ waited: true, started: true, decision: admitted.decision }]);
  });

  test('succeeds once: a second one gives its own resources back and decides nothing', async () => {
    const { admit, claims, decided, queued, reservations } = fixture();
    const task = queued('a');
    const [first, second] = [admit(task.row), admit(task.row)];
    expect(await claims.claim(task, first)).not.toBeNull();
    expect(await claims.claim(task, second)).toBeNull();
    expect(reservations.list()).toEqual([first.reservation]);
    expect(decided).toHaveLength(1);
  });

  test('that the database does not answer leaves the task in the queue, without resources', async () => {
    const { admit, claims, decided, held, mirror, queued, store } = fixture();
    const task = queued('a');
    store.failure = outage;
    await expect(claims.claim(task, admit(task.row))).rejects.toBe(outage);
    expect(mirror.get('a')).toBe(task);
    expect(held()).toEqual([]);
    expect(decided).toEqual([]);
  });

  test('that comes too late leaves the next attempt of the task in the queue', async () => {
    const { admit, claims, held, mirror, queued, store } = fixture();
    const task = queued('a');
    let open!: () => void;
    store.gate = new Promise((resolve) => (open = resolve));
    const claim = claims.claim(task, admit(task.row));
    // Another node cancels and retries the task meanwhile, and its events arrive first.
    const next = store.put({ taskId: 'a', attempt: 2 });
    mirror.track(next);
    open();
    expect(await claim).toBeNull();
    expect(mirror.get('a')).toBe(next);
    expect(held()).toEqual([]);
  });

  test('that comes too late takes a task out of the queue whose priority was changed meanwhile', async () => {
    const { admit, claims, mirror, queued, store } = fixture();
    const task = queued('a');
    mirror.onUpdated(store.put({ taskId: 'a', priority: 5, status: 'running', nodeId: 'there' }));
    expect(await claims.claim(task, admit(task.row))).toBeNull();
    expect(mirror.get('a')).toBeNull();
  });
});

describe('a new task', () => {
  test('that starts is answered as running, keeps its resources and is never queued', async () => {
    const { admit, arrive, claims, decided, held, mirror } = fixture();
    const { answers, taken } = arrive([newTask({ taskId: 'a' })]);
    const admitted = admit(taken[0]!.row);
    const claimed = await claims.accept(taken[0]!, admitted);
    expect(await answers[0]).toBe('running');
    expect(claimed!.reservation).toBe(admitted.reservation);
    expect(held()).toEqual(['a']);
    expect(mirror.size).toBe(0);
    expect(decided).toMatchObject([{ waited: false, started: true }]);
  });

  test('that waits is in the queue as soon as its caller has the answer', async () => {
    const { arrive, claims, decided, mirror } = fixture();
    const { answers, taken } = arrive([newTask({ taskId: 'a' })]);
    const isQueued = answers[0]!.then(() => mirror.get('a') !== null);
    expect(await claims.accept(taken[0]!, null)).toBeNull();
    expect(await isQueued).toBe(true);
    expect(decided).toMatchObject([{ waited: false, started: false }]);
  });

  test.each([
    ['is refused', refusal, false],
    ['meets an outage', outage, true],
  ])(
    'that %s gives its resources back and tells its caller; only an outage is told to the cycle',
    async (_, error, isThrown) => {
      const { admit, arrive, claims, held, mirror, store } = fixture();
      const { answers, taken } = arrive(
        ['starts', 'waits'].map((taskId) => newTask({ taskId })),
        () => Promise.reject(error),
      );
      const [starts, waits] = taken;
      const accepted = await Promise.allSettled([
        claims.accept(starts!, admit(starts!.row)),
        claims.accept(waits!, null),
      ]);
      const expected = isThrown
        ? { status: 'rejected', reason: error }
        : { status: 'fulfilled', value: null };
      expect(accepted).toEqual([expected, expected]);
      expect(await Promise.all(answers)).toEqual([error, error]);
      expect(held()).toEqual([]);
      expect(mirror.size).toBe(0);
      expect(store.rows.size).toBe(0);
    },
  );

  test('that is stored is answered and held although the task it runs after cannot be read', async () => {
    const { arrive, claims, mirror, store } = fixture();
    store.put({ taskId: 'first', status: 'running' });
    const { answers, taken } = arrive([newTask({ taskId: 'second', runAfter: 'first' })]);
    store.find = () => Promise.reject(outage);
    await expect(claims.accept(taken[0]!, null)).rejects.toBe(outage);
    expect(await answers[0]).toBe('queued');
    expect(mirror.snapshot()).toMatchObject({ ready: [], held: [{ id: 'second' }] });
  });
});

describe('new tasks that may start', () => {
  test.each([
    ['no task', null, true],
    ['a completed task', 'completed', true],
    ['a queued task', 'queued', false],
    ['a running task', 'running', false],
    ['a failed task', 'failed', false],
    ['a cancelled task', 'cancelled', false],
  ] as const)('after %s: %s', async (_, status, mayStart) => {
    const { arrive, claims, store } = fixture();
    if (status !== null) store.put({ taskId: 'first', status });
    const { taken } = arrive([newTask({ taskId: 'second', runAfter: status === null ? null : 'first' })]);
    expect(await claims.startable(taken)).toEqual(mayStart ? taken : []);
  });

  test('are not those that run after one which arrives together with them', async () => {
    const { arrive, claims } = fixture();
    const rows = [newTask({ taskId: 'first' }), newTask({ taskId: 'second', runAfter: 'first' })];
    const { taken } = arrive(rows);
    expect(await claims.startable(taken)).toEqual([taken[0]]);
  });

  test('cannot be told while the database is away', async () => {
    const { arrive, claims, store } = fixture();
    const { taken } = arrive([newTask({ taskId: 'second', runAfter: 'first' })]);
    store.failure = outage;
    await expect(claims.startable(taken)).rejects.toBe(outage);
  });
});
