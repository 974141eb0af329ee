import { describe, expect, test } from '@jest/globals';
import { taskListQuery, taskSelection } from '@app/contracts';
import { listFilter, selectionFilter } from './task-filters.js';

const alice = { userId: 'alice', isAdmin: false };
const admin = { userId: 'root', isAdmin: true };

describe('the filter of a list', () => {
  test('limits a user to their own tasks, even when another user is named', () => {
    const query = taskListQuery.parse({ user_id: 'bob', q: ' SmaCross ', since: '2026-01-05' });
    expect(listFilter(alice, query)).toEqual({
      userId: 'alice',
      text: 'SmaCross',
      since: new Date('2026-01-05T00:00:00.000Z'),
    });
  });

  test('holds for an admin all tasks, or those of a user', () => {
    expect(listFilter(admin, taskListQuery.parse({}))).toEqual({ userId: null });
    expect(listFilter(admin, taskListQuery.parse({ user_id: 'bob', status: 'failed' }))).toEqual({
      userId: 'bob',
      statuses: ['failed'],
    });
  });
});

describe('the selection of a bulk command', () => {
  const statuses = ['queued', 'running'] as const;

  test('means the tasks that the command can change unless a status is named', () => {
    expect(selectionFilter(alice, { task_type: 'backtest' }, statuses)).toEqual({
      userId: 'alice',
      taskType: 'backtest',
      statuses: ['queued', 'running'],
    });
    expect(selectionFilter(alice, { status: 'completed' }, statuses)).toMatchObject({
      statuses: ['completed'],
    });
  });

  test('by ids means each once, whatever their status', () => {
    expect(selectionFilter(admin, { task_ids: ['a', 'b', 'a'] }, statuses)).toEqual({
      userId: null,
      ids: ['a', 'b'],
    });
  });

  test('of a user never reaches the tasks of another one, and not the own ones in their place', () => {
    expect(selectionFilter(alice, { user_id: 'bob' }, statuses)).toBeNull();
    expect(selectionFilter(alice, { user_id: 'alice' }, statuses)).toMatchObject({ userId: 'alice' });
    expect(selectionFilter(admin, { user_id: 'bob' }, statuses)).toMatchObject({ userId: 'bob' });
  });

  test('is by ids or by filters, with at most 1,000 ids', () => {
    const isValid = (body: object) => taskSelection.safeParse(body).success;
    expect(isValid({})).toBe(true);
    expect(isValid({ task_ids: ['a'], status: 'queued' })).toBe(false);
    expect(isValid({ task_ids: [] })).toBe(false);
    expect(isValid({ task_ids: Array.from({ length: 1001 }, String) })).toBe(false);
    expect(isValid({ unknown: 1 })).toBe(false);
  });
});
