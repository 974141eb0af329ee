import { parentPort, workerData } from 'node:worker_threads';
import { EngineLostError, openPgliteEngine } from './pglite-engine.js';

/** Entry of the thread that runs the embedded database, so that no query holds up the event loop of requests. */

export type WorkerRequest = { id: number; message: Uint8Array } | { id: number; close: true };
export interface WorkerReply {
  id: number;
  answer?: Uint8Array;
  /** Instead of an answer: this thread is of no use any more. */
  lost?: { message: string; code: string };
}

const port = parentPort!;
const engine = await openPgliteEngine((workerData as { dataDir: string }).dataDir);
const exec = engine.connect();

port.on('message', (request: WorkerRequest) => {
  const work = 'close' in request ? engine.close() : exec(request.message);
  work.then(
    (answer) => {
      port.postMessage({ id: request.id, ...(answer && { answer }) } satisfies WorkerReply);
      if ('close' in request) port.close();
    },
    (error: unknown) => {
      const { message, code } = error instanceof EngineLostError ? error : new EngineLostError(String(error));
      port.postMessage({ id: request.id, lost: { message, code } } satisfies WorkerReply);
    },
  );
});
port.postMessage({ id: 0 } satisfies WorkerReply);
