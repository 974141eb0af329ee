import { Logger } from '@nestjs/common';
import { describe, expect, jest, test } from '@jest/globals';
import { outage } from '../storage/memory-task-store.fixture.js';
import { newTask } from '../storage/new-task.fixture.js';
import { schedulingFixture } from './scheduling.fixture.js';

const nothingElse = () => Promise.resolve();
const always = () => 'running' as const;
const never = () => 'paused' as const;
const at = (minute: number) => new Date(Date.UTC(2023, 10, 14, 22, minute));

describe('a scheduling cycle', () => {
  test('stores a submission directly as running where it may start', async () => {
    const { cycle, executor, store, submissions } = schedulingFixture();
    const answer = submissions.submit(newTask({ taskId: 'a' }), nothingElse);
    await cycle.run(always);
    const task = await answer;
    expect(task.row).toMatchObject({ status: 'running', nodeId: 'here' });
    expect(store.writes).toEqual(['insert a running']);
    expect(executor.started.map(({ id }) => id)).toEqual(['a']);
  });

  test('stores a submission as queued where there is no room, with its position', async () => {
    const { cycle, executor, mirror, positions, submissions } = schedulingFixture({ cores: 1 });
    const answers = ['a', 'b', 'c'].map((taskId) => submissions.submit(newTask({ taskId }), nothingElse));
    await cycle.run(always);
    const statuses = (await Promise.all(answers)).map(({ row }) => row.status);
    expect(statuses).toEqual(['running', 'queued', 'queued']);
    expect(executor.started).toHaveLength(1);
    expect(mirror.size).toBe(2);
    expect(positions.of('b')).toMatchObject({ position: 1, kind: 'exclusive' });
    expect(positions.of('c')).toMatchObject({ position: 2, kind: 'behind' });
    expect(positions.of('b')!.userReason).toBe(
      'Needs the machine to itself: waiting for the running tasks to end',
    );
  });

  test('claims in the order of the queue, and what waited before what is new', async () => {
    const { cycle, executor, mirror, store, submissions } = schedulingFixture({ cores: 16 });
    mirror.track(store.put({ taskId: 'late', queuedAt: at(9) }));
    mirror.track(store.put({ taskId: 'early', queuedAt: at(1) }));
    mirror.track(store.put({ taskId: 'urgent', queuedAt: at(9), priority: 50 }));
    const answer = submissions.submit(newTask({ taskId: 'new', priority: 100 }), nothingElse);
    await cycle.run(always);
    await answer;
    expect(store.writes).toEqual(['claim urgent', 'claim early', 'claim late', 'insert new running']);
    expect(executor.started.map(({ id }) => id)).toEqual(['urgent', 'early', 'late', 'new']);
  });

  test('reserves at the decision: before a claim is answered the next decision knows of it', async () => {
    const { cycle, mirror, reservations, store } = schedulingFixture();
    let open!: () => void;
    mirror.track(store.put({ taskId: 'a' }));
    const running = cycle.run(always);
    store.gate = new Promise((resolve) => (open = resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(reservations.list().map(({ taskId }) => taskId)).toEqual(['a']);
    open();
    await running;
    expect(reservations.list()).toHaveLength(1);
  });

  test('releases the resources of a claim that another node has won', async () => {
    const { cycle, executor, mirror, reservations, store } = schedulingFixture();
    mirror.track(store.put({ taskId: 'a' }));
    store.put({ taskId: 'a', status: 'running', nodeId: 'there' });
    await cycle.run(always);
    expect(store.writes).toEqual(['claim a']);
    expect(reservations.list()).toEqual([]);
    expect(executor.started).toEqual([]);
    expect(mirror.get('a')).toBeNull();
  });

  test('releases the resources of a claim that the database rejects, starts the others and throws', async () => {
    const { cycle, executor, mirror, reservations, store } = schedulingFixture({ cores: 16 });
    for (const taskId of ['a', 'b', 'c']) mirror.track(store.put({ taskId }));
    store.failures.set('b', outage);
    await expect(cycle.run(always)).rejects.toBe(outage);
    expect(executor.started.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(reservations.list().map(({ taskId }) => taskId)).toEqual(['a', 'c']);
  });

  test('starts the others when the start of one throws', async () => {
    const { cycle, executor, mirror, reservations, store } = schedulingFixture({ cores: 16 });
    for (const taskId of ['a', 'b', 'c']) mirror.track(store.put({ taskId }));
    executor.broken.add('a');
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await cycle.run(always);
    expect(error).toHaveBeenCalledWith(expect.stringContaining('Task a could not be started'));
    error.mockRestore();
    expect(executor.started.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(reservations.list().map(({ taskId }) => taskId)).toEqual(['b', 'c']);
  });

  test('answers submissions and publishes their events before it starts a process', async () => {
    const { cycle, executor, published, submissions } = schedulingFixture();
    const order: string[] = [];
    executor.start = () => order.push('start');
    const answer = submissions.submit(newTask({ taskId: 'a' }), nothingElse).then(async () => {
      // Between the task and the bytes of the answer lie many steps of the server.
      for (let steps = 0; steps < 50; steps += 1) await Promise.resolve();
      order.push(`answer after ${published.map(({ type }) => type).join()}`);
    });
    await cycle.run(always);
    await answer;
    expect(order).toEqual(['answer after task_running', 'start']);
  });

  test('starts waiting shards with reservations of their task, and gives them no position', async () => {
    const { cycle, executor, mirror, nodes, reservations, store } = schedulingFixture({ cores: 1 });
    const task = store.put({ taskId: 'sweep', queuedAt: at(0) });
    executor.work = [0, 1].map((index) => ({
      item: { kind: 'shard' as const, taskId: 'sweep', index },
      queued: { ...task.asQueued(0), id: `sweep shard ${index}` },
    }));
    mirror.track(store.put({ taskId: 'single', queuedAt: at(5) }));
    await cycle.run(always);
    expect(executor.startedWork).toEqual([{ kind: 'shard', taskId: 'sweep', index: 0 }]);
    expect(reservations.list().map(({ taskId }) => taskId)).toEqual(['sweep']);
    expect([...nodes.shown.keys()]).toEqual(['single']);
    expect(nodes.shown.get('single')).toMatchObject({
      position: 1,
      kind: 'behind',
      reason: 'Behind the shards of running tasks',
    });
  });

  test('starts nothing and queues what is new where nothing may start', async () => {
    const { cycle, executor, mirror, store, submissions } = schedulingFixture();
    mirror.track(store.put({ taskId: 'old' }));
    const answer = submissions.submit(newTask({ taskId: 'new' }), nothingElse);
    await cycle.run(never);
    expect((await answer).row.status).toBe('queued');
    expect(store.writes).toEqual(['insert new queued']);
    expect(executor.started).toEqual([]);
  });

  test('says no reason for waiting while the server shuts down', async () => {
    const { cycle, executor, mirror, positions, store } = schedulingFixture();
    mirror.track(store.put({ taskId: 'old' }));
    await cycle.run(() => 'draining');
    expect(executor.started).toEqual([]);
    expect(positions.of('old')).toBeNull();
  });

  test('starts nothing on a node that runs no tasks', async () => {
    const { cycle, decided, mirror, nodes, store, submissions } = schedulingFixture();
    nodes.isWorker = false;
    mirror.track(store.put({ taskId: 'old' }));
    const answer = submissions.submit(newTask({ taskId: 'new' }), nothingElse);
    await cycle.run(always);
    expect((await answer).row.status).toBe('queued');
    expect(store.writes).toEqual(['insert new queued']);
    expect(decided).toEqual([]);
  });

  test('refuses only the submission whose transaction throws', async () => {
    const { cycle, reservations, submissions } = schedulingFixture({ cores: 16 });
    const refusal = new Error('refused');
    const refused = submissions.submit(newTask({ taskId: 'a' }), () => Promise.reject(refusal));
    const accepted = submissions.submit(newTask({ taskId: 'b' }), nothingElse);
    const refusedAnswer = expect(refused).rejects.toBe(refusal);
    await cycle.run(always);
    await refusedAnswer;
    expect((await accepted).row.status).toBe('running');
    expect(reservations.list().map(({ taskId }) => taskId)).toEqual(['b']);
  });

  test('answers every submission with the error when the database is away', async () => {
    const { cycle, reservations, store, submissions } = schedulingFixture();
    const answer = expect(submissions.submit(newTask({ taskId: 'a' }), nothingElse)).rejects.toBe(outage);
    store.failure = outage;
    await expect(cycle.run(always)).rejects.toBe(outage);
    await answer;
    expect(reservations.list()).toEqual([]);
  });

  test('queues a submission that runs after a task which has not completed, and starts one whose has', async () => {
    const { cycle, positions, store, submissions } = schedulingFixture({ cores: 16 });
    store.put({ taskId: 'running', status: 'running' });
    store.put({ taskId: 'done', status: 'completed' });
    const held = submissions.submit(newTask({ taskId: 'held', runAfter: 'running' }), nothingElse);
    const free = submissions.submit(newTask({ taskId: 'free', runAfter: 'done' }), nothingElse);
    await cycle.run(always);
    expect((await held).row.status).toBe('queued');
    expect((await free).row.status).toBe('running');
    await cycle.run(always);
    expect(positions.of('held')).toMatchObject({
      kind: 'dependency',
      reason: 'Waits for task running to complete',
      estimatedStartAtMs: null,
    });
  });

  test('says of every task that arrives or starts after a wait what was decided', async () => {
    const { cycle, decided, mirror, monitor, store, submissions } = schedulingFixture({ cores: 1 });
    mirror.track(store.put({ taskId: 'waited', queuedAt: at(1) }));
    const answer = submissions.submit(newTask({ taskId: 'new' }), nothingElse);
    await cycle.run(always);
    await answer;
    expect(decided.map(({ row, waited, started }) => [row.taskId, waited, started])).toEqual([
      ['new', false, false],
      ['waited', true, true],
    ]);
    expect(decided[1]!.submittedAtMs).toBe(at(1).getTime());
    expect(monitor.logged).toEqual(['backtest', 'backtest']);
  });
});
