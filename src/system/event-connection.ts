import type { Response } from 'express';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { Backlog } from './backlog.js';
import { chunkOf, type Batch, type Chunk } from './broadcast.js';
import { StreamTally } from './stream-tally.js';

/** A client that is further behind is cut off; it may come back with its last event id. */
const mostBytesBehind = 256 * 1024;
const longestStallMs = 10_000;
/** Long texts leave in pieces, so that a slow client that does read is told from one that does not. */
const pieceBytes = 64 * 1024;
const farewellMs = 1000;

/**
 * One client's end of the event stream. It writes straight to the response, at the pace of its socket.
 *
 * - *Catching up*, from the start to `goLive()`: `send()` writes what the client has asked for; what
 *   happens meanwhile waits in the backlog.
 * - *Live*: each batch is written as it comes, the very same bytes for everybody who sees the same.
 * - *Blocked*, from a write that the socket could not take at once until it has drained: what happens
 *   waits in the backlog, where newer progress takes the place of older. Too much there, or too long
 *   without draining, and the client is cut off.
 * - *Over*, after `end()`, `cut()` or `close()`: nothing is written any more.
 */
export class EventConnection {
  #mode: 'catching up' | 'live' | 'over' = 'catching up';
  readonly #backlog = new Backlog();
  #isBlocked = false;
  /** What the client was told by its beginning: a batch that was being gathered then may hold it once more. */
  #toldUpTo = 0;
  /** When a look at it first found it blocked; a look a second measures ten of them well enough. */
  #blockedSinceMs: number | null = null;

  constructor(
    readonly viewer: CurrentUser,
    private readonly response: Response,
    private readonly tally = new StreamTally(),
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
  async send(bytes: Buffer): Promise<void> {
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
    this.#backlog.dropUpTo(sentUpTo);
    this.#flush();
  }

  take(batch: Batch): void {
    const isNew = batch.firstSequence === null || batch.firstSequence > this.#toldUpTo;
    if (this.#mode === 'live' && !this.#isBlocked && isNew) {
      const chunk = batch.chunkFor(this.viewer);
      if (chunk !== null) this.#write(chunk, () => this.#flush());
    } else if (!this.isOver) {
      for (const broadcast of batch.broadcasts) {
        if (broadcast.sequence !== null && broadcast.sequence <= this.#toldUpTo) continue;
        const frame = broadcast.frameFor(this.viewer);
        if (frame !== null && this.#backlog.add(broadcast, frame)) this.tally.superseded += 1;
      }
      if (this.#backlog.bytes + this.response.writableLength > mostBytesBehind) this.cut();
      else if (this.#mode === 'live' && !this.#isBlocked) this.#flush();
    }
  }

  /** To be asked each second: whether the client has not drained for too long. */
  isStuck(nowMs: number): boolean {
    if (!this.#isBlocked) return false;
    this.#blockedSinceMs ??= nowMs;
    return nowMs - this.#blockedSinceMs >= longestStallMs;
  }

  /** Drops the client with all that is still on its way to it. */
  cut(): void {
    this.tally.cut += 1;
    this.close();
    this.response.req.socket.destroy();
  }

  /** Ends the response as it should be ended, and drops a client that does not take even that. */
  end(): void {
    if (this.isOver) return;
    this.close();
    const { socket } = this.response.req;
    const farewell = setTimeout(() => socket.destroy(), farewellMs);
    socket.once('close', () => clearTimeout(farewell));
    // Kept alive, the empty connection would hold up a server that is going down.
    this.response.once('finish', () => socket.end());
    this.response.end();
  }

  close(): void {
    this.#mode = 'over';
    this.#backlog.clear();
  }

  /** Returns whether the socket can take more at once; if not, `onDrain` is called when it can. */
  #write(chunk: Chunk, onDrain: () => void): boolean {
    const { socket, chunkedEncoding } = this.response;
    this.tally.messages += chunk.messages;
    this.tally.bytes += chunk.bytes.length;
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
    const chunk = this.isOver ? null : this.#backlog.take();
    if (chunk !== null) this.#write(chunk, () => this.#flush());
  }
}
