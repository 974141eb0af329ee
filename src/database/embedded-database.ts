import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dyingWithParent } from '../process/process-wrappers.js';
import { prepareDataFolder } from '../config/data-folder.js';
import type { EngineLostError, ProtocolEngine } from './pglite-engine.js';
import { RestartingEngine } from './restarting-engine.js';
import { startWorkerEngine, type SupervisedEngine } from './worker-engine.js';

export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
  constructor(dataDir: string) {
    super(
      `${dataDir} is in use by another Headroom process. Stop it, or set HEADROOM_DATA_DIR to another folder ` +
        '(several nodes share work through DATABASE_URL, not through one folder).',
    );
  }
}

/**
 * Locks a folder for this process. The lock belongs to an open file, so the kernel releases it when the process ends.
 *
 * @returns a function that releases the lock
 * @throws DataFolderInUseError when another process holds it, ConfigError when the folder cannot be created
 */
function lockFolder(dataDir: string): () => void {
  prepareDataFolder(dataDir);
  const file = openSync(join(dataDir, 'headroom.lock'), 'w', 0o600);
  const { status, error } = spawnSync('flock', ['--nonblock', '--exclusive', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file],
  });
  if (error === undefined && status !== 0) {
    closeSync(file);
    throw new DataFolderInUseError(dataDir);
  }
  return () => {
    closeSync(file);
  };
}

/**
 * Opens the embedded database of a data folder in a worker thread and creates it when it is missing.
 *
 * @param onLost called when the database has ended unexpectedly; it is then opened again
 * @throws DataFolderInUseError, ConfigError
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  onLost: (error: EngineLostError) => void,
): Promise<ProtocolEngine> {
  const unlock = lockFolder(dataDir);
  const folder = join(dataDir, 'database');
  try {
    if (!existsSync(folder)) await initialise(folder);
    const engine = await RestartingEngine.open(() => open(folder), onLost);
    return {
      connect: () => engine.connect(),
      close: async () => {
        await engine.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function open(folder: string): Promise<SupervisedEngine> {
  try {
    return await startWorkerEngine(folder);
  } catch (error) {
    const { bavail, bsize } = statfsSync(folder);
    const freeMb = Math.floor((bavail * bsize) / 2 ** 20);
    throw new Error(
      `The embedded database in ${folder} could not be opened; ${freeMb} MB are free there: ${String(error)}`,
      { cause: error },
    );
  }
}

/**
 * Creates the database under a temporary name and renames it, so that a kill leaves nothing that looks complete. The
 * process that creates it dies with this one, so that two of them never write to one folder.
 */
async function initialise(folder: string): Promise<void> {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const entry = fileURLToPath(new URL('./pglite-initialise.js', import.meta.url));
  const { command, args } = dyingWithParent([process.execPath, entry, unfinished]);
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0) throw new Error(`The embedded database could not be made in ${folder}: ${errors.trim()}`);
  renameSync(unfinished, folder);
}
