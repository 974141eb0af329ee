import { expect, test } from '@jest/globals';
import { taskRow } from '../domain/task.fixture.js';
import { ExecutionEvents, type AttemptSettled, type ProcessEvent } from './execution-events.js';

const started: ProcessEvent = { row: taskRow(), shard: null, startedAtMs: 1, end: null };
const settled: AttemptSettled = { before: taskRow(), after: taskRow(), endedAtMs: 2 };

test('events reach all that listen to their kind, in order, until they listen no more', () => {
  const events = new ExecutionEvents();
  const heard: unknown[] = [];
  events.publishProcess(started);
  const listening = events.processLifecycle$.subscribe((event) => void heard.push('first', event.end?.type));
  events.processLifecycle$.subscribe((event) => void heard.push('second', event.end?.type));
  events.attemptSettled$.subscribe((event) => void heard.push(event.endedAtMs));
  expect(heard).toEqual([]);
  events.publishProcess(started);
  listening.unsubscribe();
  events.publishProcess({ ...started, end: { type: 'killed' } });
  events.publishSettled(settled);
  expect(heard).toEqual(['first', undefined, 'second', undefined, 'second', 'killed', 2]);
});
