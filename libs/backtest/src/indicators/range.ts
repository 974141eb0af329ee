import { Highest, Lowest } from './extremes.js';
import { WilderAverage } from './moving-average.js';

/**
 * Average true range by Wilder's smoothing, in price units (Wilder 1978).
 *
 * The true range of the first bar has no close before it, so the first n true ranges are those of
 * bars 1 to n, and the first n bars are NaN.
 */
export class Atr {
  readonly #average: WilderAverage;
  #previousClose = NaN;

  constructor(readonly length: number) {
    this.#average = new WilderAverage(length);
  }

  next(high: number, low: number, close: number): number {
    const previous = this.#previousClose;
    this.#previousClose = close;
    if (Number.isNaN(previous)) return NaN;
    return this.#average.next(Math.max(high - low, Math.abs(high - previous), Math.abs(low - previous)));
  }
}

/** Stochastic %K (Lane): where the close lies in the range of the last n bars, 0 to 100; 50 in an empty range. */
export class StochasticK {
  readonly #highest: Highest;
  readonly #lowest: Lowest;

  constructor(readonly length: number) {
    this.#highest = new Highest(length);
    this.#lowest = new Lowest(length);
  }

  next(high: number, low: number, close: number): number {
    const top = this.#highest.next(high);
    const bottom = this.#lowest.next(low);
    return top === bottom ? 50 : (100 * (close - bottom)) / (top - bottom);
  }
}
