import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join, relative } from 'node:path';

const dist = join(import.meta.dirname, '..', '..', 'dist');
const template = join(dist, '.test-template');

/** Makes what every data folder begins with, once a build: an empty database and the sample candles. */
export function makeTemplate() {
  if (existsSync(template)) return;
  const unfinished = `${template}.${process.pid}`;
  mkdirSync(unfinished);
  run(join(dist, 'src', 'database', 'pglite-initialise.js'), join(unfinished, 'database'));
  run(join(dist, 'src', 'market-data', 'write-sample-data.js'), join(unfinished, 'market-data'));
  try {
    renameSync(unfinished, template);
  } catch {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function run(...args) {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr}`);
}

/** Fills a folder with candles, and with an empty database unless PostgreSQL has it. */
export function fillDataFolder(folder, { database }) {
  if (database) cpSync(join(template, 'database'), join(folder, 'database'), { recursive: true });
  symlinkSync(join(template, 'market-data'), join(folder, 'market-data'));
}

/** All files and folders of a data folder but the database's own and the candles, as relative paths. */
export function contentsOf(folder) {
  const found = [];
  const walk = (at) => {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      const isFolder = lstatSync(path).isDirectory();
      found.push(relative(folder, path));
      if (isFolder && relative(folder, path) !== 'database') walk(path);
    }
  };
  walk(folder);
  return found;
}

/** What nobody finished: drafts of files, results of parts, half a database. */
export function temporaryFiles(folder) {
  return contentsOf(folder).filter((path) => /\.(tmp|parts|new)($|\/)|jwt-secret\./.test(path));
}
