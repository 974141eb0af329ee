import { sql } from 'drizzle-orm';
import type { Database } from './database.js';
import type { Queries } from './queries.js';
import { minServerVersionSetting } from './min-server-version.js';

/** How many rows of each table were copied. */
export type CopiedRows = Record<string, number>;

export class TargetNotEmptyError extends Error {
  override readonly name = 'TargetNotEmptyError';
}

const rowsAtOnce = 500;
/** Rows of nodes are of the moment; they say nothing in another place. */
const leftOut = new Set(['nodes']);

/**
 * Copies all rows of one database into another one of the same schema, in one transaction: afterwards
 * everything is there, or nothing. Rows travel as JSON text that PostgreSQL writes and reads itself, so
 * no value passes through a JavaScript number.
 *
 * @throws TargetNotEmptyError when somebody has an account there already
 */
export async function copyDatabase(
  from: Database,
  to: Database,
  onTable: (table: string, rows: number) => void = () => undefined,
): Promise<CopiedRows> {
  const copied: CopiedRows = {};
  await from.queries.transaction(async (source) => {
    await to.queries.transaction(async (target) => {
      const tables = await tablesInOrder(target);
      // Both have the same migrations, so the target's own copy of this is written again with the others.
      await target.execute(sql`delete from settings where key = ${minServerVersionSetting}`);
      for (const table of tables.toReversed()) await refuseRows(target, table);
      for (const table of tables) {
        copied[table] = await copyTable(source, target, table);
        onTable(table, copied[table]);
      }
      await continueSequences(target);
    });
  });
  return copied;
}

/** Our tables, each after those that it refers to. */
async function tablesInOrder(queries: Queries): Promise<string[]> {
  const { rows: tables } = await queries.execute<{ name: string }>(sql`
    select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  const { rows: references } = await queries.execute<{ name: string; refers_to: string }>(sql`
    select conrelid::regclass::text as name, confrelid::regclass::text as refers_to
      from pg_constraint where contype = 'f'`);
  const ordered: string[] = [];
  const place = (name: string): void => {
    if (ordered.includes(name) || leftOut.has(name)) return;
    for (const reference of references) if (reference.name === name) place(reference.refers_to);
    ordered.push(name);
  };
  for (const { name } of tables) place(name);
  return ordered;
}

/** Nothing is mixed and nothing overwritten. */
async function refuseRows(target: Queries, table: string): Promise<void> {
  const { rows } = await target.execute<{ count: string }>(
    sql`select count(*) as count from ${sql.identifier(table)}`,
  );
  const count = Number(rows[0]!.count);
  if (count === 0) return;
  throw new TargetNotEmptyError(
    `The target database is not empty: table ${table} has ${count} rows. Copy into a new, empty database.`,
  );
}

async function copyTable(source: Queries, target: Queries, table: string): Promise<number> {
  const name = sql.identifier(table);
  await source.execute(
    sql`declare copied no scroll cursor for select to_json(t)::text as row from ${name} t`,
  );
  let count = 0;
  for (;;) {
    const { rows } = await source.execute<{ row: string }>(sql.raw(`fetch ${rowsAtOnce} from copied`));
    if (rows.length === 0) break;
    const batch = `[${rows.map(({ row }) => row).join(',')}]`;
    await target.execute(
      sql`insert into ${name} select * from json_populate_recordset(null::${name}, ${batch}::json)`,
    );
    count += rows.length;
  }
  await source.execute(sql`close copied`);
  return count;
}

/** New rows get numbers after the copied ones. */
async function continueSequences(target: Queries): Promise<void> {
  const { rows } = await target.execute<{ table: string; column: string; sequence: string }>(sql`
    select table_name as table, column_name as column,
        pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
      from information_schema.columns
      where table_schema = 'public'
        and pg_get_serial_sequence(quote_ident(table_name), column_name) is not null`);
  for (const { table, column, sequence } of rows) {
    await target.execute(sql`
      select setval(${sequence}::regclass, greatest(1, (select max(${sql.identifier(column)}) from ${sql.identifier(table)})))`);
  }
}
