import { describe, expect, test } from '@jest/globals';
import type { EnqueueOptions, FunctionTask, TaskHandler } from '@app/tasks-sdk';
import { z } from 'zod';
import { readConfig } from '../../config/config.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { NewTasks } from './new-tasks.js';
import { customHandler } from './task-queue.fixture.js';

const env = { HEADROOM_NODE_ID: 'here', HEADROOM_TASK_TIMEOUT_S: '77', HEADROOM_MAX_ATTEMPTS: '4' };

function newTasks(handler: Partial<TaskHandler> = {}): NewTasks {
  const handlers = new TaskHandlers();
  handlers.register(customHandler(handler));
  return new NewTasks(readConfig(env), handlers);
}

const length = (text: string) => Array.from(text).length;

describe('a new task that a process will run', () => {
  const queued = (handler: Partial<TaskHandler> = {}, options: Partial<EnqueueOptions> = {}) =>
    newTasks(handler).queued('custom', { words: 'a' }, { userId: 'alice', ...options });

  test('waits at its first attempt, with the limits of the server', () => {
    expect(queued()).toMatchObject({
      status: 'queued',
      userId: 'alice',
      attempt: 1,
      maxAttempts: 4,
      timeoutS: 77,
      priority: 0,
      runAfter: null,
      nodeId: null,
      durable: true,
      cancellable: true,
    });
  });

  test('has the limits, the priority and the place behind another task that its caller gives', () => {
    const options = { taskId: 'mine', timeoutS: 5, priority: -100, runAfter: 'other' };
    expect(queued({}, options)).toMatchObject({ ...options, maxAttempts: 4 });
  });

  test('gets a new id when its caller gives none', () => {
    const [first, second] = [queued().taskId, queued().taskId];
    expect(z.uuid().parse(first)).not.toBe(z.uuid().parse(second));
  });

  test('asks for whole units of the resources of its type', () => {
    const resources = { cpuCores: 0.3335, ramGb: 0.1 };
    expect(queued({ resources })).toMatchObject({ cpuMillicores: 334, ramMb: 102 });
  });

  test('is what its schema makes of the payload, for the handler, too', () => {
    const seen: unknown[] = [];
    const see = <Value>(value: Value) => {
      return (payload: unknown): Value => {
        seen.push(payload);
        return value;
      };
    };
    const payload = z.object({ words: z.string().transform((words) => words.length) });
    const task = queued({ payload, describe: see('It counts'), subject: see('Words'), size: see(9) });
    expect(task).toMatchObject({
      payload: { words: 1 },
      description: 'It counts',
      subject: 'Words',
      size: 9,
    });
    expect(seen).toEqual([{ words: 1 }, { words: 1 }, { words: 1 }]);
  });

  test('has a description that is bounded, and a subject that is bounded more', () => {
    const { description, subject } = queued({ describe: () => '🚀'.repeat(600) });
    expect([length(description), length(subject)]).toEqual([500, 200]);
    expect([description.at(-1), subject.at(-1)]).toEqual(['…', '…']);
  });

  test('is none where its payload is not valid: its handler is not asked', () => {
    const describe = () => {
      throw new Error('asked');
    };
    const make = () => newTasks({ describe }).queued('custom', { words: 1 }, { userId: 'alice' });
    expect(make).toThrow(z.ZodError);
  });
});

describe('a new task that is a function', () => {
  const running = (task: Partial<FunctionTask> = {}) =>
    newTasks().running({ taskType: 'custom', taskFunc: () => Promise.resolve(), userId: 'alice', ...task });

  test('runs on this node at its only attempt, and is gone with the process', () => {
    expect(running({ taskId: 'mine' })).toMatchObject({
      taskId: 'mine',
      status: 'running',
      nodeId: 'here',
      attempt: 1,
      maxAttempts: 1,
      durable: false,
      timeoutS: 77,
      payload: {},
    });
  });

  test.each<[string, Partial<FunctionTask>, { subject: string; description: string }]>([
    ['the label of its type', {}, { subject: 'Custom', description: 'Custom' }],
    [
      'the type that has no handler',
      { taskType: 'sync', resources: { cpuCores: 0, ramGb: 0 } },
      { subject: 'sync', description: 'sync' },
    ],
    ['its subject', { subject: 'Of May' }, { subject: 'Of May', description: 'Of May' }],
    ['its description', { description: 'Begins' }, { subject: 'Custom', description: 'Begins' }],
    ['no text, where it is given', { subject: '', description: '' }, { subject: '', description: '' }],
  ])('is called by %s', (_, task, words) => {
    expect(running(task)).toMatchObject(words);
  });

  test('has bounded texts', () => {
    const { subject, description } = running({ subject: 's'.repeat(300), description: 'd'.repeat(600) });
    expect([length(subject), length(description)]).toEqual([200, 500]);
  });

  test('asks for its own resources, else for those of its type', () => {
    expect(running({ resources: { cpuCores: 2, ramGb: 3 } })).toMatchObject({
      cpuMillicores: 2000,
      ramMb: 3072,
    });
    expect(running()).toMatchObject({ cpuMillicores: 500, ramMb: 256 });
    expect(() => running({ taskType: 'sync' })).toThrow('No handler is registered for task type "sync"');
  });

  test.each<[string, FunctionTask['taskFunc'], boolean]>([
    ['takes no context cannot be cancelled', () => Promise.resolve(), false],
    ['takes its context can be cancelled', (context) => Promise.resolve(context), true],
    ['takes a part of its context can be cancelled', ({ signal }) => Promise.resolve(signal), true],
  ])('that %s', (_, taskFunc, cancellable) => {
    expect(running({ taskFunc }).cancellable).toBe(cancellable);
  });
});
