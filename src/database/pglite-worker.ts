import { parentPort, workerData } from 'node:worker_threads';
import { openPgliteEngine } from './pglite-engine.js';

/** Entry of the thread that runs the embedded database, so that no query holds up the event loop of requests. */

export type WorkerRequest = { id: number; message: Uint8Array } | { id: number; close: true };
export interface WorkerReply {
  id: number;
  answer?: Uint8Array;
  error?: string;
}

const port = parentPort!;
const engine = await openPgliteEngine((workerData as { dataDir: string }).dataDir);

port.on('message', (request: WorkerRequest) => {
  const work = 'close' in request ? engine.close() : engine.exec(request.message);
  work.then(
    (answer) => {
      port.postMessage({ id: request.id, ...(answer && { answer }) } satisfies WorkerReply);
      if ('close' in request) port.close();
    },
    (error: unknown) => port.postMessage({ id: request.id, error: String(error) } satisfies WorkerReply),
  );
});
port.postMessage({ id: 0 } satisfies WorkerReply);
