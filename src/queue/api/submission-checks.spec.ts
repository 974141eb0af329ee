import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { TaskStatus } from '@app/contracts';
import type { ResourceRequest, TaskShape } from '@app/scheduler';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { tasks } from '../../database/schema.js';
import { HttpProblem } from '../../problems/http-problem.js';
import type { SubmissionGuards } from './submission-guards.js';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { NodeRegistry } from '../cluster/node-registry.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { taskRow } from '../domain/task.fixture.js';
import { Task } from '../domain/task.js';
import { storedRow } from '../storage/new-task.fixture.js';
import { assertDependency, SubmissionChecks } from './submission-checks.js';
import { customHandler } from './task-queue.fixture.js';
import type { UserQueueLimit } from './user-queue-limit.js';

const requested: ResourceRequest = { cpuMillicores: 500, ramMb: 256 };

/** Checks that are asked in order; those that are named refuse. */
function checksThatRefuse(...refusing: readonly ('node' | 'limit' | 'quota')[]) {
  const asked: string[] = [];
  const shapes: TaskShape[] = [];
  const refuse = (name: (typeof refusing)[number]) => {
    asked.push(name);
    return refusing.includes(name);
  };
  const handlers = new TaskHandlers();
  handlers.register(customHandler());
  const checks = new SubmissionChecks(
    handlers,
    {
      assertBelow: (userId: string) => {
        if (refuse('limit')) throw new HttpProblem(429, 'QUEUE_FULL', `${userId} has enough.`);
      },
    } as unknown as UserQueueLimit,
    {
      infeasibilityReason: ({ cpuMillicores }: ResourceRequest) =>
        refuse('node') ? `It needs ${cpuMillicores} of nothing` : null,
    } as unknown as NodeRegistry,
    {
      canRun: (shape: TaskShape) => {
        shapes.push(shape);
        return refuse('node') ? { admitted: false, reason: 'Insufficient RAM' } : { admitted: true };
      },
    } as unknown as ResourceMonitor,
    {
      admit: (userId: string) =>
        refuse('quota')
          ? Promise.reject(HttpProblem.conflict('STORAGE_FULL', `${userId} has no room.`))
          : Promise.resolve(),
    } as unknown as SubmissionGuards,
  );
  return { asked, checks, shapes };
}

describe('the checks of a submission', () => {
  test('let pass what every one of them lets pass', async () => {
    const { asked, checks } = checksThatRefuse();
    await checks.admit('alice', requested);
    expect(asked).toEqual(['node', 'limit', 'quota']);
  });

  test('refuse a task that no node can ever run before anything else', async () => {
    const { asked, checks } = checksThatRefuse('node', 'limit', 'quota');
    await expect(checks.admit('alice', requested)).rejects.toMatchObject({
      status: 422,
      code: 'TASK_TOO_LARGE',
      detail: 'It needs 500 of nothing.',
    });
    expect(asked).toEqual(['node']);
  });

  test('measure no storage of a user whose queue is full', async () => {
    const { asked, checks } = checksThatRefuse('limit', 'quota');
    await expect(checks.admit('alice', requested)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(asked).toEqual(['node', 'limit']);
  });

  test('refuse a task of a user who has no room', async () => {
    const { checks } = checksThatRefuse('quota');
    await expect(checks.admit('alice', requested)).rejects.toMatchObject({
      status: 409,
      code: 'STORAGE_FULL',
    });
  });

  test('may look at the queue alone once more', () => {
    const { asked, checks } = checksThatRefuse('limit', 'quota');
    const check = () => {
      checks.assertBelowQueueLimit('alice');
    };
    expect(check).toThrow(HttpProblem);
    expect(asked).toEqual(['limit']);
  });

  test('say whether a usual task of a type could start now, and why not', () => {
    const { checks, shapes } = checksThatRefuse();
    expect(checks.canRun('custom')).toEqual({ canRun: true, reason: null });
    expect(shapes).toEqual([{ type: 'custom', size: 1, requested }]);
    expect(checksThatRefuse('node').checks.canRun('custom')).toEqual({
      canRun: false,
      reason: 'Insufficient RAM',
    });
    expect(() => checks.canRun('unknown')).toThrow('No handler is registered');
  });
});

describe.each(stores)('the task that another one is to run after, on %s', (_, open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate tasks cascade`));

  const check = (runAfter: string | null) =>
    assertDependency(
      opened.database.queries,
      new Task(taskRow({ taskId: 'second', userId: 'alice', runAfter })),
    );
  const first = (status: TaskStatus, userId = 'alice') =>
    opened.database.queries.insert(tasks).values(storedRow({ taskId: 'first', userId, status }));

  test('need not exist', async () => {
    await expect(check(null)).resolves.toBeUndefined();
  });

  test.each(['queued', 'running', 'completed'] as const)('may be %s', async (status) => {
    await first(status);
    await expect(check('first')).resolves.toBeUndefined();
  });

  test.each([
    ['failed', 'has failed'],
    ['cancelled', 'was cancelled'],
  ] as const)('must not be %s', async (status, words) => {
    await first(status);
    await expect(check('first')).rejects.toMatchObject({
      status: 422,
      code: 'DEPENDENCY_FAILED',
      detail: `Task first, which this is to run after, ${words}; retry that one first.`,
    });
  });

  test('is refused in the same words when it is another user’s and when there is none', async () => {
    const refusal = {
      status: 422,
      code: 'DEPENDENCY_FAILED',
      detail: 'There is no task first to run after.',
    };
    await expect(check('first')).rejects.toMatchObject(refusal);
    for (const status of ['completed', 'failed'] as const) {
      await opened.database.queries.execute(sql`truncate tasks cascade`);
      await first(status, 'bob');
      await expect(check('first')).rejects.toMatchObject(refusal);
    }
  });
});
