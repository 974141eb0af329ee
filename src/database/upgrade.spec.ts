import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { createDatabase } from '../../tools/test-kit/index.js';
import { tasksOf010, writeDatabase010 } from '../../test/harness/version-0.1.0.js';
import { Database } from './database.js';
import { openPgliteEngine } from './pglite-engine.js';
import { PgliteStream } from './pglite-stream.js';
import { settings, tasks } from './schema.js';

interface Upgraded {
  readonly database: Database;
  readonly drop: () => Promise<void>;
}

async function upgradeEmbedded(): Promise<Upgraded> {
  const engine = await openPgliteEngine('memory://');
  const old = new pg.Pool({ stream: () => new PgliteStream(engine), user: 'headroom', max: 1 });
  await writeDatabase010(old);
  await old.end();
  const database = await Database.embedded(engine);
  return { database, drop: () => database.close() };
}

async function upgradePostgres(): Promise<Upgraded> {
  const { url, drop } = await createDatabase(process.env.TEST_DATABASE_URL!);
  const old = new pg.Pool({ connectionString: url });
  await writeDatabase010(old);
  await old.end();
  const database = await Database.postgres(url);
  return {
    database,
    drop: async () => {
      await database.close();
      await drop();
    },
  };
}

const stores: readonly (readonly [string, () => Promise<Upgraded>])[] = [
  ['the embedded store', upgradeEmbedded],
  ...(process.env.TEST_DATABASE_URL === undefined ? [] : [['PostgreSQL', upgradePostgres] as const]),
];

describe.each(stores)('a database of version 0.1.0 on %s', (_, upgrade) => {
  let upgraded: Upgraded;
  beforeAll(async () => {
    upgraded = await upgrade();
  });
  afterAll(() => upgraded.drop());

  test('keeps its tasks, and says of each what it is', async () => {
    const stored = await upgraded.database.queries.select().from(tasks).orderBy(tasks.sequence);
    expect(stored.map(({ taskId, status, subject }) => [taskId, status, subject])).toEqual([
      [tasksOf010.completed, 'completed', 'SmaCross on BTC_USDT 1d'],
      [tasksOf010.queued, 'queued', 'SmaCross on BTC_USDT 1d'],
      [tasksOf010.running, 'running', 'SmaCross on BTC_USDT 1d'],
      [tasksOf010.runningSweep, 'running', '8 runs of SmaCross on BTC_USDT 1h'],
      [tasksOf010.queuedAgain, 'queued', 'SmaCross on BTC_USDT 1d'],
      [tasksOf010.failed, 'failed', 'SmaCross on BTC_USDT 1d'],
    ]);
    for (const row of stored) expect(row).toMatchObject({ cancellable: true, shardFingerprint: null });
  });

  test('keeps its settings and events, and refuses earlier servers from now on', async () => {
    const { queries } = upgraded.database;
    const rows = await queries.select().from(settings).orderBy(settings.key);
    expect(rows.map(({ key }) => key)).toEqual([
      'event_epoch',
      'min_server_version',
      'queue_paused',
      'scheduler_learned',
    ]);
    expect(rows[1]!.value).toBe('0.2.0');
    const { rows: events } = await queries.execute(sql`select max(sequence)::int as last from task_events`);
    expect(events).toEqual([{ last: 9 }]);
  });
});
