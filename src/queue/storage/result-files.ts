import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskHandler } from '@app/tasks-sdk';
import { namesIn, removeTaskFiles } from './task-files.js';

export { attemptKey } from './task-files.js';

/** Where the logs of attempts lie in a data folder, as `<taskId>.<attempt>.log`. */
export function logsFolder(dataDir: string): string {
  return join(dataDir, 'logs');
}

/** The name of the result file that an attempt writes. */
export function resultFileName(key: string, handler: TaskHandler | null): string {
  return `${key}${handler?.resultExtension ?? '.json.gz'}`;
}

/** Removes what attempts have left in a data folder's results; see `removeTaskFiles`. */
export async function removeResults(
  dataDir: string,
  keys: ReadonlySet<string>,
  which: 'all' | 'unfinished' = 'all',
): Promise<void> {
  await removeTaskFiles(join(dataDir, 'results'), keys, which);
}

/** Where a sharded task keeps the results of its shards, which all its attempts share. */
export function shardsFolder(dataDir: string, taskId: string): string {
  return join(dataDir, 'results', `${taskId}.parts`);
}

/** Removes the unfinished files among the results of a task's shards; none of them may be being written. */
export async function removeUnfinishedShards(dataDir: string, taskId: string): Promise<void> {
  const folder = shardsFolder(dataDir, taskId);
  for (const name of await namesIn(folder)) {
    if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
  }
}

/** Removes the results of a task's shards. */
export async function removeShards(dataDir: string, taskId: string): Promise<void> {
  await rm(shardsFolder(dataDir, taskId), { recursive: true, force: true });
}
