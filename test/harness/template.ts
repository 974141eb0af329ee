import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '..', '..', 'dist');

/**
 * A data folder with an empty database and the sample candles, made once a build (both take seconds);
 * every server under test gets a copy of it.
 */
export function templateFolder(): string {
  if (!existsSync(join(dist, '.headroom-built'))) {
    throw new Error('There is no build to test: run `npm run build` first.');
  }
  const folder = join(dist, '.test-template');
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished);
  run(join(dist, 'src', 'database', 'pglite-initialise.js'), join(unfinished, 'database'));
  run(join(dist, 'src', 'market-data', 'write-sample-data.js'), join(unfinished, 'market-data'));
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another worker was faster; its folder is as good.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

function run(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args[0]!} failed: ${stderr}`);
}
