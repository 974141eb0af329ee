/** By SQLSTATE (PostgreSQL 17, appendix A). */
const advice: Readonly<Record<string, string>> = {
  '28000': 'Give it a user who may log in there',
  '28P01': 'Give it the right user and password',
  '3D000': 'Create that database (createdb), or name another one',
};

/** Why a PostgreSQL database cannot be used, and what to do, in one line. */
export function connectionErrorMessage(error: unknown): string {
  // A name with several addresses gives one error for each, and no message of the whole.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { code = '', message } = first as NodeJS.ErrnoException;
  const todo = advice[code] ?? 'Is PostgreSQL running there, and is the address right?';
  return `the database cannot be used (${message}). ${todo}`;
}
