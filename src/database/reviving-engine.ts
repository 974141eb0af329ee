import { setTimeout as delay } from 'node:timers/promises';
import type { EngineLost, ProtocolEngine, Session } from './pglite-engine.js';
import type { MortalEngine } from './worker-engine.js';

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * An engine that is opened anew when it was lost, and again until it opens: a full disk ends an embedded
 * database, and room on it brings it back. Until then every session's calls reject with what ended it.
 *
 * A session belongs to the engine that it began on, so no half of a transaction ever reaches another one.
 */
export class RevivingEngine implements ProtocolEngine {
  #current: MortalEngine | null = null;
  #whyLost: EngineLost | null = null;
  #isClosed = false;

  private constructor(
    private readonly start: () => Promise<MortalEngine>,
    private readonly onLost: (error: EngineLost) => void,
    private readonly firstPauseMs: number,
  ) {}

  /** @throws what `start` throws the first time */
  static async open(
    start: () => Promise<MortalEngine>,
    onLost: (error: EngineLost) => void,
    pauseMs = firstPauseMs,
  ): Promise<RevivingEngine> {
    const engine = new RevivingEngine(start, onLost, pauseMs);
    engine.#take(await start());
    return engine;
  }

  connect(): Session {
    return this.#current?.connect() ?? (() => Promise.reject(this.#whyLost!));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#current?.close();
  }

  #take(engine: MortalEngine): void {
    this.#current = engine;
    if (this.#isClosed) void engine.close();
    void engine.lost.then(async (why) => {
      this.#current = null;
      this.#whyLost = why;
      if (this.#isClosed) return;
      this.onLost(why);
      await this.#revive();
    });
  }

  async #revive(): Promise<void> {
    for (let pause = this.firstPauseMs; !this.#isClosed; pause = Math.min(2 * pause, longestPauseMs)) {
      try {
        this.#take(await this.start());
        return;
      } catch {
        await delay(pause, undefined, { ref: false });
      }
    }
  }
}
