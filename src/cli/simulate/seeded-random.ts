/** A random generator whose numbers depend only on its seed (mulberry32, a 32-bit generator by Tommy Ettinger). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Uniform in [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.#next();
  }

  /** A whole number, uniform in [from, to]. */
  integer(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#next());
  }

  /** Log-normal around 1 with the given standard deviation of the logarithm (Box and Muller). */
  around(deviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#next()));
    return Math.exp(deviation * radius * Math.cos(2 * Math.PI * this.#next()));
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
