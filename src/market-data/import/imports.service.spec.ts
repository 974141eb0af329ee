import { expect, test } from '@jest/globals';
import { importQuery } from '@app/contracts';
import type { Request } from 'express';
import { UserDeletionHooks } from '../../auth/user-deletion-hooks.js';
import { readConfig } from '../../config/config.js';
import type { Accepted } from '../../queue/api/answer.js';
import type { Submission, TaskQueue } from '../../queue/api/task-queue.js';
import type { TaskResults } from '../../queue/api/task-results.js';
import { TaskHandlers } from '../../queue/domain/task-handlers.js';
import { ImportsService } from './imports.service.js';
import type { Uploads } from './uploads.service.js';

const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Uploads a file to a queue that answers like this; tells whether the file was removed. */
async function uploaded(submit: (taskId: string) => Promise<Accepted>): Promise<{ isRemoved: boolean }> {
  const received: string[] = [];
  const removed: string[] = [];
  const uploads = {
    receive: (_: Request, __: string, taskId: string) => {
      received.push(taskId);
      return Promise.resolve({ bytes: 1, hash: 'x' });
    },
    remove: (taskId: string) => Promise.resolve(void removed.push(taskId)),
  } as unknown as Uploads;
  const queue = {
    unfinished: () => Promise.resolve([]),
    submit: ({ taskId }: Submission) => submit(taskId!),
  } as unknown as TaskQueue;
  const service = new ImportsService(
    readConfig({}),
    new TaskHandlers(),
    queue,
    {} as TaskResults,
    uploads,
    new UserDeletionHooks(),
  );
  const query = importQuery.parse({ symbol: 'BTC_USDT' });
  const request = { key: 'k', requestHash: 'h' };
  await service.upload({ userId: 'alice', isAdmin: false }, query, {} as Request, request).catch(() => null);
  expect(received).toHaveLength(1);
  return { isRemoved: removed.includes(received[0]!) };
}

function accepted(taskId: string, replayed: boolean): Promise<Accepted> {
  const location = `/api/market-data/imports/${taskId}`;
  return Promise.resolve({ status: 202, location, body: {}, replayed });
}

test.each([
  ['is kept for its task', (taskId: string) => accepted(taskId, false), false],
  ['goes when another task has it', () => accepted('an-earlier-task', true), true],
  ['is kept when the replayed answer names its own task', (taskId: string) => accepted(taskId, true), false],
  ['goes when the task was refused', () => Promise.reject(new Error('no room')), true],
  ['is kept after an outage, when the task may have been accepted', () => Promise.reject(outage), false],
])('an uploaded file %s', async (_, submit, isRemoved) => {
  expect(await uploaded(submit)).toEqual({ isRemoved });
});
