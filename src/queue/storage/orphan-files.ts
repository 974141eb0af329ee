import { basename } from 'node:path';
import type { Task } from '../domain/task.js';
import type { Shard } from './shard-store.js';

/** What decides whether a file of a task is still needed. */
export interface FileOwner {
  /** Null when there is no such task. */
  readonly task: Task | null;
  /** Whether a process of this id may still write the task's files; always true of another node's. */
  isWriterAlive(pid: number): boolean;
}

/**
 * Whether a file or folder among the results is needed by its task no more.
 *
 * Without a task a model may live on, but no shards, no unfinished file, and no copy of an earlier result, which is
 * named as of attempt 0. A task that completed needs the result of its last attempt alone, one that failed none. Of any
 * other task a whole result is kept; an unfinished file only while it may be being written. Of a folder of shards see
 * `isOrphanOfShards`.
 */
export function isOrphanResult(name: string, owner: FileOwner): boolean {
  const { task } = owner;
  const [, kind = ''] = name.split('.');
  if (kind === 'parts') return task === null || task.hasCompleted;
  if (!/^\d+$/.test(kind)) return name.endsWith('.tmp') && task === null;
  const attempt = Number(kind);
  if (name.endsWith('.tmp')) return !isBeingWritten(name, attempt, owner);
  if (task === null) return attempt === 0;
  if (attempt === 0 || !task.isSettled) return false;
  return task.hasCompleted
    ? attempt < task.row.attempt
    : task.row.status === 'failed' && attempt === task.row.attempt;
}

/**
 * Whether a file among the logs, `<taskId>.<attempt>.log`, is needed no more: without its task, or unfinished and not
 * being written.
 */
export function isOrphanLog(name: string, owner: FileOwner): boolean {
  if (owner.task === null) return true;
  return name.endsWith('.tmp') && !isBeingWritten(name, Number(name.split('.')[1]), owner);
}

/**
 * Whether a file in a task's folder of shards is needed no more. The result that a shard's row names is kept until the
 * task has completed or is forgotten: a retry uses it. Besides that, only the running attempt of a running task's shard
 * may have a file, which its row is about to name.
 */
export function isOrphanOfShards(
  name: string,
  shards: ReadonlyMap<number, Shard>,
  owner: FileOwner,
): boolean {
  const { task } = owner;
  if (task === null || task.hasCompleted) return true;
  const [index = '', attempt = ''] = name.split('.');
  const shard = shards.get(Number(index));
  if (shard === undefined) return true;
  if (shard.status === 'completed') return name !== basename(shard.result ?? '');
  if (!task.isRunning || shard.status !== 'running' || Number(attempt) !== shard.attempt) return true;
  return name.endsWith('.tmp') && !owner.isWriterAlive(writerOf(name));
}

function isBeingWritten(name: string, attempt: number, owner: FileOwner): boolean {
  const isRunning = owner.task?.isRunning === true && owner.task.row.attempt === attempt;
  return isRunning && owner.isWriterAlive(writerOf(name));
}

/** The process that writes an unfinished file, from `<name>.<pid>.tmp`. */
function writerOf(name: string): number {
  return Number(name.split('.').at(-2));
}
