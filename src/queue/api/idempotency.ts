import { createHash } from 'node:crypto';
import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { and, eq, lt, sql } from 'drizzle-orm';
import type { Request } from 'express';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import { idempotencyKeys } from '../../database/schema.js';
import { HttpProblem } from '../../problems/http-problem.js';
import type { Accepted, Answer } from './answer.js';

/** A client's name for one request, and what the request said. */
export interface IdempotentRequest {
  readonly key: string;
  readonly requestHash: string;
}

/** Stores an answer in the transaction that makes it true; does nothing for a request without a key. */
export type RecordAnswer = (queries: Queries, answer: Answer) => Promise<void>;

/** The request's `Idempotency-Key`, or null without one. */
export const Idempotency = createParamDecorator(
  (_: unknown, context: ExecutionContext): IdempotentRequest | null => {
    const request = context.switchToHttp().getRequest<Request>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return null;
    if (typeof key !== 'string' || !/^[\x20-\x7e]{1,128}$/.test(key)) {
      throw new HttpProblem(
        400,
        'IDEMPOTENCY_KEY_INVALID',
        'Idempotency-Key must be 1 to 128 printable characters.',
      );
    }
    const said = JSON.stringify([request.method, request.path, canonical(request.body)]);
    return { key, requestHash: createHash('sha256').update(said).digest('base64') };
  },
);

/** The first answers to requests that named themselves; kept for 24 h. */
@Injectable()
export class IdempotentAnswers {
  constructor(private readonly database: Database) {}

  /**
   * Answers a request once, however often a client that names it sends it.
   *
   * @param accept does what the request asks for; it calls `record` in the transaction that does it
   * @throws HttpProblem 422 when the key came with another body before, and what `accept` throws
   */
  async once(
    userId: string,
    request: IdempotentRequest | null,
    accept: (record: RecordAnswer) => Promise<Answer>,
  ): Promise<Accepted> {
    if (request === null) return { ...(await accept(() => Promise.resolve())), replayed: false };
    const known = await this.find(userId, request);
    if (known) return { ...known, replayed: true };
    try {
      const answer = await accept((queries, given) => this.record(queries, userId, request, given));
      return { ...answer, replayed: false };
    } catch (error) {
      // Sent twice at once: the transaction of the slower one failed on the faster one's key.
      const answered = await this.find(userId, request);
      if (answered) return { ...answered, replayed: true };
      throw error;
    }
  }

  /**
   * The answer that this request got before, or null when it is new.
   *
   * @throws HttpProblem 422 when the key came with another body before
   */
  async find(userId: string, request: IdempotentRequest): Promise<Answer | null> {
    const [known] = await this.database.queries
      .select()
      .from(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.userId, userId),
          eq(idempotencyKeys.key, request.key),
          sql`${idempotencyKeys.createdAt} > now() - interval '1 day'`,
        ),
      );
    if (known === undefined) return null;
    if (known.requestHash !== request.requestHash) {
      throw new HttpProblem(
        422,
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key came with another request in the last 24 hours.',
      );
    }
    return { status: known.status, location: known.location, body: known.body };
  }

  /** Stores an answer within the transaction that makes it true. Of two at once, the second one's fails. */
  async record(queries: Queries, userId: string, request: IdempotentRequest, answer: Answer): Promise<void> {
    await queries
      .delete(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.userId, userId),
          eq(idempotencyKeys.key, request.key),
          lt(idempotencyKeys.createdAt, sql`now() - interval '1 day'`),
        ),
      );
    await queries.insert(idempotencyKeys).values({ userId, ...request, ...answer });
  }
}

/** JSON with sorted keys: the same request in another order of fields is the same request. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, member]) => [key, canonical(member)]);
}
