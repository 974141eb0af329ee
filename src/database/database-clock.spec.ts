import { expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores } from '../../test/harness/databases.js';
import { ManualClock } from '../clock/manual-clock.fixture.js';
import { DatabaseClock } from './database-clock.js';

test.each(stores)('the clock of %s is measured against the steady one', async (_, open) => {
  const opened = await open();
  const { database } = opened;
  const clock = new ManualClock();
  const databaseClock = new DatabaseClock(database, clock);
  expect(databaseClock.offsetMs).toBe(0);
  const nowMs = async () => {
    const { rows } = await database.queries.execute<{ ms: number }>(
      sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
    );
    return rows[0]!.ms;
  };
  const beforeMs = await nowMs();
  await databaseClock.sync();
  const afterMs = await nowMs();
  // The manual clock stands still, so the database's time at the measurement is between the two.
  expect(clock.steadyMs() + databaseClock.offsetMs).toBeGreaterThanOrEqual(beforeMs);
  expect(clock.steadyMs() + databaseClock.offsetMs).toBeLessThanOrEqual(afterMs);

  const measured = databaseClock.offsetMs;
  await opened.drop();
  await expect(databaseClock.sync()).rejects.toThrow();
  expect(databaseClock.offsetMs).toBe(measured);
});
