import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { dist } from './paths.js';

/**
 * A data folder with an empty database and the sample candles, made once a build (both take seconds); servers under
 * test get a copy of it.
 *
 * @throws Error when there is no build
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
    // Another process was faster; its folder is as good.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Fills a data folder with the sample candles, and with an empty database unless PostgreSQL has it. */
export function fillDataFolder(folder: string, { database }: { readonly database: boolean }): void {
  const template = templateFolder();
  if (database) cpSync(join(template, 'database'), join(folder, 'database'), { recursive: true });
  symlinkSync(join(template, 'market-data'), join(folder, 'market-data'));
}

function run(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args[0]!} failed: ${stderr}`);
}
