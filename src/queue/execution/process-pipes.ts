import type { Readable } from 'node:stream';
import type { Clock } from '../../clock/clock.js';
import { FlowLimit } from './flow-limit.js';
import { releaseChunk } from './release-chunk.js';

/** The pipes that a process writes to, read no faster than the server can take it. */
export class ProcessPipes {
  readonly #open = new Set<Readable>();
  readonly #limits: FlowLimit[] = [];
  #onClosed: (() => void) | null = null;

  constructor(private readonly clock: Clock) {}

  /** Reads pipes that share one limit. A chunk is freed after the call that it was given to. */
  read(pipes: readonly (readonly [Readable, (chunk: Buffer) => void])[]): void {
    const limit = new FlowLimit(
      this.clock,
      pipes.map(([pipe]) => pipe),
    );
    this.#limits.push(limit);
    for (const [pipe, onChunk] of pipes) {
      this.#open.add(pipe);
      pipe.on('data', (chunk: Buffer) => {
        limit.count(chunk.length);
        onChunk(chunk);
        releaseChunk(chunk);
      });
      // A broken pipe needs no handling: the exit of the process follows.
      pipe.on('error', () => undefined);
      pipe.once('close', () => {
        this.#open.delete(pipe);
        if (this.#open.size === 0) this.#onClosed?.();
      });
    }
  }

  /** Reads what is left, at once, and calls back when all pipes are closed. */
  drain(onClosed: () => void): void {
    for (const limit of this.#limits) limit.resume();
    this.#onClosed = onClosed;
    if (this.#open.size === 0) onClosed();
  }

  /** Gives up what is left in them. */
  destroy(): void {
    for (const limit of this.#limits) limit.stop();
    for (const pipe of this.#open) pipe.destroy();
  }
}
