import type { QueryResultRow } from 'pg';
import type { SessionQueries } from './queries.js';

/** By text, the name under which every session keeps the statement. */
const names = new Map<string, string>();

/**
 * Runs a statement that each session parses only once. It is planned each time, for the values of that time.
 *
 * A session keeps such statements while it lives, so there must be few texts: lists are passed as arrays or as JSON.
 *
 * @param text has `$1` and so on for the values
 */
export async function queryPrepared<Row extends QueryResultRow>(
  queries: SessionQueries,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const name = names.get(text) ?? `statement_${names.size}`;
  names.set(text, name);
  const { rows } = await queries.$client.query<Row>({ name, text, values: [...values] });
  return rows;
}
