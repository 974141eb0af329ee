import { existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openPgliteEngine } from '../src/database/pglite-engine.js';
import { PgliteStream } from '../src/database/pglite-stream.js';
import { type Client, Server } from './harness/server.js';
import { createDatabase, templateFolder } from '../tools/test-kit/index.js';
import { epochOf010, tasksOf010, writeDatabase010, writeResults010 } from './harness/version-0.1.0.js';

interface OldInstallation {
  readonly environment: Record<string, string>;
  readonly drop: () => Promise<void>;
}

async function embedded(dataDir: string): Promise<OldInstallation> {
  const engine = await openPgliteEngine(join(dataDir, 'database'));
  const pool = new pg.Pool({ stream: () => new PgliteStream(engine), user: 'headroom', max: 1 });
  await writeDatabase010(pool);
  await pool.end();
  await engine.close();
  return { environment: {}, drop: () => Promise.resolve() };
}

async function postgres(): Promise<OldInstallation> {
  const { url, drop } = await createDatabase(process.env.TEST_DATABASE_URL!);
  const pool = new pg.Pool({ connectionString: url });
  await writeDatabase010(pool);
  await pool.end();
  return { environment: { DATABASE_URL: url }, drop };
}

const stores: readonly (readonly [string, (dataDir: string) => Promise<OldInstallation>])[] = [
  ['the embedded store', embedded],
  ...(process.env.TEST_DATABASE_URL === undefined ? [] : [['PostgreSQL', postgres] as const]),
];

// Version 0.1.0 is commit 2f1839a.
describe.each(stores)('an installation of version 0.1.0 on %s', (_, install) => {
  let old: OldInstallation;
  let server: Server;
  let admin: Client;

  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-upgrade-'));
    symlinkSync(join(templateFolder(), 'market-data'), join(dataDir, 'market-data'));
    old = await install(dataDir);
    writeResults010(dataDir);
    server = await Server.start({ HEADROOM_NODE_ID: 'node-1', ...old.environment }, dataDir);
    admin = await server.admin();
  }, 180_000);
  afterAll(async () => {
    await server.remove();
    await old.drop();
  });

  test('opens paused, as it was left, and keeps its finished results', async () => {
    expect((await admin.get('/api/system/queue')).body).toMatchObject({ paused: true });
    const { body } = await admin.get(`/api/backtests/${tasksOf010.completed}`);
    expect(body).toMatchObject({ status: 'completed', performance: { trade_count: 3 } });
    expect(body.equity_curve).toHaveLength(10);
    expect((await admin.get(`/api/tasks/${tasksOf010.failed}`)).body).toMatchObject({
      status: 'failed',
      error: { code: 'TIME_LIMIT' },
    });
  });

  test('sends a new snapshot to a client that was connected to the old version, whose event ids are unknown', async () => {
    const events = await admin.events(`${epochOf010}-1`);
    const { message } = await events.until(({ message: { type } }) => type === 'initial_state');
    const recent = message.data.recent_tasks as { task_id: string }[];
    expect(recent.map(({ task_id }) => task_id)).toContain(tasksOf010.completed);
    events.close();
  });

  test('finishes what was queued and what was running, and computes unfinished shards again', async () => {
    await admin.post('/api/system/queue/resume');
    for (const id of [tasksOf010.queued, tasksOf010.running, tasksOf010.queuedAgain]) {
      expect(await admin.ended(id, 180_000)).toMatchObject({ status: 'completed' });
      expect((await admin.get(`/api/backtests/${id}`)).body.equity_curve.length).toBeGreaterThan(20);
    }
    expect(await admin.ended(tasksOf010.runningSweep, 180_000)).toMatchObject({
      status: 'completed',
      attempt: 2,
    });
    const { body } = await admin.get(`/api/backtests/${tasksOf010.runningSweep}`);
    expect(body.runs).toHaveLength(8);
    expect(existsSync(join(server.dataDir, 'results', `${tasksOf010.runningSweep}.parts`))).toBe(false);
  });
});
