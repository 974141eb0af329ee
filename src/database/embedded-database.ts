import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ProtocolEngine } from './pglite-engine.js';
import type { WorkerReply } from './pglite-worker.js';

export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
  constructor(dataDir: string) {
    super(
      `${dataDir} is in use by another Headroom process. Stop it, or set HEADROOM_DATA_DIR to another folder ` +
        '(several nodes share work through DATABASE_URL, not through one folder).',
    );
  }
}

/**
 * Locks a folder for this process until it ends, however it ends: the lock belongs to an open file, and
 * the kernel frees it with the process. Returns the release.
 *
 * @throws DataFolderInUse when another process holds it
 */
export function lockFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const file = openSync(join(dataDir, 'headroom.lock'), 'w', 0o600);
  const { status, error } = spawnSync('flock', ['--nonblock', '--exclusive', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file],
  });
  if (error === undefined && status !== 0) {
    closeSync(file);
    throw new DataFolderInUse(dataDir);
  }
  return () => {
    closeSync(file);
  };
}

/**
 * Opens the embedded database of a data folder in a thread of its own, making it first if need be.
 * `onLost` is called when that thread ends by itself; nothing brings it back within this process.
 */
export async function openEmbeddedDatabase(dataDir: string, onLost: () => void): Promise<ProtocolEngine> {
  const unlock = lockFolder(dataDir);
  const folder = join(dataDir, 'database');
  try {
    if (!existsSync(folder)) await initialise(folder);
    const engine = await startWorker(folder, onLost);
    return {
      exec: engine.exec,
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

/** Made beside its final name and renamed, so that a kill half way leaves nothing that looks complete. */
async function initialise(folder: string): Promise<void> {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const entry = fileURLToPath(new URL('./pglite-initialise.js', import.meta.url));
  const child = spawn(process.execPath, [entry, unfinished], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0) throw new Error(`The embedded database could not be made in ${folder}: ${errors.trim()}`);
  renameSync(unfinished, folder);
}

async function startWorker(folder: string, onLost: () => void): Promise<ProtocolEngine> {
  const worker = new Worker(new URL('./pglite-worker.js', import.meta.url), {
    workerData: { dataDir: folder },
  });
  const pending = new Map<
    number,
    { resolve: (answer: Uint8Array) => void; reject: (error: Error) => void }
  >();
  let lastId = 0;
  let failure: Error | null = null;
  let isClosing = false;

  const call = (request: { message: Uint8Array } | { close: true }): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      if (failure) {
        reject(failure);
        return;
      }
      lastId += 1;
      pending.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, ...request });
    });

  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', ({ id, answer, error }: WorkerReply) => {
      if (id === 0) resolve();
      const waiting = pending.get(id);
      pending.delete(id);
      if (error === undefined) waiting?.resolve(answer ?? new Uint8Array());
      else waiting?.reject(new Error(error));
    });
    const fail = (error: Error) => {
      failure = error;
      reject(error);
      for (const waiting of pending.values()) waiting.reject(error);
      pending.clear();
    };
    worker.on('error', fail);
    worker.on('exit', () => {
      fail(new Error('The embedded database has ended.'));
      if (!isClosing) onLost();
    });
  });
  await ready;
  return {
    exec: (message) => call({ message }),
    close: async () => {
      isClosing = true;
      await call({ close: true });
    },
  };
}
