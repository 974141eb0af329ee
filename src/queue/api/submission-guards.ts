import { Injectable } from '@nestjs/common';

/**
 * A further condition for accepting a task of a user.
 *
 * @throws HttpProblem when the task is refused
 */
export type SubmissionGuard = (userId: string) => Promise<void>;

/** Conditions that modules above the queue set before a task is accepted, such as a storage quota. */
@Injectable()
export class SubmissionGuards {
  readonly #guards: SubmissionGuard[] = [];

  /** Registers a guard; guards are asked in the order of their registration. */
  register(guard: SubmissionGuard): void {
    this.#guards.push(guard);
  }

  /** @throws HttpProblem of the first guard that refuses */
  async admit(userId: string): Promise<void> {
    for (const guard of this.#guards) await guard(userId);
  }
}
