import { Clock } from './clock.js';

/** A clock for tests whose time of day is moved, or held; its timers run as usual. */
export class OffsetClock extends Clock {
  offsetMs = 0;
  #heldAtMs: number | null = null;

  hold(): void {
    this.#heldAtMs = Date.now();
  }

  override nowMs(): number {
    return (this.#heldAtMs ?? Date.now()) + this.offsetMs;
  }

  override steadyMs(): number {
    return this.nowMs();
  }
}
