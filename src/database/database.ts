import { fileURLToPath } from 'node:url';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { Subject } from 'rxjs';
import { ConfigError } from '../config/config.js';
import { version } from '../config/version.js';
import { requireServerVersion } from './min-server-version.js';
import type { SessionQueries } from './queries.js';
import { Notifications } from './notifications.js';
import type { ProtocolEngine } from './pglite-engine.js';
import { PgliteStream } from './pglite-stream.js';
import { instrumentQueries } from './instrument-queries.js';
import { connectionErrorMessage } from './connection-error-message.js';

const maintenanceIntervalMs = 5 * 60_000;
/** Less written than this leaves too little behind to be worth half a second of CPU. */
const minMaintenanceBytes = 2 ** 20;
/** How long a node may stand still within a transaction before its locks are taken from it. */
const maxIdleInTransactionMs = 10_000;

/** Keys of the advisory locks, one for each thing that one process at a time may do. */
export const locks = { migrate: 7_230_001, events: 7_230_002, purge: 7_230_003, sweep: 7_230_004 } as const;

/** The one connection to the state, whichever store is behind it. Injected by this class as its token. */
export class Database {
  readonly queries: Omit<NodePgDatabase, '$client'>;
  readonly #queryDurations = new Subject<number>();
  /** Where the write-ahead log was after the last maintenance. */
  #maintainedAt = 0;

  /** The duration of each query in seconds, whether it succeeded or failed. */
  readonly queryDurations$ = this.#queryDurations.asObservable();

