import { beforeEach, describe, expect, test } from '@jest/globals';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task } from '../domain/task.js';
import { ruleOf, taskTransitions, type TransitionName } from '../domain/task-transitions.js';
import type { EndedAttempt } from '../storage/task-reads.js';
import type { TaskStore } from '../storage/task-store.js';
import { TaskAttempts } from './task-attempts.js';

const admin = { isAdmin: true };
const user = { isAdmin: false };
const startedAt = new Date('2024-01-15T10:30:00.000Z');
const endedAt = new Date('2024-01-15T10:31:00.000Z');

describe('the attempts at a task', () => {
  let stored: EndedAttempt[];
  let attempts: TaskAttempts;
  beforeEach(() => {
    stored = [];
    const store = {
      attempts: (taskId: string) => Promise.resolve(stored.filter((row) => row.taskId === taskId)),
    };
    attempts = new TaskAttempts(store as unknown as TaskStore);
  });

  const ended = (fields: Partial<EndedAttempt>): EndedAttempt => ({
    taskId: 't',
    attempt: 1,
    nodeId: 'alpha',
    startedAt,
    endedAt,
    end: 'complete',
    error: null,
    ...fields,
  });
  const task = (fields: Partial<TaskRow>) =>
    new Task(taskRow({ taskId: 't', nodeId: 'beta', startedAt, ...fields }));

  test('are those that have ended and the one that runs, the first one first', async () => {
    const error = { code: 'OUT_OF_MEMORY', message: 'Too much.' };
    stored = [ended({ end: 'requeue', error }), ended({ attempt: 2, end: 'requeueLost', startedAt: null })];
    expect(await attempts.of(admin, task({ status: 'running', attempt: 3 }))).toEqual([
      {
        attempt: 1,
        node_id: 'alpha',
        started_at: '2024-01-15T10:30:00.000Z',
        ended_at: '2024-01-15T10:31:00.000Z',
        end: 'requeued',
        error,
      },
      {
        attempt: 2,
        node_id: 'alpha',
        started_at: null,
        ended_at: '2024-01-15T10:31:00.000Z',
        end: 'lost',
        error: null,
      },
      {
        attempt: 3,
        node_id: 'beta',
        started_at: '2024-01-15T10:30:00.000Z',
        ended_at: null,
        end: null,
        error: null,
      },
    ]);
  });

  test('name the node to admins only', async () => {
    stored = [ended({})];
    const shown = await attempts.of(user, task({ status: 'running', attempt: 2 }));
    expect(shown.map(({ attempt, node_id }) => [attempt, node_id])).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(JSON.stringify(shown)).not.toMatch(/alpha|beta/);
  });

  test.each(['queued', 'completed', 'failed', 'cancelled'] as const)(
    'hold none that runs of a task that is %s',
    async (status) => {
      expect(await attempts.of(admin, task({ status }))).toEqual([]);
    },
  );

  test('hold the one that has ended since the task was read once, with its end', async () => {
    stored = [ended({ attempt: 1 })];
    const shown = await attempts.of(admin, task({ status: 'running', attempt: 1 }));
    expect(shown.map(({ end }) => end)).toEqual(['completed']);
  });

  test('are those of the one task', async () => {
    stored = [ended({ taskId: 'other' })];
    expect(await attempts.of(admin, task({ status: 'completed' }))).toEqual([]);
  });

  const words: [TransitionName, string][] = [
    ['complete', 'completed'],
    ['fail', 'failed'],
    ['cancel', 'cancelled'],
    ['requeue', 'requeued'],
    ['endByAdmin', 'ended_by_admin'],
    ['requeueLost', 'lost'],
    ['failLost', 'lost'],
    ['cancelLost', 'lost'],
  ];

  test.each(words)('tell of "%s" that one is %s', async (end, word) => {
    stored = [ended({ end })];
    expect((await attempts.of(user, task({ status: 'failed' })))[0]!.end).toBe(word);
  });

  test('have a word for every way to end', () => {
    const names = Object.keys(taskTransitions) as TransitionName[];
    const ending = names.filter((name) => ruleOf(name).from.includes('running'));
    expect(words.map(([name]) => name).sort()).toEqual(ending.sort());
  });

  test('keep the name of an end that this version does not know', async () => {
    stored = [ended({ end: 'ofALaterVersion' })];
    expect((await attempts.of(user, task({ status: 'failed' })))[0]!.end).toBe('ofALaterVersion');
  });
});
