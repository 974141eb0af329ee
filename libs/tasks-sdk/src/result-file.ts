import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzipSync } from 'node:zlib';

const gunzipAsync = promisify(gunzip);

/** The file of a result is not what was written. */
export class ResultUnreadableError extends Error {
  override readonly name = 'ResultUnreadableError';
}

/** Where a result file lies in a data folder. */
export function resultPathIn(dataDir: string, file: string): string {
  return join(dataDir, 'results', file);
}

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

/**
 * The text of a result.
 *
 * @throws ResultUnreadableError when the file is damaged
 */
export async function readResultText(path: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    return (await gunzipAsync(bytes)).toString('utf8');
  } catch (cause) {
    throw new ResultUnreadableError('The file of this result is damaged; please run it again.', { cause });
  }
}

/** The same for a task's process, where nothing else waits for the event loop. */
export function readResultTextSync(path: string): string {
  return gunzipSync(readFileSync(path)).toString('utf8');
}
