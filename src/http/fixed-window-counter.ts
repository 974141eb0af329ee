export interface Count {
  count: number;
  /** When the window ends and the count with it. */
  readonly endsAtMs: number;
}

const maxKeys = 20_000;

/**
 * Counts by key, each in a window that begins with its first count and lasts a fixed time.
 *
 * Kept in memory, per node, and bounded: beyond 20,000 keys the oldest goes.
 */
export class FixedWindowCounter {
  readonly #counts = new Map<string, Count>();

  constructor(private readonly windowMs: number) {}

  current(key: string, nowMs: number): Count | null {
    const count = this.#counts.get(key);
    if (count === undefined) return null;
    if (count.endsAtMs > nowMs) return count;
    this.#counts.delete(key);
    return null;
  }

  add(key: string, nowMs: number): Count {
    const current = this.current(key, nowMs);
    if (current) {
      current.count += 1;
      return current;
    }
    const oldest = this.#counts.size >= maxKeys ? this.#counts.keys().next().value : undefined;
    if (oldest !== undefined) this.#counts.delete(oldest);
    const count = { count: 1, endsAtMs: nowMs + this.windowMs };
    this.#counts.set(key, count);
    return count;
  }

  takeBack(key: string): void {
    const count = this.#counts.get(key);
    if (count) count.count -= 1;
  }

  clear(key: string): void {
    this.#counts.delete(key);
  }
}
