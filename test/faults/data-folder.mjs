import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

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
