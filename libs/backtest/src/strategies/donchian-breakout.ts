import { z } from 'zod';
import type { Candles } from '../candles.js';
import { highest, lowest } from '../indicators/index.js';
import { defineStrategy, type Bar, type Strategy } from '../strategy.js';
import { protectedEntry, protectionParams } from './protection.js';

const schema = z.strictObject({
  entry_period: z.int().min(1).max(5000).default(20).describe('bars of the channel whose break is traded'),
  exit_period: z
    .int()
    .min(1)
    .max(5000)
    .default(10)
    .describe('bars of the channel whose opposite break ends the trade'),
  allow_short: z.boolean().default(false),
  ...protectionParams,
});

class DonchianBreakoutStrategy implements Strategy {
  #entryTop: Float64Array = new Float64Array();
  #entryBottom: Float64Array = new Float64Array();
  #exitTop: Float64Array = new Float64Array();
  #exitBottom: Float64Array = new Float64Array();

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ high, low }: Candles): readonly Float64Array[] {
    const { entry_period, exit_period } = this.params;
    this.#entryTop = highest(high, entry_period);
    this.#entryBottom = lowest(low, entry_period);
    this.#exitTop = highest(high, exit_period);
    this.#exitBottom = lowest(low, exit_period);
    return [this.#entryTop, this.#exitTop];
  }

  next(bar: Bar): void {
    const { close, position } = bar;
    const before = bar.index - 1; // The channel of the bars before this one.
    if (position === 0) {
      if (close > this.#entryTop[before]!) bar.buy(protectedEntry(1, close, this.params));
      else if (this.params.allow_short && close < this.#entryBottom[before]!) {
        bar.sell(protectedEntry(-1, close, this.params));
      }
    } else if (position > 0 ? close < this.#exitBottom[before]! : close > this.#exitTop[before]!) {
      bar.closePosition();
    }
  }
}

export const DonchianBreakout = defineStrategy({
  name: 'DonchianBreakout',
  label: 'Donchian breakout',
  description:
    'Buys a close above the channel of the last bars, shorts one below it if allowed, leaves on the exit channel.',
  category: 'breakout',
  params: schema,
  strategy: DonchianBreakoutStrategy,
});
