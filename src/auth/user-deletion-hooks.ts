import { Injectable } from '@nestjs/common';

export type DeletionHook = (userId: string) => Promise<void>;

/**
 * What other modules do with a user's data when the user is deleted. The account is disabled before the hooks run and
 * deleted after them. A hook that fails leaves the account disabled, and another deletion runs every hook again, so
 * hooks must be idempotent.
 */
@Injectable()
export class UserDeletionHooks {
  readonly #hooks: DeletionHook[] = [];

  /** Registers a hook; hooks run in the order of their registration. */
  onDeletion(hook: DeletionHook): void {
    this.#hooks.push(hook);
  }

  async run(userId: string): Promise<void> {
    for (const hook of this.#hooks) await hook(userId);
  }
}
