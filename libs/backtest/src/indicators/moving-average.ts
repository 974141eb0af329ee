import { Window } from './window.js';

/**
 * Simple moving average: the correctly rounded sum of the last n values, over n; NaN before there are n.
 *
 * The rounding errors of the running sum are carried beside it (two-sum, Knuth 4.2.2), so adding and
 * dropping values for millions of bars leaves no drift, and two windows with the same sum compare equal.
 */
export class Sma {
  readonly #window: Window;
  #sum = 0;
  #rest = 0;

  constructor(readonly length: number) {
    this.#window = new Window(length);
  }

  next(entering: number): number {
    const pushedOut = this.#window.push(entering);
    const leaving = Number.isNaN(pushedOut) ? 0 : pushedOut;
    const change = entering - leaving;
    const part = change - entering;
    const next = this.#sum + change;
    const share = next - this.#sum;
    this.#rest +=
      entering - (change - part) - (leaving + part) + (this.#sum - (next - share) + (change - share));
    this.#sum = next;
    return this.#window.isFull ? (this.#sum + this.#rest) / this.length : NaN;
  }
}

/** Exponential moving average, α = 2/(n+1), seeded with the first value: valid from the first bar. */
export class Ema {
  readonly #alpha: number;
  #average = NaN;

  constructor(readonly length: number) {
    this.#alpha = 2 / (length + 1);
  }

  next(value: number): number {
    this.#average = Number.isNaN(this.#average)
      ? value
      : this.#alpha * value + (1 - this.#alpha) * this.#average;
    return this.#average;
  }
}

/** Exponential moving average seeded with the mean of the first n values: NaN before there are n. */
export class SeededEma {
  readonly #seed: Sma;
  readonly #alpha: number;
  #average = NaN;

  constructor(readonly length: number) {
    this.#seed = new Sma(length);
    this.#alpha = 2 / (length + 1);
  }

  next(value: number): number {
    this.#average = Number.isNaN(this.#average)
      ? this.#seed.next(value)
      : this.#alpha * value + (1 - this.#alpha) * this.#average;
    return this.#average;
  }
}

/**
 * Wilder's smoothing, α = 1/n, seeded with the mean of the first n values: NaN before there are n
 * (Wilder, New Concepts in Technical Trading Systems, 1978).
 */
export class WilderAverage {
  #count = 0;
  #average = 0;

  constructor(readonly length: number) {}

  next(value: number): number {
    this.#count++;
    if (this.#count < this.length) {
      this.#average += value;
      return NaN;
    }
    this.#average =
      this.#count === this.length
        ? (this.#average + value) / this.length
        : (this.#average * (this.length - 1) + value) / this.length;
    return this.#average;
  }
}
