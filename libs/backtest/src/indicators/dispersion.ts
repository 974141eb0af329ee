import { Window } from './window.js';

/**
 * Standard deviation of the last n values, by two passes over the window; NaN before there are n.
 * `ddof` 0 divides by n (population), 1 by n - 1 (sample).
 */
export class StandardDeviation {
  readonly #window: Window;

  constructor(
    readonly length: number,
    readonly ddof: 0 | 1 = 0,
  ) {
    this.#window = new Window(length);
  }

  next(value: number): number {
    this.#window.push(value);
    if (!this.#window.isFull) return NaN;
    const values = this.#window.unordered;
    const n = values.length;
    // By index: an iterator over a typed array would allocate a number at every step.
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[k]!;
    const mean = sum / n;
    let squares = 0;
    for (let k = 0; k < n; k++) squares += (values[k]! - mean) * (values[k]! - mean);
    return Math.sqrt(squares / (n - this.ddof));
  }
}

/** Sample standard deviation of the last n log returns, per bar (not annualised); NaN for the first n bars. */
export class RealisedVolatility {
  readonly #deviation: StandardDeviation;
  #previous = NaN;

  constructor(readonly length: number) {
    this.#deviation = new StandardDeviation(length, 1);
  }

  next(close: number): number {
    const logReturn = Math.log(close / this.#previous);
    this.#previous = close;
    return Number.isNaN(logReturn) ? NaN : this.#deviation.next(logReturn);
  }
}
