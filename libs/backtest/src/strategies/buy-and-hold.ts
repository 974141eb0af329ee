import { z } from 'zod';
import { defineStrategy, type Bar, type Strategy } from '../strategy.js';

class BuyAndHoldStrategy implements Strategy {
  #hasBought = false;

  init(): readonly Float64Array[] {
    return [];
  }

  next(bar: Bar): void {
    if (this.#hasBought) return;
    this.#hasBought = true;
    bar.buy();
  }
}

export const BuyAndHold = defineStrategy({
  name: 'BuyAndHold',
  label: 'Buy and hold',
  description: 'Buys at the first open it can and holds to the end: what every other strategy has to beat.',
  category: 'benchmark',
  params: z.strictObject({}),
  strategy: BuyAndHoldStrategy,
});
