import { EngineLost } from './pglite-engine.js';

/** Errors of reaching a database, by Node's code. */
const networkCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Classes of SQLSTATE (PostgreSQL 17, appendix A) that speak of the server and not of the statement: connections,
 * authentication, resources, an operator's intervention, its system.
 */
const outageClasses = new Set(['08', '28', '53', '57', '58']);

/**
 * The same of single states: read-only transaction (a standby), transaction ended for its idleness or its length,
 * no such database, serialization failure, deadlock.
 */
const outageStates = new Set(['25006', '25P03', '25P04', '3D000', '40001', '40P01']);

/** Errors of `pg` itself, which have no code. */
const driverMessage =
  /Connection terminated|timeout exceeded when trying to connect|is not queryable|Cannot use a pool after calling end/;

/**
 * Whether an error, or one of its causes, says that the database is away and the same statement may succeed later.
 * Any other error of a statement is a rejection, which repeats itself.
 */
export function isOutage(error: unknown): boolean {
  return someCause(error, (cause) => cause instanceof EngineLost || isOutageCode(cause) || isFatal(cause));
}

/** Whether an error, or one of its causes, says that there is no room on a disk, the server's or the database's. */
export function isDiskFull(error: unknown): boolean {
  return someCause(error, (cause) => ['ENOSPC', 'EDQUOT', '53100'].includes(codeOf(cause)));
}

function isOutageCode(error: Error): boolean {
  const code = codeOf(error);
  if (code === '') return driverMessage.test(error.message);
  if (networkCodes.has(code) || outageStates.has(code)) return true;
  return isSqlState(code) && outageClasses.has(code.slice(0, 2));
}

/** After an error of this severity the session is gone, whatever the state. */
function isFatal(error: Error): boolean {
  return 'severity' in error && (error.severity === 'FATAL' || error.severity === 'PANIC');
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}

/** Drizzle wraps the driver's errors; a host name with several addresses has one error for each. */
function someCause(error: unknown, isMeant: (cause: Error) => boolean): boolean {
  const seen = new Set<unknown>();
  const pending: unknown[] = [error];
  while (pending.length > 0) {
    const cause = pending.pop();
    if (!(cause instanceof Error) || seen.has(cause)) continue;
    seen.add(cause);
    if (isMeant(cause)) return true;
    pending.push(cause.cause, ...(cause instanceof AggregateError ? (cause.errors as unknown[]) : []));
  }
  return false;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
