import type { Response } from 'express';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { OutboundBuffer } from './outbound-buffer.js';
import { chunkOf, type Batch, type Chunk } from './outbound-message.js';
import { StreamStats } from './stream-stats.js';

/** A client that is further behind is disconnected; it may resume with its last event id. */
const maxBytesBehind = 256 * 1024;
const maxStallMs = 10_000;
/** Long texts leave in pieces, so that a slow client that does read is told from one that does not. */
const pieceBytes = 64 * 1024;
const closeTimeoutMs = 1000;

/**
 * One client's end of the event stream. It writes straight to the response, at the pace of its socket.
 *
 * - *Catching up*, from the start to `goLive()`: `sendInitial()` writes what the client has asked for; what
 *   happens meanwhile waits in the buffer.
 * - *Live*: each batch is written as it comes, the very same bytes for everybody who sees the same.
 * - *Blocked*, from a write that the socket could not take at once until it has drained: what happens
 *   waits in the buffer, where newer progress takes the place of older. Too much there, or too long
 *   without draining, and the client is disconnected.
 * - *Over*, after `end()`, `terminate()` or `close()`: nothing is written any more.
 */
export class EventConnection {
  #mode: 'catching up' | 'live' | 'over' = 'catching up';
  readonly #buffer = new OutboundBuffer();
  #isBlocked = false;
  /** What the client was told by its beginning: a batch that was being gathered then may hold it once more. */
  #toldUpTo = 0;
  /** When a look at it first found it blocked; a look a second measures ten of them well enough. */
  #blockedSinceMs: number | null = null;

  constructor(
    readonly viewer: CurrentUser,
    private readonly response: Response,
    private readonly stats = new StreamStats(),
  ) {}

  /** What is to be done when the client is gone, however it went. */
  onClose(forget: () => void): void {
    this.response.req.socket.once('close', () => {
      this.close();
      forget();
    });
  }

  get isOver(): boolean {
    return this.#mode === 'over';
  }

  /** Writes what a client begins with, as fast as it reads. */
  async sendInitial(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isOver; at += pieceBytes) {
      const piece = chunkOf([bytes.subarray(at, at + pieceBytes)])!;
      await new Promise<void>((resolve) => {
        if (this.#write(piece, resolve)) resolve();
      });
    }
  }

  /** Lets through what happens from now on, and first what has happened since the client's beginning. */
  goLive(sentUpTo: number): void {
    if (this.isOver) return;
    this.#mode = 'live';
    this.#toldUpTo = sentUpTo;
    this.#buffer.dropUpTo(sentUpTo);
    this.#flush();
  }

  sendBatch(batch: Batch): void {
    const isNew = batch.firstSequence === null || batch.firstSequence > this.#toldUpTo;
    if (this.#mode === 'live' && !this.#isBlocked && isNew) {
      const chunk = batch.chunkFor(this.viewer);
      if (chunk !== null) this.#write(chunk, () => this.#flush());
    } else if (!this.isOver) {
      for (const message of batch.messages) {
        if (message.sequence !== null && message.sequence <= this.#toldUpTo) continue;
        const frame = message.frameFor(this.viewer);
        if (frame !== null && this.#buffer.add(message, frame)) this.stats.superseded += 1;
      }
      if (this.#buffer.bytes + this.response.writableLength > maxBytesBehind) this.terminate();
      else if (this.#mode === 'live' && !this.#isBlocked) this.#flush();
    }
  }

  /** To be asked each second: whether the client has not drained for too long. */
  isStuck(nowMs: number): boolean {
    if (!this.#isBlocked) return false;
    this.#blockedSinceMs ??= nowMs;
    return nowMs - this.#blockedSinceMs >= maxStallMs;
  }

  /** Drops the client with all that is still on its way to it. */
  terminate(): void {
    this.stats.terminated += 1;
    this.close();
    this.response.req.socket.destroy();
  }

  /** Ends the response as it should be ended, and drops a client that does not take even that. */
  end(): void {
    if (this.isOver) return;
    this.close();
    const { socket } = this.response.req;
    const closeTimeout = setTimeout(() => socket.destroy(), closeTimeoutMs);
    socket.once('close', () => clearTimeout(closeTimeout));
    // Kept alive, the empty connection would hold up a server that is going down.
    this.response.once('finish', () => socket.end());
    this.response.end();
  }

  close(): void {
    this.#mode = 'over';
    this.#buffer.clear();
  }

  /** Returns whether the socket can take more at once; if not, `onDrain` is called when it can. */
  #write(chunk: Chunk, onDrain: () => void): boolean {
    const { socket, chunkedEncoding } = this.response;
    this.stats.messages += chunk.messages;
    this.stats.bytes += chunk.bytes.length;
    // Node would frame the same bytes anew for each connection and hand them to the socket in four parts. To a
    // client of HTTP/1.0, or one that still waits for an answer before this one, it has to be Node that writes.
    const isDirect = chunkedEncoding && socket !== null;
    const isTaken = isDirect
      ? socket.writable && socket.write(chunk.framed)
      : this.response.write(chunk.bytes);
    if (isTaken) return true;
    this.#isBlocked = true;
    (isDirect ? socket : this.response).once('drain', () => {
      this.#isBlocked = false;
      this.#blockedSinceMs = null;
      onDrain();
    });
    return false;
  }

  #flush(): void {
    const chunk = this.isOver ? null : this.#buffer.drain();
    if (chunk !== null) this.#write(chunk, () => this.#flush());
  }
}
