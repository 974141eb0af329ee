import { EngineLostError } from './pglite-engine.js';

/** What is looked at of an error; the classes of Node's own errors are others in another realm. */
interface ErrorLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly severity?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

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
  return someCause(
    error,
    (cause) => cause instanceof EngineLostError || isOutageCode(cause) || isFatal(cause),
  );
}

/** Whether an error, or one of its causes, says that there is no room on a disk, the server's or the database's. */
export function isDiskFull(error: unknown): boolean {
  return someCause(error, (cause) => ['ENOSPC', 'EDQUOT', '53100'].includes(codeOf(cause)));
}

function isOutageCode(error: ErrorLike): boolean {
  const code = codeOf(error);
  if (code === '') return typeof error.message === 'string' && driverMessage.test(error.message);
  if (networkCodes.has(code) || outageStates.has(code)) return true;
  return isSqlState(code) && outageClasses.has(code.slice(0, 2));
}

/** After an error of this severity the session is gone, whatever the state. */
function isFatal({ severity }: ErrorLike): boolean {
  return severity === 'FATAL' || severity === 'PANIC';
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}

/** Drizzle wraps the driver's errors; a host name with several addresses has one error for each. */
function someCause(error: unknown, isMeant: (cause: ErrorLike) => boolean): boolean {
  const seen = new Set<unknown>();
  const pending: unknown[] = [error];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const cause = next as ErrorLike;
    if (isMeant(cause)) return true;
    pending.push(cause.cause, ...(Array.isArray(cause.errors) ? (cause.errors as unknown[]) : []));
  }
  return false;
}

function codeOf({ code }: ErrorLike): string {
  return typeof code === 'string' ? code : '';
}
