import { Sma } from '../../libs/backtest/src/indicators/moving-average.js';
import { Window } from '../../libs/backtest/src/indicators/window.js';

/**
 * Efficiency ratio (Kaufman 1995), 0 to 1: the change over n bars by the length of the way there.
 *
 * 1 when every bar went the same way. NaN for the first n bars: n changes need n + 1 values. 0 when nothing moved.
 */
export class EfficiencyRatio {
  readonly #values: Window;
  readonly #meanStep: Sma;
  #previous = NaN;

  constructor(readonly length: number) {
    this.#values = new Window(length);
    this.#meanStep = new Sma(length);
  }

  next(value: number): number {
    const before = this.#values.push(value);
    const step = Math.abs(value - this.#previous);
    this.#previous = value;
    if (Number.isNaN(step)) return NaN;
    const meanStep = this.#meanStep.next(step);
    return meanStep === 0 ? 0 : Math.abs(value - before) / (this.length * meanStep);
  }
}

/** The same over a whole series, an element for each of its values. */
export function efficiencyRatio(values: Float64Array, length: number): Float64Array {
  const indicator = new EfficiencyRatio(length);
  return values.map((value) => indicator.next(value));
}
