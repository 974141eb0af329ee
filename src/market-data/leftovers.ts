import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** What nobody has touched for so long, its writer has left behind. */
const abandonedAfterMs = 3_600_000;
const host = hostname()
  .replace(/[^A-Za-z0-9-]/g, '-')
  .slice(0, 40);
const unfinished = /^\..*\.([A-Za-z0-9-]+)\.(\d+)\.[0-9a-f-]{36}\.tmp$/;

/** A temporary name beside the final one, which says whose it is: this machine's, this process's. */
export function unfinishedName(name: string): string {
  return `.${name}.${host}.${process.pid}.${randomUUID()}.tmp`;
}

/**
 * Removes unfinished files below a folder whose writers were killed: at once where the process was one of
 * this machine, after an hour without a change otherwise.
 *
 * @returns how many
 */
export async function removeLeftovers(folder: string, now = Date.now()): Promise<number> {
  let removed = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) {
    const match = unfinished.exec(entry.name);
    if (match === null || !entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const mtimeMs = (await stat(path).catch(() => null))?.mtimeMs ?? now;
    const isGone = match[1] === host && !isAlive(Number(match[2]));
    if (!isGone && now - mtimeMs < abandonedAfterMs) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
