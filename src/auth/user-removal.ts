import { Injectable } from '@nestjs/common';

export type RemovalStep = (userId: string) => Promise<void>;

/**
 * What the other modules do with a user's things when the user is deleted. The account is disabled before
 * the steps run and deleted after them; a step that fails leaves it disabled, and deleting it again runs
 * every step again, so a step must bear repetition.
 */
@Injectable()
export class UserRemoval {
  readonly #steps: RemovalStep[] = [];

  /** Registers a step; steps run in the order they were registered in. */
  onRemoval(step: RemovalStep): void {
    this.#steps.push(step);
  }

  async run(userId: string): Promise<void> {
    for (const step of this.#steps) await step(userId);
  }
}
