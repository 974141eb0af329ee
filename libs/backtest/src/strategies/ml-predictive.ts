import { z } from 'zod';
import type { Candles } from '../candles.js';
import { defineStrategy, type Bar, type Strategy, type StrategyInputs } from '../strategy.js';
import { protectedEntry, protectionParams } from './protection.js';

const probability = z.number().min(0).max(1);

const schema = z
  .strictObject({
    long_threshold: probability.default(0.55).describe('buys at or above this probability of a rise'),
    short_threshold: probability.default(0.45).describe('sells short at or below this probability of a rise'),
    exit_threshold: probability
      .default(0.5)
      .describe('a long ends below, a short above this probability of a rise'),
    allow_short: z.boolean().default(false),
    min_expected_return: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('fraction; where the model gives expected returns, smaller ones are not traded'),
    max_holding_bars: z.int().min(1).max(1_000_000).optional().describe('ends a trade after this many bars'),
    ...protectionParams,
  })
  .refine((p) => p.short_threshold <= p.exit_threshold && p.exit_threshold <= p.long_threshold, {
    path: ['exit_threshold'],
    message: 'must lie between short_threshold and long_threshold',
  });

class MlPredictiveStrategy implements Strategy {
  #probability: Float64Array = new Float64Array();
  #expectedReturn: Float64Array | undefined;

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ close }: Candles, { signals, expectedReturns }: StrategyInputs): readonly Float64Array[] {
    this.#probability = signals ?? new Float64Array(close.length).fill(NaN);
    this.#expectedReturn = expectedReturns;
    return []; // Bars without a prediction are simply not traded.
  }

  next(bar: Bar): void {
    const { long_threshold, short_threshold, exit_threshold, allow_short, max_holding_bars } = this.params;
    const rise = this.#probability[bar.index]!;
    if (bar.position === 0) {
      if (rise >= long_threshold && this.#isWorth(1, bar.index)) {
        bar.buy(protectedEntry(1, bar.close, this.params));
      } else if (allow_short && rise <= short_threshold && this.#isWorth(-1, bar.index)) {
        bar.sell(protectedEntry(-1, bar.close, this.params));
      }
      return;
    }
    const held = bar.index - bar.openTrades[0]!.entryBar + 1;
    const isOver = max_holding_bars !== undefined && held >= max_holding_bars;
    if (isOver || (bar.position > 0 ? rise < exit_threshold : rise > exit_threshold)) bar.closePosition();
  }

  #isWorth(side: 1 | -1, i: number): boolean {
    if (this.#expectedReturn === undefined) return true;
    return side * this.#expectedReturn[i]! >= this.params.min_expected_return;
  }
}

export const MLPredictive = defineStrategy({
  name: 'MLPredictive',
  label: 'Model prediction',
  description:
    'Trades a model’s probability of a rise: in when it is confident, out when the confidence is gone.',
  category: 'machine learning',
  requiresModel: true,
  params: schema,
  strategy: MlPredictiveStrategy,
});
