import { describe, expect, test } from '@jest/globals';
import { EngineLostError, type ProtocolEngine } from './pglite-engine.js';
import { RestartingEngine } from './restarting-engine.js';
import type { SupervisedEngine } from './worker-engine.js';

/** Engines that answer with their number and can be ended from outside. */
class Engines {
  readonly ends: ((error: EngineLostError) => void)[] = [];
  failures = 0;
  closed = 0;

  start = (): Promise<SupervisedEngine> => {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('no room'));
    }
    const number = this.ends.length;
    let why: EngineLostError | null = null;
    const lost = new Promise<EngineLostError>((resolve) => {
      this.ends.push((error) => {
        why = error;
        resolve(error);
      });
    });
    return Promise.resolve({
      lost,
      connect: () => () => (why ? Promise.reject(why) : Promise.resolve(Uint8Array.of(number))),
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    });
  };
}

const nothing = new Uint8Array();

/** The number of the engine that answers next. */
async function nextAnswer(engine: ProtocolEngine): Promise<number> {
  for (;;) {
    try {
      return (await engine.connect()(nothing))[0]!;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

describe('an embedded database that is lost', () => {
  const full = new EngineLostError('No space left on device', '53100');

  test('is opened again until it opens, and says meanwhile what ended it', async () => {
    const engines = new Engines();
    const told: EngineLostError[] = [];
    const engine = await RestartingEngine.open(engines.start, (error) => told.push(error), 1);
    engines.failures = 3;
    engines.ends[0]!(full);
    await new Promise(setImmediate);
    await expect(engine.connect()(nothing)).rejects.toBe(full);
    expect(await nextAnswer(engine)).toBe(1);
    expect([engines.failures, told]).toEqual([0, [full]]);
  });

  test('takes its sessions with it', async () => {
    const engines = new Engines();
    const engine = await RestartingEngine.open(engines.start, () => undefined, 1);
    const session = engine.connect();
    engines.ends[0]!(full);
    expect(await nextAnswer(engine)).toBe(1);
    await expect(session(nothing)).rejects.toBe(full);
  });

  test('stays closed once it is closed', async () => {
    const engines = new Engines();
    const engine = await RestartingEngine.open(engines.start, () => undefined, 1);
    await engine.close();
    engines.ends[0]!(full);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([engines.ends.length, engines.closed]).toEqual([1, 1]);
  });

  test('that does not open the first time is an error', async () => {
    const engines = new Engines();
    engines.failures = 1;
    await expect(RestartingEngine.open(engines.start, () => undefined)).rejects.toThrow('no room');
  });
});
