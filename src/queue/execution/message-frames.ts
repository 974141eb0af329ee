/** What one message may take on the way between the server and a task's process: a result of 1 MiB and its wrapping. */
const maxFrameBytes = 2 ** 20 + 2 ** 16;

const newline = 0x0a;
/** What is kept between lines. */
const maxIdleBytes = 16_384;

/** A message as it travels: one line of JSON. What JSON cannot say becomes `null`. */
export function toFrame(message: unknown): string {
  return `${(JSON.stringify(message) as string | undefined) ?? 'null'}\n`;
}

/**
 * Cuts a stream of bytes into lines and keeps no more than one line's limit of them. A line beyond the limit is given
 * as null, once, and its bytes are dropped as they come.
 */
export class FrameReader {
  /** The beginning of a line whose end has not come yet; grows by doubling. */
  #line = Buffer.alloc(0);
  #bytes = 0;
  #isDropping = false;

  constructor(
    private readonly onFrame: (frame: string | null) => void,
    private readonly maxBytes = maxFrameBytes,
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(newline, from);
      if (end < 0) break;
      this.#keep(chunk.subarray(from, end));
      if (!this.#isDropping) this.onFrame(this.#line.toString('utf8', 0, this.#bytes));
      this.#forget();
      this.#isDropping = false;
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(part: Buffer): void {
    if (this.#isDropping) return;
    const bytes = this.#bytes + part.length;
    if (bytes > this.maxBytes) {
      this.#forget();
      this.#isDropping = true;
      this.onFrame(null);
      return;
    }
    if (bytes > this.#line.length) {
      const grown = Buffer.alloc(Math.min(this.maxBytes, 2 * bytes));
      this.#line.copy(grown, 0, 0, this.#bytes);
      this.#line = grown;
    }
    part.copy(this.#line, this.#bytes);
    this.#bytes = bytes;
  }

  #forget(): void {
    if (this.#line.length > maxIdleBytes) this.#line = Buffer.alloc(0);
    this.#bytes = 0;
  }
}
