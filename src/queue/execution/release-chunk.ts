import { MessageChannel } from 'node:worker_threads';

/** What is transferred to a closed port is detached from this thread and freed at once. */
const { port1: closedPort } = new MessageChannel();
closedPort.close();

/**
 * Frees the memory of a chunk that was read from a pipe. The chunk is empty afterwards.
 *
 * Node allocates 64 KiB for each read, outside of V8's heap, and a garbage collection follows only after tens of
 * megabytes of them. A chunk that shares its memory with others is left to the garbage collection.
 */
export function releaseChunk(chunk: Buffer): void {
  if (chunk.length > 0 && chunk.length === chunk.buffer.byteLength) {
    closedPort.postMessage(null, [chunk.buffer as ArrayBuffer]);
  }
}
