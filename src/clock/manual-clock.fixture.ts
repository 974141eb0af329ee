import { Clock } from './clock.js';

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

/** A clock for tests: time passes only when a test says so. */
export class ManualClock extends Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  override monotonicMs(): number {
    return this.#nowMs;
  }

  override steadyMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  override nowMs(): number {
    return this.steadyMs();
  }

  override after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  override delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass; timers that come due fire in order, and what they started runs before the next one. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.action();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  /** Lets time pass in steps until the promise settles: for work that waits for this clock and for the disk. */
  async advanceUntil<T>(promise: Promise<T>, stepMs = 20): Promise<T> {
    const settled = Symbol('settled');
    const noted = promise.then(
      () => settled,
      () => settled,
    );
    while ((await Promise.race([noted, this.advance(stepMs)])) !== settled);
    return promise;
  }
}

/** Lets promises that are ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
