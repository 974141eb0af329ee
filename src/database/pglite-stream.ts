import { Duplex } from 'node:stream';
import type { ProtocolEngine, Session } from './pglite-engine.js';

const authenticationOk = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const terminateTag = 0x58;

/**
 * The socket that `pg` believes it is connected through: what it writes goes to an embedded engine and
 * the engine's answers come back as what it reads. The start-up packet is answered here, because an
 * embedded engine has no postmaster to authenticate with.
 */
export class PgliteStream extends Duplex {
  readonly #session: Session;
  #started = false;

  constructor(engine: ProtocolEngine) {
    super();
    this.#session = engine.connect();
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed as they arrive.
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', done);
  }

  override _write(message: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (!this.#started) {
      this.#started = true;
      this.#beginAnew().then(() => {
        this.push(Buffer.concat([authenticationOk, readyForQuery]));
        done();
      }, done);
      return;
    }
    if (message[0] === terminateTag) {
      this.push(null);
      done();
      return;
    }
    this.#session(Uint8Array.from(message)).then(
      (answer) => {
        if (answer.length > 0) this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
        done();
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  /** The engine has one session for all connections one after another: nothing of the last one is left in it. */
  async #beginAnew(): Promise<void> {
    await this.#session(queryMessage('rollback'));
    await this.#session(queryMessage('discard all'));
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }
}

/** A simple query in the wire protocol: `Q`, the length of what follows it, the text, a zero. */
function queryMessage(text: string): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + text.length + 1);
  return Uint8Array.from(Buffer.concat([Buffer.from('Q'), length, Buffer.from(`${text}\0`)]));
}
