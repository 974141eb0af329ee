import { Window } from './window.js';

/** Rate of change over n bars as a fraction; NaN for the first n bars. */
export class RateOfChange {
  readonly #window: Window;

  constructor(readonly length: number) {
    this.#window = new Window(length);
  }

  next(value: number): number {
    const before = this.#window.push(value);
    return value / before - 1;
  }
}

/** On-balance volume (Granville): volume added on a rise of the close, taken off on a fall; starts at 0. */
export class OnBalanceVolume {
  #previous = NaN;
  #total = 0;

  next(close: number, volume: number): number {
    if (close > this.#previous) this.#total += volume;
    else if (close < this.#previous) this.#total -= volume;
    this.#previous = close;
    return this.#total;
  }
}
