import { z } from 'zod';
import type { OrderRequest, Side } from '../engine/order.js';

/** Params that any strategy with discretionary exits takes: fractions of the price at the decision. */
export const protectionParams = {
  stop_loss: z
    .number()
    .positive()
    .max(0.99)
    .optional()
    .describe('fraction of the price below (above) a long (short) entry'),
  take_profit: z
    .number()
    .positive()
    .max(10)
    .optional()
    .describe('fraction of the price above (below) a long (short) entry'),
  trailing_stop: z
    .number()
    .positive()
    .max(0.99)
    .optional()
    .describe('fraction of the best price since entry'),
};

export interface Protection {
  readonly stop_loss?: number | undefined;
  readonly take_profit?: number | undefined;
  readonly trailing_stop?: number | undefined;
}

/** An exclusive market entry with the bracket that these params describe around `price`. */
export function protectedEntry(side: Side, price: number, params: Protection): OrderRequest {
  const { stop_loss, take_profit, trailing_stop } = params;
  return {
    exclusive: true,
    stopLoss: stop_loss === undefined ? undefined : price * (1 - side * stop_loss),
    // A short cannot gain more than its whole price.
    takeProfit:
      take_profit === undefined || (side < 0 && take_profit >= 1)
        ? undefined
        : price * (1 + side * take_profit),
    trailingStop: trailing_stop,
  };
}
