import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTaskFiles } from './task-files.js';

export { attemptKey } from './task-files.js';

/** Where a result of this name lies in a data folder. */
export function resultPathIn(dataDir: string, file: string): string {
  return join(dataDir, 'results', file);
}

/** Where the logs of attempts lie in a data folder, as `<taskId>.<attempt>.log`. */
export function logsFolder(dataDir: string): string {
  return join(dataDir, 'logs');
}

/** Removes all that attempts have left in a data folder's results, whole or not; `keys` are those of `attemptKey`. */
export async function removeResults(dataDir: string, keys: ReadonlySet<string>): Promise<void> {
  await removeTaskFiles(join(dataDir, 'results'), keys);
}

/** Where a sharded task keeps the results of its shards, which all its attempts share. */
export function partsFolder(dataDir: string, taskId: string): string {
  return join(dataDir, 'results', `${taskId}.parts`);
}

/** Removes the results of a task's shards. */
export async function removeParts(dataDir: string, taskId: string): Promise<void> {
  await rm(partsFolder(dataDir, taskId), { recursive: true, force: true });
}
