import { HttpProblem } from '../http/http-problem.js';

/** The last key of a page, made opaque for the client. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** @throws HttpProblem 400 when the cursor holds no positive integer */
export function readNumberCursor(cursor: string): number {
  return Number(readCursor(cursor, /^\d{1,15}$/));
}

/** @throws HttpProblem 400 when the cursor's key has not the given form */
export function readCursor(cursor: string, form: RegExp): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (!form.test(key))
    throw new HttpProblem(400, 'INVALID_CURSOR', 'cursor: must be the next_cursor of a previous page.');
  return key;
}
