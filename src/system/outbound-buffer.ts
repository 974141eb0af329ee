import { chunkOf, type OutboundMessage, type Chunk } from './outbound-message.js';

interface Waiting {
  readonly sequence: number | null;
  readonly frame: Buffer;
}

/**
 * What one client has still to be sent, in order. A newer word on a subject takes the place of the older
 * one, at the end; what has no subject (every change of a task's state) stays until it is taken.
 */
export class OutboundBuffer {
  readonly #waiting = new Map<string | symbol, Waiting>();
  #bytes = 0;

  /** Bytes of all frames that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns whether it took the place of an older word. */
  add(message: OutboundMessage, frame: Buffer): boolean {
    const key = message.subject ?? Symbol();
    const isNewer = this.#waiting.has(key);
    this.#drop(key);
    this.#waiting.set(key, { sequence: message.sequence, frame });
    this.#bytes += frame.length;
    return isNewer;
  }

  /** Forgets what has its place at a sequence number or before it. */
  dropUpTo(sequence: number): void {
    for (const [key, waiting] of this.#waiting) {
      if (waiting.sequence !== null && waiting.sequence <= sequence) this.#drop(key);
    }
  }

  /** Empties it: all frames in one chunk, or null. */
  drain(): Chunk | null {
    const chunk = chunkOf([...this.#waiting.values()].map(({ frame }) => frame));
    this.clear();
    return chunk;
  }

  clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }

  #drop(key: string | symbol): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    this.#bytes -= waiting.frame.length;
  }
}
