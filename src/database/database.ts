import { fileURLToPath } from 'node:url';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import type { ProtocolEngine } from './pglite-engine.js';
import { PgliteStream } from './pglite-stream.js';
import * as schema from './schema.js';

export type Queries = Omit<NodePgDatabase<typeof schema>, '$client'>;

/** The one connection to the state, whichever store is behind it. Injected by this class as its token. */
export class Database {
  readonly queries: Queries;

  private constructor(
    private readonly pool: pg.Pool,
    private readonly closeEngine: () => Promise<void>,
  ) {
    this.queries = drizzle(pool, { schema });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    pool.on('error', () => undefined);
  }

  /** On an embedded engine: it has one session, so there is one connection and transactions take turns. */
  static async embedded(engine: ProtocolEngine): Promise<Database> {
    const pool = new pg.Pool({
      stream: () => new PgliteStream(engine),
      user: 'headroom',
      max: 1,
      idleTimeoutMillis: 0,
    });
    return new Database(pool, () => engine.close()).#migrated();
  }

  static async postgres(url: string): Promise<Database> {
    const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000 });
    return new Database(pool, () => Promise.resolve()).#migrated();
  }

  async #migrated(): Promise<this> {
    await migrate(this.queries as NodePgDatabase<typeof schema>, {
      migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
    });
    return this;
  }

  /** Resolves when the store answers, rejects when it does not. */
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.closeEngine();
  }
}
