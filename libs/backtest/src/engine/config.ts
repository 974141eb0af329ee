import type { OrderSize } from './order.js';

/** How a run trades, complete and validated. Fractions are of 1, money in the quote currency. */
export interface Config {
  readonly initialCapital: number;
  /** Per fill, as a fraction of the traded value. */
  readonly commissionRelative: number;
  /** Per fill, in the quote currency. */
  readonly commissionFixed: number;
  /** Fraction of the price by which market and stop orders fill worse. */
  readonly slippage: number;
  /** Fraction of the price between bid and ask, paid on entry. */
  readonly spread: number;
  /** The size of entries that name none. */
  readonly sizing: OrderSize;
  /** Position value over equity that is allowed at most; the initial margin is its inverse. */
  readonly leverage: number;
  /** Fraction of the open trades' value below which the equity brings a margin call. */
  readonly maintenanceMargin: number;
  /** Sizes are whole multiples of this many units. */
  readonly lotStep: number;
  /** Market orders fill at the close they were decided on. */
  readonly tradeOnClose: boolean;
  /** Opposite trades may stand side by side. */
  readonly hedging: boolean;
  /** Every entry first cancels pending orders and closes every open trade. */
  readonly exclusiveOrders: boolean;
  /** Close what is open at the end. */
  readonly finalise: boolean;
}
