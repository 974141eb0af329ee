import { describe, expect, test } from '@jest/globals';
import { newTask } from '../storage/new-task.fixture.js';
import { schedulingFixture } from './scheduling.fixture.js';

type Fixture = ReturnType<typeof schedulingFixture>;

function fixture() {
  const all = schedulingFixture();
  let wakeups = 0;
  all.makeTriggers().wakeups$.subscribe(() => (wakeups += 1));
  const wakeupsAfter = (happen: () => unknown) => {
    const before = wakeups;
    happen();
    return wakeups - before;
  };
  return { ...all, wakeupsAfter };
}

describe('a scheduling cycle is asked for', () => {
  test.each<[string, (at: Fixture) => unknown]>([
    ['a task is submitted', ({ submissions }) => submissions.submit(newTask(), () => Promise.resolve())],
    ['a task is queued again', ({ mirror, store }) => mirror.trackRequeued(store.put({}))],
    ['a queued task is changed', ({ mirror, store }) => mirror.onUpdated(store.put({}))],
    ['a queued task is removed', ({ mirror }) => mirror.onRemoved('a')],
    ['a process has ended', ({ executor }) => executor.capacityReleased$.next(null)],
    ['a node has given a sign of life', ({ nodes }) => nodes.heartbeats$.next()],
  ])('once when %s', (_, happen) => {
    const at = fixture();
    expect(at.wakeupsAfter(() => void happen(at))).toBe(1);
  });

  test('only when the task that another one waits for has completed', async () => {
    const { mirror, store, wakeupsAfter } = fixture();
    const first = store.put({ taskId: 'first', status: 'running' });
    await mirror.trackWithDependency(store.put({ taskId: 'second', runAfter: first.id }));
    store.put({ taskId: 'other', status: 'running' });
    expect(wakeupsAfter(() => void store.settle('other', 'completed'))).toBe(0);
    expect(wakeupsAfter(() => void store.settle('first', 'completed'))).toBe(1);
  });

  test('when an attempt goes back to the queue, after the task is in the queue again', () => {
    const { executor, makeTriggers, mirror, store } = fixture();
    const queued: boolean[] = [];
    makeTriggers().wakeups$.subscribe(() => queued.push(mirror.get('again') !== null));
    executor.capacityReleased$.next(store.put({ taskId: 'again', attempt: 2 }));
    expect(queued.length).toBeGreaterThan(0);
    expect(queued).not.toContain(false);
  });

  test('by a measurement while a task or a shard waits, and by none while nothing does', () => {
    const { executor, mirror, monitor, store, wakeupsAfter } = fixture();
    const measure = () => wakeupsAfter(() => monitor.sampled$.next(null));
    expect(measure()).toBe(0);
    const task = store.put({ taskId: 'a' });
    mirror.track(task);
    expect(measure()).toBe(1);
    mirror.untrack('a');
    expect(measure()).toBe(0);
    executor.work = [{ item: { kind: 'shard', taskId: 'a', index: 0 }, queued: task.asQueued(0) }];
    expect(measure()).toBe(1);
  });
});
