import { Worker } from 'node:worker_threads';
import { EngineLostError, type ProtocolEngine, type Session } from './pglite-engine.js';
import type { WorkerReply } from './pglite-worker.js';

/** An engine whose unexpected end can be observed. */
export interface SupervisedEngine extends ProtocolEngine {
  readonly lost: Promise<EngineLostError>;
}

interface Waiting {
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Opens the database of a folder in a worker thread. */
export async function startWorkerEngine(folder: string): Promise<SupervisedEngine> {
  const worker = new Worker(new URL('./pglite-worker.js', import.meta.url), {
    workerData: { dataDir: folder },
  });
  const pending = new Map<number, Waiting>();
  let lastId = 0;
  let failure: EngineLostError | null = null;
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
  const { promise: lost, resolve: resolveLost } = withResolver<EngineLostError>();
  const fail = (error: EngineLostError) => {
    if (failure !== null) return;
    failure = error;
    for (const waiting of pending.values()) waiting.reject(error);
    pending.clear();
    if (isClosing) return;
    // Nothing that is still in its memory may reach the folder once another engine has it.
    void worker.terminate().then(() => {
      resolveLost(error);
    });
  };

  await new Promise<void>((resolve, reject) => {
    worker.on('message', ({ id, answer, lost }: WorkerReply) => {
      if (id === 0) resolve();
      if (lost !== undefined) {
        fail(new EngineLostError(lost.message, lost.code));
        return;
      }
      pending.get(id)?.resolve(answer ?? new Uint8Array());
      pending.delete(id);
    });
    worker.on('error', (error) => {
      reject(error);
      fail(new EngineLostError(String(error)));
    });
    worker.on('exit', () => {
      const error = new EngineLostError('The embedded database has ended.');
      reject(error);
      fail(error);
    });
  });
  const session: Session = (message) => call({ message });
  return {
    lost,
    connect: () => session,
    close: async () => {
      isClosing = true;
      await call({ close: true });
    },
  };
}

function withResolver<Value>() {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
