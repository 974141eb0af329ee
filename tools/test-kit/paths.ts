import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's folder; this file is below it as a source and, in `dist`, as a program. */
export const projectRoot = parentWith('package.json');
export const dist = join(projectRoot, 'dist');
export const serverEntry = join(dist, 'src', 'main.js');

function parentWith(file: string): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return folder;
    if (folder === dirname(folder)) throw new Error(`No folder above ${import.meta.dirname} has a ${file}.`);
  }
}
