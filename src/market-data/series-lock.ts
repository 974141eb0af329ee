import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Held for the time of a rename; one this old belongs to a process that is gone. */
const abandonedAfterMs = 10_000;

/** Runs one piece of work at a time for a path, among all processes that share the folder. */
export async function withLock<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      await (await open(lock, 'wx')).close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const held = await stat(lock).catch(() => null);
      if (held !== null && Date.now() - held.mtimeMs > abandonedAfterMs) await rm(lock, { force: true });
      else await delay(10);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}
