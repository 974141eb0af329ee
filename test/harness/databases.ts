import { Database } from '../../src/database/database.js';
import { openPgliteEngine } from '../../src/database/pglite-engine.js';
import { createDatabase } from '../../tools/test-kit/index.js';

/** A database of its own for a test. */
export interface TestDatabase {
  readonly database: Database;
  /** Null on the embedded store. */
  readonly url: string | null;
  drop(): Promise<void>;
}

const serverUrl = process.env.TEST_DATABASE_URL;

/**
 * The stores that a test of the state runs on: the embedded one, and PostgreSQL where `TEST_DATABASE_URL`
 * names a server, as `.ci/run` does.
 */
export const stores: readonly (readonly [name: string, open: () => Promise<TestDatabase>])[] = [
  ['the embedded store', openEmbedded],
  ...(serverUrl === undefined ? [] : [['PostgreSQL', openPostgres] as const]),
];

async function openEmbedded(): Promise<TestDatabase> {
  const database = await Database.embedded(await openPgliteEngine('memory://'));
  return { database, url: null, drop: () => database.close() };
}

/** A fresh database on the server of `TEST_DATABASE_URL`. */
export async function openPostgres(): Promise<TestDatabase> {
  const { url, drop } = await createDatabase(serverUrl!);
  const database = await Database.postgres(url);
  return {
    database,
    url,
    drop: async () => {
      await database.close();
      await drop();
    },
  };
}
