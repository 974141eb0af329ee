import { z } from 'zod';
import { HttpProblem } from '../../problems/http-problem.js';

/** Where a page of the queue's two lists ended; null for a list that has ended. */
export interface QueueCursor {
  /** Sequence number of the last running task. */
  readonly running: number | null;
  /** The last queued task. */
  readonly queued: QueuedEnd | null;
}

/** A queued task with its place, or one whose place is not known yet, which come last in the order of submission. */
export type QueuedEnd =
  { readonly position: number; readonly taskId: string } | { readonly sequence: number };

/** Before the first page. */
export const queueStart: QueueCursor = { running: 0, queued: { position: 0, taskId: '' } };

const wire = z.strictObject({
  r: z.int().min(0).nullable(),
  q: z.union([z.tuple([z.int().min(0), z.string().max(200)]), z.tuple([z.int().min(0)])]).nullable(),
});

export function encodeQueueCursor({ running, queued }: QueueCursor): string {
  const end = queued && ('position' in queued ? [queued.position, queued.taskId] : [queued.sequence]);
  return Buffer.from(JSON.stringify({ r: running, q: end })).toString('base64url');
}

/** @throws HttpProblem 400 for a cursor that `encodeQueueCursor` did not make */
export function decodeQueueCursor(cursor: string): QueueCursor {
  const { r, q } = parsed(cursor);
  if (q === null) return { running: r, queued: null };
  const [first, taskId] = q;
  return { running: r, queued: taskId === undefined ? { sequence: first } : { position: first, taskId } };
}

function parsed(cursor: string): z.infer<typeof wire> {
  try {
    return wire.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new HttpProblem(400, 'CURSOR_INVALID', 'cursor: not one that a previous page gave.', { cause });
  }
}
