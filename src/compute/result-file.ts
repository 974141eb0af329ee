import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync, mkdirSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzipSync } from 'node:zlib';
import { HttpProblem } from '../http/http-problem.js';

const gunzipAsync = promisify(gunzip);

/** Writes a value as compressed JSON; see `writeResultText`. */
export function writeResult(path: string, value: unknown): void {
  writeResultText(path, JSON.stringify(value));
}

/** Writes compressed text: under its final name it is either whole or absent, whatever is killed when. */
export function writeResultText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    const bytes = gzipSync(text, { level: 5 });
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
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

/** How the files of one attempt are named; a task's id alone stands for all its attempts. */
export function attemptKey(taskId: string, attempt: number | string): string {
  return `${taskId}.${attempt}`;
}

/** Where a split task keeps the results of its parts, which all its attempts share. */
export function partsFolder(dataDir: string, taskId: string): string {
  return join(dataDir, 'results', `${taskId}.parts`);
}

/** Removes the results of a task's parts, once it has ended. */
export async function removeParts(dataDir: string, taskId: string): Promise<void> {
  await rm(partsFolder(dataDir, taskId), { recursive: true, force: true });
}

/**
 * The text of a result; parsing is left to whoever needs more than that.
 *
 * @throws HttpProblem 500 `RESULT_UNREADABLE` when the file is not what was written
 */
export async function readResultText(path: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    return (await gunzipAsync(bytes)).toString('utf8');
  } catch (cause) {
    throw new HttpProblem(
      500,
      'RESULT_UNREADABLE',
      'The file of this result is damaged; please run it again.',
      {
        cause,
      },
    );
  }
}

/** The same for a task's process, where nothing else waits for the event loop. */
export function readResultTextSync(path: string): string {
  return gunzipSync(readFileSync(path)).toString('utf8');
}

/** Where a result of this name lies in a data folder. */
export function resultPathIn(dataDir: string, file: string): string {
  return join(dataDir, 'results', file);
}
