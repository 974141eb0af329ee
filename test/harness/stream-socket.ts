import { connect, type Socket } from 'node:net';
import { EventParser } from '@app/client';

export interface StreamMessage {
  readonly id: string | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- messages are looked into freely
  readonly message: any;
}

export interface SocketOptions {
  readonly token?: string;
  readonly lastEventId?: string | undefined;
  readonly method?: string;
  readonly query?: string;
  readonly httpVersion?: '1.0' | '1.1';
  /** Stops for good after so many bytes of the answer, wherever that is. */
  readonly stopAfterBytes?: number;
}

/**
 * An event stream over a bare socket, which reads as the test says: all, up to a byte, or nothing. A message
 * counts when its empty line has come.
 */
export class StreamSocket {
  readonly messages: StreamMessage[] = [];
  readonly socket: Socket;
  readonly ended: Promise<void>;
  isEnded = false;
  /** Of the whole answer, headers and framing too. */
  bytes = 0;
  readonly #watchers = new Set<() => void>();
  readonly #parser = new EventParser();
  #received = Buffer.alloc(0);
  #body = Buffer.alloc(0);
  #head: string | null = null;
  #isWhole = false;

  private constructor(
    readonly url: string,
    private readonly options: SocketOptions,
  ) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.isEnded = true;
        resolve();
        this.#look();
      });
    });
    this.socket.write(this.request(), 'latin1');
  }

  /** Connects and reads. */
  static reading(url: string, options: SocketOptions): StreamSocket {
    const stream = new StreamSocket(url, options);
    stream.read();
    return stream;
  }

  /** Connects and never reads, until `read()`. */
  static silent(url: string, options: SocketOptions): StreamSocket {
    return new StreamSocket(url, options);
  }

  request(): string {
    const { method = 'GET', query = '', httpVersion = '1.1', token, lastEventId } = this.options;
    return [
      `${method} /api/system/task-events${query} HTTP/${httpVersion}`,
      'Host: 127.0.0.1',
      'Accept: text/event-stream',
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
      ...(lastEventId === undefined ? [] : [`Last-Event-ID: ${lastEventId}`]),
      '\r\n',
    ].join('\r\n');
  }

  read(): void {
    this.socket.on('data', (data: Buffer) => {
      const most = this.options.stopAfterBytes ?? Infinity;
      this.#take(data.subarray(0, Math.max(0, most - this.bytes)));
      this.bytes += data.length;
      if (this.bytes >= most) this.socket.destroy();
      this.#look();
    });
  }

  /** The status line and the headers, in lower case; empty before they have come. */
  get head(): string {
    return this.#head ?? '';
  }

  /** The bytes of the stream so far, without the framing of HTTP. */
  get text(): string {
    return this.#body.toString();
  }

  /** Whether the server has ended its answer as HTTP/1.1 wants it, and not just hung up. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get lastEventId(): string | undefined {
    return this.messages.findLast(({ id }) => id !== null)?.id ?? undefined;
  }

  /** Waits until something is so that can only become so with what the server sends; an ended stream sends nothing. */
  when(what: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (what()) resolve();
        else if (this.isEnded)
          reject(new Error(`The stream ended before; it began:\n${this.head}\n${this.text.slice(0, 500)}`));
        else return;
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
      look();
    });
  }

  async until(condition: (message: StreamMessage) => boolean): Promise<void> {
    let looked = 0;
    await this.when(() => {
      while (looked < this.messages.length) if (condition(this.messages[looked++]!)) return true;
      return false;
    });
  }

  async begun(): Promise<this> {
    await this.when(() => this.messages.length > 0);
    return this;
  }

  /** The client is gone, without a word. */
  async drop(): Promise<void> {
    this.socket.destroy();
    await this.ended;
  }

  #look(): void {
    for (const look of [...this.#watchers]) look();
  }

  #take(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    if (this.#head === null) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#head = this.#received.subarray(0, end).toString('latin1').toLowerCase();
      this.#received = this.#received.subarray(end + 4);
    }
    const before = this.#body.length;
    if (this.#head.includes('transfer-encoding: chunked')) this.#unchunk();
    else {
      this.#body = Buffer.concat([this.#body, this.#received]);
      this.#received = Buffer.alloc(0);
    }
    for (const { id, data: text } of this.#parser.push(this.#body.subarray(before))) {
      if (text !== null) this.messages.push({ id, message: JSON.parse(text) });
    }
  }

  #unchunk(): void {
    for (;;) {
      const lineEnd = this.#received.indexOf('\r\n');
      if (lineEnd < 0) return;
      const length = parseInt(this.#received.subarray(0, lineEnd).toString('latin1'), 16);
      const end = lineEnd + 2 + length;
      if (this.#received.length < end + 2) return;
      this.#body = Buffer.concat([this.#body, this.#received.subarray(lineEnd + 2, end)]);
      this.#received = this.#received.subarray(end + 2);
      if (length > 0) continue;
      this.#isWhole = true;
      this.socket.end();
      return;
    }
  }
}
