import { describe, expect, test } from '@jest/globals';
import { newTask } from '../storage/new-task.fixture.js';
import { schedulingFixture } from './scheduling.fixture.js';
import { queuedTaskOf } from './submissions.js';

const nothingElse = () => Promise.resolve();

describe('submissions', () => {
  test('are handed to one cycle, in order', () => {
    const { submissions } = schedulingFixture();
    let arrivals = 0;
    submissions.arrivals$.subscribe(() => (arrivals += 1));
    for (const taskId of ['a', 'b']) void submissions.submit(newTask({ taskId }), nothingElse);
    expect(arrivals).toBe(2);
    expect(submissions.size).toBe(2);
    expect(submissions.takeAll().map(({ row }) => row.taskId)).toEqual(['a', 'b']);
    expect(submissions.takeAll()).toEqual([]);
  });

  test('count for their user until they are answered', async () => {
    const { mirror, store, submissions } = schedulingFixture();
    mirror.track(store.put({ taskId: 'stored', userId: 'ann' }));
    const answer = submissions.submit(newTask({ taskId: 'a', userId: 'ann' }), nothingElse);
    expect(submissions.queuedCountOf('ann')).toBe(2);
    const [taken] = submissions.takeAll();
    expect(submissions.queuedCountOf('ann')).toBe(2);
    taken!.reject(new Error('refused'));
    await expect(answer).rejects.toThrow('refused');
    expect(submissions.queuedCountOf('ann')).toBe(1);
    expect(submissions.queuedCountOf('ben')).toBe(0);
  });

  test('come behind all that is stored, in the order of their arrival', () => {
    const { clock, store, submissions } = schedulingFixture();
    for (const taskId of ['a', 'b']) void submissions.submit(newTask({ taskId, priority: 3 }), nothingElse);
    const [first, second] = submissions.takeAll().map(queuedTaskOf);
    expect(first).toMatchObject({ id: 'a', priority: 3, queuedAtMs: clock.steadyMs() });
    expect(first!.sequence).toBeGreaterThan(store.put({}).row.sequence);
    expect(second!.sequence).toBeGreaterThan(first!.sequence);
  });
});
