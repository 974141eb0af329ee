import { setTimeout as delay } from 'node:timers/promises';
import type { EngineLostError, ProtocolEngine, Session } from './pglite-engine.js';
import type { SupervisedEngine } from './worker-engine.js';

const firstPauseMs = 250;
const maxPauseMs = 5_000;

/**
 * An engine that is opened again after it was lost, as often as it takes: a full disk ends an embedded database, and
 * free space lets it open again. Until then the calls of every session reject with the error that ended it.
 *
 * A session belongs to the engine that it began on, so one transaction never spans two engines.
 */
export class RestartingEngine implements ProtocolEngine {
  #current: SupervisedEngine | null = null;
  #lastError: EngineLostError | null = null;
  #isClosed = false;

  private constructor(
    private readonly start: () => Promise<SupervisedEngine>,
    private readonly onLost: (error: EngineLostError) => void,
    private readonly firstPauseMs: number,
  ) {}

  /** @throws what `start` throws the first time */
  static async open(
    start: () => Promise<SupervisedEngine>,
    onLost: (error: EngineLostError) => void,
    pauseMs = firstPauseMs,
  ): Promise<RestartingEngine> {
    const engine = new RestartingEngine(start, onLost, pauseMs);
    engine.#use(await start());
    return engine;
  }

  connect(): Session {
    return this.#current?.connect() ?? (() => Promise.reject(this.#lastError!));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#current?.close();
  }

  #use(engine: SupervisedEngine): void {
    this.#current = engine;
    if (this.#isClosed) void engine.close();
    void engine.lost.then(async (error) => {
      this.#current = null;
      this.#lastError = error;
      if (this.#isClosed) return;
      this.onLost(error);
      await this.#restart();
    });
  }

  async #restart(): Promise<void> {
    for (let pause = this.firstPauseMs; !this.#isClosed; pause = Math.min(2 * pause, maxPauseMs)) {
      try {
        this.#use(await this.start());
        return;
      } catch {
        await delay(pause, undefined, { ref: false });
      }
    }
  }
}
