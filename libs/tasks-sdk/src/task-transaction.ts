/**
 * The database transaction in which a task is accepted, completed or forgotten. What is written through it commits with
 * that change or not at all.
 *
 * A transaction may be undone and its function called again, so a function has no other effects than those it makes
 * through the transaction.
 */
export interface TaskTransaction {
  /**
   * Runs one SQL statement of PostgreSQL.
   *
   * @param text the statement; values stand in it as `$1`, `$2`, …
   * @param params the values, as the `pg` package takes them: an object becomes JSON, an array an array
   * @returns the rows
   * @throws the database's error; the transaction is undone then
   */
  execute<Row extends Record<string, unknown> = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
  ): Promise<Row[]>;
}
