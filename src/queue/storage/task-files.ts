import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** How the files of one attempt are named; a task's id alone stands for all its attempts. */
export function attemptKey(taskId: string, attempt: number | string): string {
  return `${taskId}.${attempt}`;
}

/** The task that a file or folder belongs to by its name. */
export function taskIdIn(name: string): string {
  return name.split('.', 1)[0]!;
}

/** The names in a folder; none when there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Removes the files and folders of attempts from a folder where they are named by `attemptKey`.
 *
 * @param which `all`: whole or not; `unfinished`: only what a process that was killed has not finished
 */
export async function removeTaskFiles(
  folder: string,
  keys: ReadonlySet<string>,
  which: 'all' | 'unfinished' = 'all',
): Promise<void> {
  if (keys.size === 0) return;
  for (const name of await namesIn(folder)) {
    const [taskId = '', attempt = ''] = name.split('.');
    if (!keys.has(taskId) && !keys.has(attemptKey(taskId, attempt))) continue;
    if (which === 'unfinished' && !name.endsWith('.tmp')) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
