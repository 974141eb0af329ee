import { WilderAverage } from './moving-average.js';

/**
 * Relative strength index (Wilder 1978), 0 to 100: 100 - 100 / (1 + mean gain / mean loss).
 *
 * NaN for the first n bars: n changes need n + 1 values. 100 when there was no loss.
 */
export class Rsi {
  readonly #gains: WilderAverage;
  readonly #losses: WilderAverage;
  #previous = NaN;

  constructor(readonly length: number) {
    this.#gains = new WilderAverage(length);
    this.#losses = new WilderAverage(length);
  }

  next(value: number): number {
    const change = value - this.#previous;
    this.#previous = value;
    if (Number.isNaN(change)) return NaN;
    const gain = this.#gains.next(Math.max(change, 0));
    const loss = this.#losses.next(Math.max(-change, 0));
    if (loss === 0) return 100;
    return 100 - 100 / (1 + gain / loss);
  }
}
