/** The last `length` values of a stream, oldest first by `at(0)`. */
export class Window {
  readonly #values: Float64Array;
  #next = 0;
  #count = 0;

  constructor(readonly length: number) {
    this.#values = new Float64Array(length);
  }

  get isFull(): boolean {
    return this.#count >= this.length;
  }

  /** Adds a value and returns the one it pushes out; NaN while the window still fills. */
  push(value: number): number {
    const pushedOut = this.isFull ? this.#values[this.#next]! : NaN;
    this.#values[this.#next] = value;
    this.#next = this.#next + 1 === this.length ? 0 : this.#next + 1;
    if (!this.isFull) this.#count++;
    return pushedOut;
  }

  /** The values in no particular order; complete only when the window is full. */
  get unordered(): Float64Array {
    return this.#values;
  }
}
