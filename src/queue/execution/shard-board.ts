import type { Shard } from '../storage/shard-store.js';
import type { Role } from './attempt.js';

/** Which shards of a running task wait, are busy and are done, and how far the whole is. */
export class ShardBoard {
  readonly #shards: Shard[];
  readonly #fractions: number[];
  readonly #fractionAtStart: number;
  readonly #busy = new Set<Role>();
  #isReduced = false;

  constructor(
    shards: readonly Shard[],
    private readonly startedAtMs: number,
  ) {
    this.#shards = [...shards];
    this.#fractions = shards.map(({ status }) => (status === 'completed' ? 1 : 0));
    this.#fractionAtStart = this.fraction;
  }

  get(index: number): Shard {
    return this.#shards[index]!;
  }

  /** The names of the shards' result files, null for those that are missing. */
  get results(): (string | null)[] {
    return this.#shards.map(({ result }) => result);
  }

  get hasResults(): boolean {
    return this.#shards.some(({ status }) => status === 'completed');
  }

  get isIdle(): boolean {
    return this.#busy.size === 0;
  }

  /** What can start now, the next first: shards by index, then the reduce once all are done. */
  waiting(): Role[] {
    const queued = this.#shards.filter(({ index, status }) => status === 'queued' && !this.#busy.has(index));
    if (queued.length > 0) return queued.map(({ index }) => index);
    const isDone = this.#shards.every(({ status }) => status === 'completed');
    return isDone && this.mayReduce && !this.#busy.has('reduce') ? ['reduce'] : [];
  }

  /** Whether the results have not been reduced yet, be they all or those of a cancelled task. */
  get mayReduce(): boolean {
    return !this.#isReduced;
  }

  markReduced(): void {
    this.#isReduced = true;
  }

  /** A shard or the reduce is being claimed, runs, or has its end stored. */
  occupy(role: Role): void {
    this.#busy.add(role);
  }

  vacate(role: Role): void {
    this.#busy.delete(role);
  }

  /** Takes over what is stored of a shard now. */
  update(index: number, change: Partial<Shard>): void {
    const shard = { ...this.get(index), ...change };
    this.#shards[index] = shard;
    this.#fractions[index] = shard.status === 'completed' ? 1 : 0;
  }

  report(index: number, fraction: number): void {
    this.#fractions[index] = fraction;
  }

  /** How much of the whole is done, 0 to 1. */
  get fraction(): number {
    return this.#fractions.reduce((sum, part) => sum + part, 0) / this.#fractions.length;
  }

  /** Seconds until all shards are done, at the pace since this attempt began; null in the first second. */
  etaS(nowMs: number): number | null {
    const elapsedS = (nowMs - this.startedAtMs) / 1000;
    const gained = this.fraction - this.#fractionAtStart;
    return elapsedS < 1 || gained <= 0 ? null : (elapsedS * (1 - this.fraction)) / gained;
  }
}
