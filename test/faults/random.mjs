/** Random figures that are the same for the same seed (mulberry32, a 32-bit generator by Tommy Ettinger). */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed | 0;
  }

  /** Uniform in [from, to). */
  between(from, to) {
    return from + (to - from) * this.#next();
  }

  /** One of several, each as likely. */
  pick(items) {
    return items[Math.floor(this.between(0, items.length))];
  }

  /** A key of an object of weights, as likely as its weight says. */
  weighted(weights) {
    let left = this.between(
      0,
      Object.values(weights).reduce((sum, weight) => sum + weight, 0),
    );
    for (const [key, weight] of Object.entries(weights)) {
      left -= weight;
      if (left < 0) return key;
    }
    return Object.keys(weights).at(-1);
  }

  /** An independent generator, for somebody who acts at the same time. */
  fork() {
    return new Random(Math.floor(this.between(0, 2 ** 32)));
  }

  #next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
