// The same measurement on the embedded store and on PostgreSQL.
import { createDatabase } from '../../dist/tools/test-kit/index.js';
import { startPostgres } from './postgres.mjs';

/**
 * @param measure `(store, databaseUrl)`, null for the embedded store; PostgreSQL's database is a fresh one
 * @returns `{stores, left_out}`: what was measured, and why PostgreSQL was not
 */
export async function onBothStores(measure) {
  const stores = [await measure('embedded', null)];
  const left_out = [];
  const postgres = await startPostgres().catch((error) => void left_out.push(error.message));
  if (postgres) {
    const database = await createDatabase(postgres.url);
    try {
      stores.push(await measure('PostgreSQL', database.url));
    } finally {
      await database.drop();
      await postgres.stop();
    }
  }
  return { stores, left_out };
}
