import { z } from 'zod';
import type { Candles } from '../candles.js';
import { sma } from '../indicators/index.js';
import { defineStrategy, type Bar, type Strategy } from '../strategy.js';
import { crossedAbove } from './cross.js';
import { protectedEntry, protectionParams } from './protection.js';

const schema = z
  .strictObject({
    fast_period: z.int().min(1).max(5000).default(10).describe('bars of the fast average'),
    slow_period: z.int().min(2).max(5000).default(20).describe('bars of the slow average'),
    allow_short: z.boolean().default(true),
    ...protectionParams,
  })
  .refine((p) => p.fast_period < p.slow_period, {
    path: ['fast_period'],
    message: 'must be below slow_period',
  });

class SmaCrossStrategy implements Strategy {
  #fast: Float64Array = new Float64Array();
  #slow: Float64Array = new Float64Array();

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ close }: Candles): readonly Float64Array[] {
    this.#fast = sma(close, this.params.fast_period);
    this.#slow = sma(close, this.params.slow_period);
    return [this.#fast, this.#slow];
  }

  next(bar: Bar): void {
    const i = bar.index;
    if (crossedAbove(this.#fast, this.#slow, i)) {
      bar.buy(protectedEntry(1, bar.close, this.params));
    } else if (crossedAbove(this.#slow, this.#fast, i)) {
      if (this.params.allow_short) bar.sell(protectedEntry(-1, bar.close, this.params));
      else if (bar.position > 0) bar.closePosition();
    }
  }
}

export const SmaCross = defineStrategy({
  name: 'SmaCross',
  label: 'Moving average cross',
  description: 'Long when the fast average crosses above the slow one, short (or out) when it crosses below.',
  category: 'trend',
  params: schema,
  strategy: SmaCrossStrategy,
});
