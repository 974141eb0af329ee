import { z } from 'zod';
import type { Candles } from '../candles.js';
import { bollinger } from '../indicators/index.js';
import { defineStrategy, type Bar, type Strategy } from '../strategy.js';
import { protectedEntry, protectionParams } from './protection.js';

const schema = z.strictObject({
  period: z.int().min(2).max(5000).default(20).describe('bars of the average and the deviation'),
  width: z
    .number()
    .positive()
    .max(10)
    .default(2)
    .describe('standard deviations from the average to each band'),
  allow_short: z.boolean().default(false),
  ...protectionParams,
});

class BollingerBandsStrategy implements Strategy {
  #middle: Float64Array = new Float64Array();
  #upper: Float64Array = new Float64Array();
  #lower: Float64Array = new Float64Array();

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ close }: Candles): readonly Float64Array[] {
    const bands = bollinger(close, this.params.period, this.params.width);
    this.#middle = bands.middle;
    this.#upper = bands.upper;
    this.#lower = bands.lower;
    return [bands.upper];
  }

  next(bar: Bar): void {
    const i = bar.index;
    const { close, position } = bar;
    if (position === 0) {
      if (close < this.#lower[i]!) bar.buy(protectedEntry(1, close, this.params));
      else if (this.params.allow_short && close > this.#upper[i]!) {
        bar.sell(protectedEntry(-1, close, this.params));
      }
    } else if (position > 0 ? close >= this.#middle[i]! : close <= this.#middle[i]!) {
      bar.closePosition();
    }
  }
}

export const BollingerBands = defineStrategy({
  name: 'BollingerBands',
  label: 'Bollinger bands',
  description:
    'Buys a close below the lower band, shorts one above the upper band if allowed, leaves at the average.',
  category: 'mean reversion',
  params: schema,
  strategy: BollingerBandsStrategy,
});
