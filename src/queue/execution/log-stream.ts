import { cutOf, maxLineBytes } from './long-lines.js';

const newline = 0x0a;
const lineEnd = Buffer.from('\n');

/** One stream of one process, whose lines go to the log when they are whole. */
export class LogStream {
  /** The beginning of a line whose end has not come yet, with room for the byte that makes it too long. */
  #line = Buffer.alloc(0);
  #length = 0;

  /** @param onLines takes whole lines, the last of which may lack its line end until `lineEnd` follows */
  constructor(private readonly onLines: (bytes: Buffer) => void) {}

  /** Takes output as it comes; the chunk is not needed afterwards. */
  write(chunk: Buffer): void {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) {
      this.#flush();
      this.onLines(chunk.subarray(0, end));
    }
    for (let from = end; from < chunk.length;) from += this.#keep(chunk.subarray(from));
  }

  /** Ends a line that has no end yet; to be called when nothing more comes. */
  end(): void {
    if (this.#length === 0) return;
    this.#flush();
    this.onLines(lineEnd);
    this.#line = Buffer.alloc(0);
  }

  #flush(): void {
    if (this.#length > 0) this.onLines(this.#line.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Keeps as much as there is room for, and returns how much that was. */
  #keep(rest: Buffer): number {
    if (this.#line.length === 0) this.#line = Buffer.alloc(maxLineBytes + 1);
    const kept = rest.copy(this.#line, this.#length);
    this.#length += kept;
    if (this.#length > maxLineBytes) {
      const cut = cutOf(this.#line);
      this.onLines(this.#line.subarray(0, cut));
      this.onLines(lineEnd);
      this.#line.copyWithin(0, cut, this.#length);
      this.#length -= cut;
    }
    return kept;
  }
}
