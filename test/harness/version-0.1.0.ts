import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';

/** What a server of version 0.1.0 (commit 2f1839a) left behind, by table; some tasks were brought to other states. */
interface Leftovers {
  readonly tasks: readonly Record<string, unknown>[];
  readonly results: Readonly<Record<string, string>>;
}

const rows = JSON.parse(readFileSync(join(import.meta.dirname, 'version-0.1.0.json'), 'utf8')) as Leftovers &
  Record<string, readonly Record<string, unknown>[]>;
const tables = ['users', 'tasks', 'backtests', 'settings', 'task_events'] as const;
const migrations = join(import.meta.dirname, '..', '..', 'src', 'database', 'migrations');
const lastMigration = 4;

/** The tasks of that installation, by what they were doing when it was stopped. */
export const tasksOf010 = {
  completed: 'd2ff18a1-5090-49bc-87bf-edabea575fad',
  queued: '00000000-0000-4000-8000-000000000001',
  /** Its lease has expired. */
  running: '00000000-0000-4000-8000-000000000002',
  /** On `node-1`, with a lease that has not expired, and with results of parts. */
  runningSweep: '00000000-0000-4000-8000-000000000003',
  queuedAgain: '00000000-0000-4000-8000-000000000004',
  failed: '00000000-0000-4000-8000-000000000005',
} as const;

/** Of the event ids that it gave out. */
export const epochOf010 = 'mqczfvxc';

/** Brings an empty database to the state of version 0.1.0: its migrations and its rows. */
export async function writeDatabase010(pool: pg.Pool): Promise<void> {
  const queries = drizzle(pool);
  const folder = migrationsOf010();
  await migrate(queries, { migrationsFolder: folder });
  rmSync(folder, { recursive: true });
  for (const table of tables) {
    const name = sql.identifier(table);
    await queries.execute(
      sql`insert into ${name} select * from json_populate_recordset(null::${name}, ${JSON.stringify(rows[table])}::json)`,
    );
  }
  for (const [table, column] of [
    ['tasks', 'sequence'],
    ['backtests', 'sequence'],
    ['task_events', 'sequence'],
  ] as const) {
    await queries.execute(sql`
      select setval(pg_get_serial_sequence(${table}, ${column}), (select max(${sql.identifier(column)}) from ${sql.identifier(table)}))`);
  }
}

/** Writes the files of its results into a data folder, and parts of a sweep that a later version cannot use. */
export function writeResults010(dataDir: string): void {
  const parts = `${tasksOf010.runningSweep}.parts`;
  const files = {
    ...rows.results,
    [`${parts}/0.json.gz`]: 'not a shard',
    [`${parts}/1.json.gz`]: 'not a shard',
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(dataDir, 'results', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, gzipSync(text));
  }
}

/** A folder with the migrations that version 0.1.0 had. */
function migrationsOf010(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-migrations-'));
  cpSync(migrations, folder, { recursive: true });
  const path = join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { entries: { idx: number }[] };
  const entries = journal.entries.filter(({ idx }) => idx <= lastMigration);
  writeFileSync(path, JSON.stringify({ ...journal, entries }));
  return folder;
}
