import { z } from 'zod';
import type { Candles } from '../candles.js';
import { defineStrategy, type Bar, type Strategy, type StrategyInputs } from '../strategy.js';
import { protectedEntry, protectionParams } from './protection.js';

const schema = z.strictObject({
  kind: z
    .enum(['position', 'probability'])
    .default('position')
    .describe('position: target from -1 to 1, a share of the equity; probability: of a rise'),
  long_above: z.number().min(0).max(1).default(0.55).describe('probability above which the target is long'),
  short_below: z.number().min(0).max(1).default(0).describe('probability below which the target is short'),
  ...protectionParams,
});

class SignalReplayStrategy implements Strategy {
  #signals: Float64Array = new Float64Array();
  #last = 0;

  constructor(private readonly params: z.output<typeof schema>) {}

  init({ close }: Candles, { signals }: StrategyInputs): readonly Float64Array[] {
    this.#signals = signals ?? new Float64Array(close.length).fill(NaN);
    return [];
  }

  next(bar: Bar): void {
    const signal = this.#signals[bar.index]!;
    if (Number.isNaN(signal)) return; // Nothing new: the last target stands.
    const target = this.params.kind === 'position' ? signal : this.#targetOf(signal);
    if (target === this.#last) return;
    this.#last = target;
    if (target === 0) {
      bar.closePosition();
      return;
    }
    const side = target > 0 ? 1 : -1;
    const order = protectedEntry(side, bar.close, this.params);
    const share = Math.abs(target);
    const sized = share < 1 ? { ...order, size: { fraction: share } } : order;
    if (side > 0) bar.buy(sized);
    else bar.sell(sized);
  }

  #targetOf(probability: number): number {
    if (probability > this.params.long_above) return 1;
    return probability < this.params.short_below ? -1 : 0;
  }
}

export const SignalReplay = defineStrategy({
  name: 'SignalReplay',
  label: 'Signal replay',
  description: 'Follows a target position, or a probability of a rise, given for every bar.',
  category: 'signals',
  requiresSignals: true,
  params: schema,
  strategy: SignalReplayStrategy,
});
