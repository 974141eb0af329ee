import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzipSync } from 'node:zlib';

const gunzipAsync = promisify(gunzip);

/** Writes a value as compressed JSON: under its final name it is either whole or absent, whatever is killed when. */
export function writeResult(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    const bytes = gzipSync(JSON.stringify(value), { level: 5 });
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

/** The compressed JSON of a result, decompressed; parsing is left to whoever needs more than its text. */
export async function readResultText(path: string): Promise<string> {
  return (await gunzipAsync(await readFile(path))).toString('utf8');
}

/** The same for a task's process, where nothing else waits for the event loop. */
export function readResultSync(path: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'));
}
