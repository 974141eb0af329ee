/** The largest of the last n values in amortised constant time; NaN before there are n. */
export class Highest {
  /** Candidates: positions ascending, values descending, as a ring. */
  readonly #positions: Float64Array;
  readonly #values: Float64Array;
  #head = 0;
  #size = 0;
  #position = -1;

  constructor(readonly length: number) {
    this.#positions = new Float64Array(length);
    this.#values = new Float64Array(length);
  }

  next(value: number): number {
    this.#position++;
    if (this.#size > 0 && this.#positions[this.#head]! <= this.#position - this.length) {
      this.#head = (this.#head + 1) % this.length;
      this.#size--;
    }
    while (this.#size > 0 && this.#values[(this.#head + this.#size - 1) % this.length]! <= value) {
      this.#size--;
    }
    const slot = (this.#head + this.#size) % this.length;
    this.#positions[slot] = this.#position;
    this.#values[slot] = value;
    this.#size++;
    return this.#position + 1 < this.length ? NaN : this.#values[this.#head]!;
  }
}

/** The smallest of the last n values; NaN before there are n. */
export class Lowest {
  readonly #highest: Highest;

  constructor(readonly length: number) {
    this.#highest = new Highest(length);
  }

  next(value: number): number {
    return -this.#highest.next(-value);
  }
}
