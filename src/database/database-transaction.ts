import type { TaskTransaction } from '@app/tasks-sdk';
import { sql, type SQL } from 'drizzle-orm';
import type { Queries } from './queries.js';

/**
 * A transaction of the database as handlers of tasks see it. Plug-ins write SQL through it; the server's features get
 * Drizzle's queries of the same transaction by `queriesOf`.
 */
export class DatabaseTransaction implements TaskTransaction {
  constructor(readonly queries: Queries) {}

  async execute<Row extends Record<string, unknown>>(
    text: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    const { rows } = await this.queries.execute(statement(text, params));
    return rows as Row[];
  }
}

/** Drizzle's queries of a transaction that the queue has handed out. */
export function queriesOf(transaction: TaskTransaction): Queries {
  if (transaction instanceof DatabaseTransaction) return transaction.queries;
  throw new TypeError('The transaction is not one of this database.');
}

/** Literals and quoted names, in which `$1` is text, and placeholders. */
const quotedOrPlaceholder = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g;

/** @throws RangeError when the text names a value that `params` does not have */
function statement(text: string, params: readonly unknown[]): SQL {
  const chunks: SQL[] = [];
  let end = 0;
  for (const match of text.matchAll(quotedOrPlaceholder)) {
    if (match[1] === undefined) continue;
    const place = Number(match[1]);
    if (place < 1 || place > params.length) {
      throw new RangeError(`The statement names $${place}; it has ${params.length} values.`);
    }
    chunks.push(sql.raw(text.slice(end, match.index)), sql`${sql.param(params[place - 1])}`);
    end = match.index + match[0].length;
  }
  return sql.join([...chunks, sql.raw(text.slice(end))]);
}
