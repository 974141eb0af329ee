import type { ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { locks } from '../../database/database.js';
import type { Answer } from './answer.js';
import { Idempotency, IdempotentAnswers, type IdempotentRequest, type RecordAnswer } from './idempotency.js';

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly key?: string | string[] | null;
}

type ParameterFactory = (data: unknown, context: ExecutionContext) => IdempotentRequest | null;

/** What a handler's parameter gets of a request. */
function read({ method = 'POST', path = '/api/tasks', body, key = 'k' }: Sent): IdempotentRequest | null {
  const request = { method, path, body, headers: key === null ? {} : { 'idempotency-key': key } };
  const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
  class Handlers {
    post(@Idempotency() _: IdempotentRequest | null): void {
      return;
    }
  }
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, Handlers, 'post') as Record<
    string,
    { readonly factory: ParameterFactory }
  >;
  return Object.values(parameters)[0]!.factory(undefined, context);
}

describe('the name that a client gives a request', () => {
  test('may be left out', () => {
    expect(read({ key: null })).toBeNull();
  });

  test.each(['a', ' ', '~'.repeat(128), '{"a": 1}'])('may be %j', (key) => {
    expect(read({ key })).toMatchObject({ key });
  });

  test.each(['', 'x'.repeat(129), 'a\tb', 'a\n', 'ü', '\u007f', ['a', 'b']].map((key) => [key]))(
    'is refused when it is %j',
    (key) => {
      expect(() => read({ key })).toThrow(
        expect.objectContaining({ status: 400, code: 'IDEMPOTENCY_KEY_INVALID' }),
      );
    },
  );

  const body = { a: 1, b: { c: [1, { d: null, e: 'x' }], f: true } };
  const hashOf = (sent: Sent) => read({ body, ...sent })!.requestHash;

  test.each<[string, Sent]>([
    ['name', { key: 'other' }],
    ['order of fields', { body: { b: { f: true, c: [1, { e: 'x', d: null }] }, a: 1 } }],
  ])('belongs to the same request under another %s', (_, sent) => {
    expect(hashOf(sent)).toBe(hashOf({}));
  });

  test.each<[string, Sent]>([
    ['method', { method: 'PUT' }],
    ['path', { path: '/api/backtests/run' }],
    ['value', { body: { ...body, a: '1' } }],
    ['field', { body: { ...body, g: null } }],
    ['order of a list', { body: { ...body, b: { c: [{ d: null, e: 'x' }, 1], f: true } } }],
    ['depth', { body: { a: 1, b: { c: [1, { d: null, e: 'x', f: true }] } } }],
  ])('belongs to another request with another %s', (_, sent) => {
    expect(hashOf(sent)).not.toBe(hashOf({}));
  });
});

describe.each(stores)('answers to named requests on %s', (_, open) => {
  const request: IdempotentRequest = { key: 'k', requestHash: 'h' };
  const given: Answer = { status: 202, location: '/api/tasks/1', body: { z: 1, a: [null, { c: 2, b: 3 }] } };
  const failure = new Error('refused');
  let opened: TestDatabase;
  let answers: IdempotentAnswers;
  let accepted: number;

  beforeAll(async () => {
    opened = await open();
    answers = new IdempotentAnswers(opened.database);
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    await opened.database.queries.execute(sql`truncate idempotency_keys`);
    accepted = 0;
  });

  /** Does what a request asks for, in the transaction that records its answer. */
  const accept = (answer = given, end: () => Promise<void> = () => Promise.resolve()) => {
    return async (record: RecordAnswer): Promise<Answer> => {
      accepted += 1;
      await opened.database.transactionAlone(locks.events, async (queries) => {
        await record(queries, answer);
        await end();
      });
      return answer;
    };
  };

  async function age(by: string): Promise<void> {
    await opened.database.queries.execute(
      sql`update idempotency_keys set created_at = now() - ${by}::interval`,
    );
  }

  test('are given once, then repeated to the letter', async () => {
    expect(await answers.once('alice', request, accept())).toEqual({ ...given, replayed: false });
    const again = await answers.once('alice', request, accept());
    expect(again).toEqual({ ...given, replayed: true });
    expect(JSON.stringify(again.body)).toBe(JSON.stringify(given.body));
    expect(accepted).toBe(1);
  });

  test('may have no place to look at and any body', async () => {
    for (const body of ['text', 5, [], {}]) {
      const named = { key: JSON.stringify(body), requestHash: 'h' };
      const answer: Answer = { status: 200, location: null, body };
      await answers.once('alice', named, accept(answer));
      expect(await answers.find('alice', named)).toEqual(answer);
    }
  });

  test('are not kept of requests without a name', async () => {
    for (const count of [1, 2]) {
      expect(await answers.once('alice', null, accept())).toMatchObject({ replayed: false });
      expect(accepted).toBe(count);
    }
    expect(await answers.find('alice', request)).toBeNull();
  });

  test('belong to one user', async () => {
    await answers.once('alice', request, accept());
    expect(await answers.once('bob', request, accept())).toMatchObject({ replayed: false });
    expect(accepted).toBe(2);
  });

  test('are refused to another request of the same name, which is not accepted', async () => {
    await answers.once('alice', request, accept());
    const other = answers.once('alice', { ...request, requestHash: 'other' }, accept());
    await expect(other).rejects.toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(accepted).toBe(1);
  });

  test('are not kept of a request whose transaction fails: it may be sent again', async () => {
    const failing = accept(given, () => Promise.reject(failure));
    await expect(answers.once('alice', request, failing)).rejects.toBe(failure);
    expect(await answers.once('alice', request, accept())).toMatchObject({ replayed: false });
  });

  describe('to two requests of one name at once', () => {
    /** Both have found no answer before one of them is accepted. */
    const both = (hashes: readonly [string, string]) => {
      let arrived = 0;
      let go!: () => void;
      const all = new Promise<void>((resolve) => (go = resolve));
      return Promise.allSettled(
        hashes.map((requestHash, n) =>
          answers.once('alice', { key: 'k', requestHash }, async (record) => {
            arrived += 1;
            if (arrived === 2) go();
            await all;
            return accept({ ...given, body: { n } })(record);
          }),
        ),
      );
    };

    test('are the same where they say the same', async () => {
      const outcomes = await both(['h', 'h']);
      const told = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : null));
      expect(told.map((answer) => answer?.replayed).sort()).toEqual([false, true]);
      expect(told[0]!.body).toEqual(told[1]!.body);
    });

    test('are an answer and a refusal where they say different things', async () => {
      const outcomes = await both(['h', 'other']);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(outcomes).toContainEqual({
        status: 'rejected',
        reason: expect.objectContaining({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' }) as unknown,
      });
    });
  });

  test('are kept for a day; then the name is free for any request', async () => {
    await answers.once('alice', request, accept());
    await age('23 hours 59 minutes');
    expect(await answers.find('alice', request)).toEqual(given);
    await age('24 hours 1 second');
    expect(await answers.find('alice', request)).toBeNull();
    const other = { ...request, requestHash: 'other' };
    expect(await answers.once('alice', other, accept())).toMatchObject({ replayed: false });
    expect(await answers.once('alice', other, accept())).toMatchObject({ replayed: true });
    await expect(answers.find('alice', request)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});
