import { z } from 'zod';
import type { Candles } from '../candles.js';
import { macd } from '../indicators/index.js';
import { defineStrategy, type Bar, type Strategy } from '../strategy.js';
import { crossedAbove } from './cross.js';
import { protectedEntry, protectionParams } from './protection.js';

const schema = z
  .strictObject({
    fast_period: z.int().min(1).max(1000).default(12).describe('bars of the fast average'),
    slow_period: z.int().min(2).max(1000).default(26).describe('bars of the slow average'),
    signal_period: z.int().min(1).max(1000).default(9).describe('bars of the signal line'),
    allow_short: z.boolean().default(false),
    ...protectionParams,
  })
  .refine((p) => p.fast_period < p.slow_period, {
    path: ['fast_period'],
    message: 'must be below slow_period',
  });

class MacdTrendStrategy implements Strategy {
  #line: Float64Array = new Float64Array();
  #signal: Float64Array = new Float64Array();

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ close }: Candles): readonly Float64Array[] {
    const { fast_period, slow_period, signal_period } = this.params;
    const { line, signal } = macd(close, fast_period, slow_period, signal_period);
    // Seeded with the first value, the averages carry it until they have seen their whole period.
    signal.fill(NaN, 0, slow_period + signal_period - 2);
    this.#line = line;
    this.#signal = signal;
    return [signal];
  }

  next(bar: Bar): void {
    const i = bar.index;
    if (crossedAbove(this.#line, this.#signal, i)) {
      bar.buy(protectedEntry(1, bar.close, this.params));
    } else if (crossedAbove(this.#signal, this.#line, i)) {
      if (this.params.allow_short) bar.sell(protectedEntry(-1, bar.close, this.params));
      else if (bar.position > 0) bar.closePosition();
    }
  }
}

export const MacdTrend = defineStrategy({
  name: 'MacdTrend',
  label: 'MACD trend',
  description: 'Long when the MACD line crosses above its signal line, out (or short) when it crosses below.',
  category: 'trend',
  params: schema,
  strategy: MacdTrendStrategy,
});
