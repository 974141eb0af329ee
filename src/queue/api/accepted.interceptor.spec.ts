import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { expect, test } from '@jest/globals';
import { lastValueFrom, of } from 'rxjs';
import { AcceptedInterceptor } from './accepted.interceptor.js';
import type { Accepted } from './answer.js';

/** What the interceptor makes of an answer: status, headers and body. */
async function answered(accepted: Accepted) {
  const headers: Record<string, string> = {};
  let status = 0;
  const response = {
    status: (code: number) => (status = code),
    setHeader: (name: string, value: string) => (headers[name] = value),
  };
  const context = { switchToHttp: () => ({ getResponse: () => response }) } as unknown as ExecutionContext;
  const next: CallHandler<Accepted> = { handle: () => of(accepted) };
  const body = await lastValueFrom(new AcceptedInterceptor().intercept(context, next));
  return { status, headers, body };
}

test('an accepted request is answered with its status, its location and its body', async () => {
  const accepted = { status: 202, location: '/api/tasks/1', body: { task_id: '1' }, replayed: false };
  expect(await answered(accepted)).toEqual({
    status: 202,
    headers: { Location: '/api/tasks/1' },
    body: { task_id: '1' },
  });
});

test('a repeated answer says so, and one without a location has none', async () => {
  expect(await answered({ status: 200, location: null, body: null, replayed: true })).toEqual({
    status: 200,
    headers: { 'Idempotency-Replayed': 'true' },
    body: null,
  });
});
