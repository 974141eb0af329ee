import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { Submissions } from '../scheduling/submissions.js';

const retryAfterS = 30;

/** How many tasks each user may have in the queue. */
@Injectable()
export class UserQueueLimit {
  /** Of each user, the tasks that are being queued again at the moment. */
  readonly #requeueing = new Map<string, number>();

  constructor(
    private readonly config: Config,
    private readonly submissions: Submissions,
  ) {}

  /** @throws HttpProblem 429 `QUEUE_FULL` when the user has as many tasks queued as the limit allows */
  assertBelow(userId: string): void {
    const queued = this.submissions.queuedCountOf(userId) + (this.#requeueing.get(userId) ?? 0);
    const limit = this.config.tasks.maxQueuedPerUser;
    if (queued < limit) return;
    throw new HttpProblem(429, 'QUEUE_FULL', `You have ${queued} tasks queued; at most ${limit} may wait.`, {
      headers: { 'Retry-After': String(retryAfterS) },
    });
  }

  /**
   * Puts a task of a user back into the queue; until that is done, it counts as queued.
   *
   * @throws HttpProblem 429 `QUEUE_FULL`; what `requeue` throws
   */
  async requeue<Value>(userId: string, requeue: () => Promise<Value>): Promise<Value> {
    this.assertBelow(userId);
    this.#add(userId, 1);
    try {
      return await requeue();
    } finally {
      this.#add(userId, -1);
    }
  }

  #add(userId: string, change: number): void {
    const count = (this.#requeueing.get(userId) ?? 0) + change;
    if (count === 0) this.#requeueing.delete(userId);
    else this.#requeueing.set(userId, count);
  }
}
