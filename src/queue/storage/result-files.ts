import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a result of this name lies in a data folder. */
export function resultPathIn(dataDir: string, file: string): string {
  return join(dataDir, 'results', file);
}

/** How the files of one attempt are named; a task's id alone stands for all its attempts. */
export function attemptKey(taskId: string, attempt: number | string): string {
  return `${taskId}.${attempt}`;
}

/** Removes all that attempts have left in a data folder's results, whole or not; `keys` are those of `attemptKey`. */
export async function removeResults(dataDir: string, keys: ReadonlySet<string>): Promise<void> {
  const folder = join(dataDir, 'results');
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const [taskId = '', attempt = ''] = name.split('.');
    if (!keys.has(taskId) && !keys.has(attemptKey(taskId, attempt))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Where a sharded task keeps the results of its shards, which all its attempts share. */
export function partsFolder(dataDir: string, taskId: string): string {
  return join(dataDir, 'results', `${taskId}.parts`);
}

/** Removes the results of a task's shards, once it has ended. */
export async function removeParts(dataDir: string, taskId: string): Promise<void> {
  await rm(partsFolder(dataDir, taskId), { recursive: true, force: true });
}
