const firstSize = 4096;

/** The last bytes of a stream, copied into one ring that grows up to its capacity and is then reused. */
export class TailBuffer {
  #ring = Buffer.alloc(0);
  /** Where the next byte goes. */
  #end = 0;
  #length = 0;

  constructor(private readonly capacity: number) {}

  /** How many bytes are kept. */
  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer): void {
    const kept = bytes.length > this.capacity ? bytes.subarray(-this.capacity) : bytes;
    this.#grow(this.#length + kept.length);
    const untilEdge = Math.min(kept.length, this.#ring.length - this.#end);
    kept.copy(this.#ring, this.#end, 0, untilEdge);
    kept.copy(this.#ring, 0, untilEdge);
    if (kept.length > 0) this.#end = (this.#end + kept.length) % this.#ring.length;
    this.#length = Math.min(this.#length + kept.length, this.#ring.length);
  }

  /** Copies what is kept, in order, to the beginning of a buffer that has room for it. */
  copyTo(target: Buffer): void {
    const start = this.#end - this.#length;
    if (start >= 0) {
      this.#ring.copy(target, 0, start, this.#end);
      return;
    }
    this.#ring.copy(target, 0, this.#ring.length + start);
    this.#ring.copy(target, -start, 0, this.#end);
  }

  toString(): string {
    const bytes = Buffer.alloc(this.#length);
    this.copyTo(bytes);
    return bytes.toString('utf8');
  }

  #grow(length: number): void {
    if (length <= this.#ring.length || this.#ring.length === this.capacity) return;
    const grown = Buffer.alloc(Math.min(this.capacity, Math.max(2 * this.#ring.length, length, firstSize)));
    this.copyTo(grown);
    this.#ring = grown;
    this.#end = this.#length % grown.length;
  }
}
