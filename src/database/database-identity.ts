import { sql } from 'drizzle-orm';
import type { Queries } from './queries.js';

/**
 * Names the history that a database has: its cluster, the timeline of that cluster and the database in it. After a
 * restore or the promotion of a standby, what was committed last may be missing, and the name is another one.
 */
export async function databaseIdentity(queries: Queries): Promise<string> {
  const { rows } = await queries.execute<{ identity: string }>(sql`
    select concat_ws('/',
      (select system_identifier from pg_control_system()),
      (select timeline_id from pg_control_checkpoint()),
      (select oid from pg_database where datname = current_database())) as identity`);
  return rows[0]!.identity;
}
