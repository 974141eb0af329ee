import { z } from 'zod';
import type { Candles } from '../candles.js';
import { rsi } from '../indicators/index.js';
import { defineStrategy, type Bar, type Strategy } from '../strategy.js';
import { protectedEntry, protectionParams } from './protection.js';

const schema = z
  .strictObject({
    period: z.int().min(2).max(1000).default(14).describe('bars of the RSI'),
    oversold: z.number().min(0).max(100).default(30).describe('buys below this RSI'),
    overbought: z.number().min(0).max(100).default(70).describe('sells short above this RSI'),
    exit_level: z.number().min(0).max(100).default(50).describe('leaves when the RSI is back at this level'),
    allow_short: z.boolean().default(false),
    ...protectionParams,
  })
  .refine((p) => p.oversold < p.exit_level && p.exit_level < p.overbought, {
    path: ['exit_level'],
    message: 'must lie between oversold and overbought',
  });

class RsiReversionStrategy implements Strategy {
  #rsi: Float64Array = new Float64Array();

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ close }: Candles): readonly Float64Array[] {
    this.#rsi = rsi(close, this.params.period);
    return [this.#rsi];
  }

  next(bar: Bar): void {
    const { oversold, overbought, exit_level, allow_short } = this.params;
    const value = this.#rsi[bar.index]!;
    if (bar.position === 0) {
      if (value < oversold) bar.buy(protectedEntry(1, bar.close, this.params));
      else if (allow_short && value > overbought) bar.sell(protectedEntry(-1, bar.close, this.params));
    } else if (bar.position > 0 ? value >= exit_level : value <= exit_level) {
      bar.closePosition();
    }
  }
}

export const RsiReversion = defineStrategy({
  name: 'RsiReversion',
  label: 'RSI reversion',
  description:
    'Buys what is oversold by Wilder’s RSI, shorts what is overbought if allowed, leaves at the exit level.',
  category: 'mean reversion',
  params: schema,
  strategy: RsiReversionStrategy,
});
