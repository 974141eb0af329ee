import { describe, expect, test } from '@jest/globals';
import type { QueuedTask } from '@app/scheduler';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task } from '../domain/task.js';
import { machine, schedulingFixture } from './scheduling.fixture.js';

/** A task as it waits; `id` is another one than the task's where it is a shard. */
function queued(id: string, fields: Partial<TaskRow> = {}): QueuedTask {
  return { ...new Task(taskRow({ taskId: id, ...fields })).asQueued(0), id };
}

function fixture(cores = 4) {
  const all = schedulingFixture({ cores });
  const decide = (waiting: readonly QueuedTask[], mayStart = true) => {
    const { starts, waiting: left } = all.admission.decide(waiting, mayStart);
    return {
      starts,
      started: starts.map(({ task }) => task.id),
      waits: left.map(({ id, kind }) => [id, kind]),
    };
  };
  return { ...all, decide };
}

describe('the admission of tasks', () => {
  test('starts what fits and says why each of the others waits', () => {
    const { decide } = fixture(1);
    expect(decide(['a', 'b', 'c'].map((id, sequence) => queued(id, { sequence })))).toMatchObject({
      started: ['a'],
      waits: [
        ['b', 'exclusive'],
        ['c', 'behind'],
      ],
    });
  });

  test.each([
    ['nothing may start', false, true],
    ['the node runs no tasks', true, false],
  ])('starts nothing where %s', (_, mayStart, isWorker) => {
    const { decide, nodes } = fixture();
    nodes.isWorker = isWorker;
    expect(decide([queued('a')], mayStart)).toMatchObject({ started: [], waits: [['a', 'paused']] });
  });

  test('holds nothing before it is asked to, and then counts it at the next decision', () => {
    const { admission, decide, reservations } = fixture(1);
    const both = [queued('a'), queued('b')];
    const { starts } = decide(both);
    expect(decide(both).started).toEqual(['a']);
    const reservation = admission.reserve(starts[0]!, 'a');
    expect(decide([queued('b')]).started).toEqual([]);
    reservation.release();
    expect(reservations.list()).toEqual([]);
    expect(decide([queued('b')]).started).toEqual(['b']);
  });

  test('starts a delayed attempt when its time has come by the clock that never steps back', async () => {
    const { clock, decide } = fixture();
    const delayed = queued('a', { notBefore: new Date(clock.steadyMs() + 1000) });
    expect(decide([delayed])).toMatchObject({ started: [], waits: [['a', 'retry_delay']] });
    await clock.advance(999);
    expect(decide([delayed]).started).toEqual([]);
    await clock.advance(1);
    expect(decide([delayed]).started).toEqual(['a']);
  });

  test('holds the resources of each shard by itself, in the name of its task', () => {
    const { admission, decide, reservations, scheduler } = fixture(16);
    const { starts } = decide([queued('sweep/0'), queued('sweep/1')]);
    const [first] = starts.map((start) => admission.reserve(start, 'sweep'));
    expect(reservations.list().map(({ taskId }) => taskId)).toEqual(['sweep', 'sweep']);
    const both = scheduler.reserved().ramMb;
    first!.release();
    first!.release();
    expect(scheduler.reserved().ramMb).toBe(both / 2);
  });

  test('guarantees a shard that waits once more a new time to start', async () => {
    const { admission, clock, decide, reservations, scheduler } = fixture(4);
    const large = { cpuMillicores: 3000 };
    const occupy = (taskId: string) => {
      const shape = new Task(taskRow(large)).shape();
      return reservations.take({ taskId, userId: 'bob', shape, isKillable: true });
    };
    const shard = queued('sweep/0', { ...large, priority: 50 });
    const small = queued('small', { cpuMillicores: 100 });
    const before = occupy('before');
    expect(decide([shard, small])).toMatchObject({ started: ['small'], waits: [['sweep/0', 'cpu']] });
    before.release();
    const { starts } = decide([shard]);
    admission.reserve(starts[0]!, 'sweep').release();
    await clock.advance(24 * 3_600_000);
    scheduler.observe(machine(clock, 4));
    occupy('later');
    expect(decide([shard, small])).toMatchObject({ started: ['small'], waits: [['sweep/0', 'cpu']] });
  });
});