  private constructor(
    private readonly pool: pg.Pool,
    /** Null on the embedded store, which this process has for itself. */
    private readonly url: string | null,
    private readonly closeEngine: () => Promise<void>,
  ) {
    this.queries = drizzle(pool);
    // Drizzle's version never returns a session to the pool that breaks before its first statement.
    this.queries.transaction = (work, config) => this.#transaction(work, config);
    // The pool replaces a broken connection, and the query in progress rejects. Without listeners the error would also
    // end the process.
    pool.on('error', () => undefined);
    pool.on('connect', (session) => {
      session.on('error', () => undefined);
      instrumentQueries(session, (seconds) => this.#queryDurations.next(seconds));
    });
  }

  /** On an embedded engine: it has one session, so there is one connection and transactions take turns. */
  static async embedded(engine: ProtocolEngine): Promise<Database> {
    const pool = new pg.Pool({
      stream: () => new PgliteStream(engine),
      user: 'headroom',
      max: 1,
      idleTimeoutMillis: 0,
      onConnect: prepareSession,
    });
    const timer = setInterval(
      () => void database.maintainIfWritten().catch(() => undefined),
      maintenanceIntervalMs,
    ).unref();
    const database = new Database(pool, null, async () => {
      clearInterval(timer);
      await engine.close();
    });
    await database.#orClose(() => database.#migrate());
    database.#maintainedAt = await database.#walPosition();
    return database;
  }

  /**
   * @param setting what the address was given as
   * @throws ConfigError when the database cannot be reached, or is that of a later version
   */
  static async postgres(url: string, setting = 'DATABASE_URL'): Promise<Database> {
    const pool = new pg.Pool({
      connectionString: url,
      max: 10,
      connectionTimeoutMillis: 5_000,
      onConnect: prepareSession,
      idle_in_transaction_session_timeout: maxIdleInTransactionMs,
    });
    const database = new Database(pool, url, () => Promise.resolve());
    await database.#orClose(async () => {
      await database.ping().catch((error: unknown) => {
        throw new ConfigError(`${setting}: ${connectionErrorMessage(error)}`);
      });
      await database.#alone(locks.migrate, () => database.#migrate());
    });
    return database;
  }

  /** Whether other processes may work on the same state. */
  get isShared(): boolean {
    return this.url !== null;
  }

  /** What others say on these channels; null on the embedded store, where there are no others. */
  listen(channels: readonly string[]): Notifications | null {
    return this.url === null ? null : new Notifications(this.url, channels);
  }

  /** A transaction during which no other process has one with the same lock. */
  async transactionAlone<Value>(
    lock: number,
    work: (queries: SessionQueries) => Promise<Value>,
  ): Promise<Value> {
    const session = await this.pool.connect();
    let isBroken = true;
    try {
      await session.query(this.isShared ? `begin; select pg_advisory_xact_lock(${lock})` : 'begin');
      try {
        const value = await work(drizzle(session));
        await session.query('commit');
        isBroken = false;
        return value;
      } catch (error) {
        // A rollback that fails says only that the session is gone, not why.
        await session.query('rollback').then(
          () => (isBroken = false),
          () => undefined,
        );
        throw error;
      }
    } finally {
      session.release(isBroken);
    }
  }

  /** Does something unless another process is doing it now; false then. */
  async ifAlone(lock: number, work: () => Promise<void>): Promise<boolean> {
    if (!this.isShared) {
      await work();
      return true;
    }
    return this.#withSession(async (session) => {
      const { rows } = await session.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
        lock,
      ]);
      if (!rows[0]!.got) return false;
      try {
        await work();
        return true;
      } finally {
        await session.query('select pg_advisory_unlock($1)', [lock]);
      }
    });
  }

  /** How many sessions are open, how many of those are idle, and how many callers wait for one. */
  sessions(): { open: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Resolves when the store answers, rejects when it does not. */
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  /**
   * Runs maintenance when enough was written since the last time, so that an idle node stays idle.
   *
   * @returns whether it ran
   */
  async maintainIfWritten(): Promise<boolean> {
    if ((await this.#walPosition()) - this.#maintainedAt < minMaintenanceBytes) return false;
    await this.runMaintenance();
    this.#maintainedAt = await this.#walPosition();
    return true;
  }

  /** Bytes of the write-ahead log so far. */
  async #walPosition(): Promise<number> {
    const position = `select (pg_current_wal_lsn() - '0/0')::float8 as bytes`;
    const { rows } = await this.pool.query<{ bytes: number }>(position);
    return rows[0]!.bytes;
  }

  /**
   * What the embedded database does not do by itself: it has no autovacuum and makes no checkpoints on time.
   * It runs as a query like any other, so it never comes between the statements of a transaction.
   */
  async runMaintenance(): Promise<void> {
    await this.pool.query('vacuum (analyze)');
    await this.pool.query('checkpoint');
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.closeEngine();
  }

  /** After a rollback a session is reused; a session that broke is closed. */
  #transaction: NodePgDatabase['transaction'] = async (work, config) => {
    const session = await this.pool.connect();
    let failure: unknown;
    let isBroken = true;
    try {
      const value = await drizzle(session).transaction(async (queries) => {
        try {
          return await work(queries);
        } catch (error) {
          failure = error;
          throw error;
        }
      }, config);
      isBroken = false;
      return value;
    } catch (error) {
      isBroken = failure === undefined || error !== failure;
      // A rollback that fails says only that the session is gone, not why.
      throw failure ?? error;
    } finally {
      session.release(isBroken);
    }
  };

  /** Runs work while holding a lock that one process at a time can hold; waits for it. */
  async #alone(lock: number, work: () => Promise<void>): Promise<void> {
    await this.#withSession(async (session) => {
      await session.query('select pg_advisory_lock($1)', [lock]);
      try {
        await work();
      } finally {
        await session.query('select pg_advisory_unlock($1)', [lock]);
      }
    });
  }

  /** A session's locks go with it, so one that broke is not given back to the pool. */
  async #withSession<Value>(work: (session: pg.PoolClient) => Promise<Value>): Promise<Value> {
    const session = await this.pool.connect();
    try {
      const value = await work(session);
      session.release();
      return value;
    } catch (error) {
      session.release(true);
      throw error;
    }
  }

  /** A database that cannot be opened leaves no connection behind. */
  async #orClose(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @throws ConfigError when the database is that of a later version */
  async #migrate(): Promise<void> {
    await requireServerVersion(this.queries, version);
    await migrate(this.queries as NodePgDatabase, {
      migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
    });
  }
}

/**
 * Prepared statements are planned for each execution. PostgreSQL would otherwise reuse a plan that it made while the
 * table was small, and read a queue that has grown since row by row.
 */
const prepareSession: (session: pg.ClientBase) => unknown = (session) =>
  session.query('set plan_cache_mode = force_custom_plan');
