import type { Readable } from 'node:stream';
import type { Clock } from '../../clock/clock.js';

const windowMs = 100;
const maxBytesPerWindow = 2 ** 20;

/** Pauses streams that bring more than 1 MiB within a tenth of a second until it is over, so that the writer waits. */
export class FlowLimit {
  #windowStartMs = -Infinity;
  #bytes = 0;
  #cancelResume: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly streams: readonly Readable[],
  ) {}

  /** Counts what a stream has brought. */
  count(bytes: number): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = nowMs;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    if (this.#bytes <= maxBytesPerWindow || this.#cancelResume !== null) return;
    for (const stream of this.streams) stream.pause();
    this.#cancelResume = this.clock.after(this.#windowStartMs + windowMs - nowMs, () => {
      this.resume();
    });
  }

  /** Lets the streams go on at once, with the whole of their limit. */
  resume(): void {
    this.#cancelResume?.();
    this.#cancelResume = null;
    this.#windowStartMs = -Infinity;
    for (const stream of this.streams) stream.resume();
  }

  /** For the end: no timer is left. */
  stop(): void {
    this.#cancelResume?.();
    this.#cancelResume = null;
  }
}
