import type { Clock } from '../../clock/clock.js';
import { isOutage } from '../../database/database-errors.js';
import type { Shard, ShardStore } from '../storage/shard-store.js';
import type { AttemptFiles } from './attempt-files.js';
import type { Attempt } from './attempt.js';

const retryDelayMs = 1_000;

/**
 * The stored shards of one attempt at a task. Each write is repeated while the database is away, until the attempt has
 * ended; then it resolves with null.
 */
export class ShardWrites {
  constructor(
    private readonly attempt: Attempt,
    private readonly shards: ShardStore,
    private readonly files: AttemptFiles,
    private readonly clock: Clock,
  ) {}

  /** Opens the shards as `ShardStore.open` does; those whose stored results cannot be read are queued again. */
  async open(count: number, fingerprint: string): Promise<Shard[] | null> {
    const { task } = this.attempt;
    const shards = await this.#untilStored(() => this.shards.open(task, count, fingerprint));
    if (shards === null) return null;
    const unreadable = await this.files.unreadableShards(task.id, shards);
    if (unreadable.length === 0) return shards;
    return this.#untilStored(() => this.shards.discard(task, unreadable));
  }

  claim(index: number, attempt: number): Promise<boolean | null> {
    return this.#untilStored(() => this.shards.claim(this.attempt.task, index, attempt));
  }

  complete(index: number, attempt: number, result: string): Promise<boolean | null> {
    return this.#untilStored(() => this.shards.complete(this.attempt.task, index, attempt, result));
  }

  /** Of a shard that was ended because memory was short. */
  release(index: number, attempt: number): Promise<Shard | null> {
    return this.#untilStored(() =>
      this.shards.release(this.attempt.task, index, attempt, { memoryKill: true }),
    );
  }

  async #untilStored<Value>(write: () => Promise<Value>): Promise<Value | null> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!isOutage(error)) throw error;
        await this.clock.delay(retryDelayMs);
        if (!this.attempt.isOpen) return null;
      }
    }
  }
}
