import type { Clock } from '../../clock/clock.js';
import { isOutage } from '../../database/database-errors.js';

const retryMs = 1_000;

/**
 * Repeats a write while the database is away.
 *
 * @returns null when the result is not wanted any more
 * @throws every error that is no outage
 */
export async function untilStored<Value>(
  write: () => Promise<Value>,
  clock: Clock,
  isWanted: () => boolean,
): Promise<Value | null> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await clock.delay(retryMs);
      if (!isWanted()) return null;
    }
  }
}
