import { z } from 'zod';
import type { Candles } from '../../libs/backtest/src/candles.js';
import { defineStrategy, type Bar, type Strategy } from '../../libs/backtest/src/strategy.js';

const schema = z.strictObject({
  lookback: z.int().min(1).max(1000).default(24).describe('bars over which the price change is measured'),
  threshold: z.number().min(0).max(1).default(0.02).describe('buys above this change, a fraction'),
});

class MomentumStrategy implements Strategy {
  #change: Float64Array = new Float64Array();

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ close }: Candles): readonly Float64Array[] {
    const { lookback } = this.params;
    this.#change = close.map((price, i) => (i < lookback ? NaN : price / close[i - lookback]! - 1));
    return [this.#change];
  }

  next(bar: Bar): void {
    const change = this.#change[bar.index]!;
    if (bar.position === 0 && change > this.params.threshold) bar.buy();
    else if (bar.position > 0 && change < 0) bar.closePosition();
  }
}

export const Momentum = defineStrategy({
  name: 'Momentum',
  label: 'Momentum',
  description: 'Buys what has risen over the last bars and leaves once it has not.',
  category: 'trend',
  params: schema,
  strategy: MomentumStrategy,
});
