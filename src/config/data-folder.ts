import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './config.js';

/** For its owner alone. */
export const privateMode = 0o700;
const openToOthers = 0o077;
const sticky = 0o1000;

/**
 * Makes a folder for its owner alone, and those above it; one that is there stays as it is.
 *
 * One level after the other, for `mkdir` with `recursive` tries for ever where the system lets nobody make a folder and
 * says that there is none, as in `/proc`.
 *
 * @throws NodeJS.ErrnoException when that cannot be
 */
export function makePrivateFolder(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) makePrivateFolder(parent);
  try {
    mkdirSync(folder, privateMode);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

/**
 * Makes the data folder and what lies in it if need be, and closes it to the other users of the machine: the embedded database leaves its
 * files open to everybody.
 *
 * @throws ConfigError when it cannot be made, read or written
 */
export function prepareDataFolder(dataDir: string): void {
  try {
    makePrivateFolder(dataDir);
    closeToOthers(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of ['results', 'market-data']) makePrivateFolder(join(dataDir, name));
  } catch (error) {
    throw new ConfigError(
      `HEADROOM_DATA_DIR: ${dataDir} cannot be used (${(error as Error).message}). ` +
        'Set it to a folder that this user may read and write.',
    );
  }
}

/** Leaves alone what is not ours to close: others' folders (a volume's), and places for everybody such as `/tmp`. */
function closeToOthers(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (uid !== process.getuid?.() || (mode & openToOthers) === 0 || (mode & sticky) !== 0) return;
  try {
    chmodSync(folder, privateMode);
  } catch {
    // A file system that keeps no modes, or a server that does not take us for the owner: then it guards the folder.
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
