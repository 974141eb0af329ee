import type { Viewer } from '@app/contracts';

/** Something that happened, and the bytes of its message for whoever may see it. */
export interface OutboundMessage {
  /** Its place in the order of all events; null: it has none and must not move a client's last event id. */
  readonly sequence: number | null;
  /**
   * What it is the latest word on (the progress of one task): for a client that is behind, a newer
   * message on the same subject makes it needless. Null: it says something no later one repeats.
   */
  readonly subject: string | null;
  /** The message as it goes over the wire, the same object for all viewers who see the same; else null. */
  frameFor(viewer: Viewer): Buffer | null;
}

/** Messages that leave together: joined once for each audience, however many connections it has. */
export class Batch {
  readonly #chunks = new Map<Audience, Chunk | null>();

  /** Sequence number of the first event in it; null without one. */
  readonly firstSequence: number | null;

  constructor(readonly messages: readonly OutboundMessage[]) {
    this.firstSequence = messages.find(({ sequence }) => sequence !== null)?.sequence ?? null;
  }

  /** All that a viewer may see of it, in order; null when that is nothing. */
  chunkFor(viewer: Viewer): Chunk | null {
    const audience = audienceOf(viewer);
    let chunk = this.#chunks.get(audience);
    if (chunk === undefined) {
      const frames = this.messages.map((message) => message.frameFor(viewer));
      chunk = chunkOf(frames.filter((frame) => frame !== null));
      this.#chunks.set(audience, chunk);
    }
    return chunk;
  }
}

/** Who sees the same bytes: the streams of one user, or (null) those of all admins. */
export type Audience = string | null;

export function audienceOf(viewer: Viewer): Audience {
  return viewer.isAdmin ? null : viewer.userId;
}

/** One message of the stream. Without an id it leaves the client's last event id where it is. */
export function frameOf(id: string | null, json: string): Buffer {
  return Buffer.from(id === null ? `data: ${json}\n\n` : `id: ${id}\ndata: ${json}\n\n`);
}

/** Bytes of the stream, and the same as a chunk of HTTP/1.1, for all who are to be sent them. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly framed: Buffer;
  readonly messages: number;
}

const lineEnd = Buffer.from('\r\n');

/** Frames in one chunk; null without frames, as an empty chunk would end the response. */
export function chunkOf(frames: readonly Buffer[]): Chunk | null {
  const length = frames.reduce((sum, frame) => sum + frame.length, 0);
  if (length === 0) return null;
  const head = Buffer.from(`${length.toString(16)}\r\n`);
  const framed = Buffer.concat([head, ...frames, lineEnd]);
  return { bytes: framed.subarray(head.length, head.length + length), framed, messages: frames.length };
}
