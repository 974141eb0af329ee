import { Injectable } from '@nestjs/common';
import type { Attempt } from './attempt.js';

/** The attempts that run on this node, until their ends are stored. */
@Injectable()
export class AttemptRegistry {
  readonly #attempts = new Set<Attempt>();

  add(attempt: Attempt): void {
    this.#attempts.add(attempt);
  }

  remove(attempt: Attempt): void {
    this.#attempts.delete(attempt);
  }

  /** The newest attempt at a task: an earlier one may still be settling while the next one starts. */
  find(taskId: string): Attempt | null {
    let newest: Attempt | null = null;
    for (const attempt of this.#attempts) {
      const { id, row } = attempt.task;
      if (id === taskId && row.attempt > (newest?.task.row.attempt ?? 0)) newest = attempt;
    }
    return newest;
  }

  list(): Attempt[] {
    return [...this.#attempts];
  }

  get size(): number {
    return this.#attempts.size;
  }
}
