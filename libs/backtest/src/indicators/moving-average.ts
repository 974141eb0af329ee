import { RunningSum } from './running-sum.js';
import { Window } from './window.js';

/** Simple moving average: the correctly rounded sum of the last n values, over n; NaN before there are n. */
export class Sma {
  readonly #window: Window;
  readonly #sum = new RunningSum();

  constructor(readonly length: number) {
    this.#window = new Window(length);
  }

  next(value: number): number {
    const leaving = this.#window.push(value);
    const sum = this.#sum.slide(value, Number.isNaN(leaving) ? 0 : leaving);
    return this.#window.isFull ? sum / this.length : NaN;
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
