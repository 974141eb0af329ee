import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { EngineLostError, openPgliteEngine, type ProtocolEngine } from '../../src/database/pglite-engine.js';

const quietTurns = 12;
const unpackMs = 3;

/** An embedded database in memory that a test can take away, and that knows whether anything is being asked. */
export class FaultyEngine implements ProtocolEngine {
  isAway = false;
  #pending = 0;

  private constructor(private readonly engine: ProtocolEngine) {}

  static async open(): Promise<FaultyEngine> {
    return new FaultyEngine(await openPgliteEngine('memory://'));
  }

  connect: ProtocolEngine['connect'] = () => {
    const session = this.engine.connect();
    return async (message) => {
      this.#pending += 1;
      try {
        if (this.isAway) throw new EngineLostError('The database is away.');
        return await session(message);
      } finally {
        this.#pending -= 1;
      }
    };
  };

  close: ProtocolEngine['close'] = () => this.engine.close();

  /** Resolves when nothing has been asked for a few turns of the event loop, and no file is being read or written. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; quiet += 1) {
      await nextTurn();
      const usesDisk = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
      // Unpacking what was read takes a moment in which no resource shows.
      if (usesDisk) await setTimeout(unpackMs);
      if (usesDisk || this.#pending > 0) quiet = -1;
    }
  }
}
