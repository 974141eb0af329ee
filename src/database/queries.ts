import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

/** Reads and writes, inside a transaction or outside. */
export type Queries = Omit<NodePgDatabase, '$client' | 'transaction'>;

/** Those of one session, for a transaction. */
export type SessionQueries = Queries & { readonly $client: pg.ClientBase };
