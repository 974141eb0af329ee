import type { Order } from './order.js';

/** A stop loss that follows the price. */
export interface TrailingStop {
  /** As a fraction of the best price. */
  readonly distance: number;
  /** The best price since the entry. */
  best: number;
  /** Whether the stop loss in place is where the trail put it, not where the order did. */
  isInPlace: boolean;
}

/**
 * A position from its entry until it is closed; what is closed of it goes into the `TradeLog`.
 *
 * `size` is in units, negative for a short; the entry bar is an index into the run's candles.
 */
export class OpenTrade {
  /** The live protective orders. */
  stopOrder: Order | null = null;
  targetOrder: Order | null = null;
  trailing: TrailingStop | null = null;
  /** The bar inside which a stop or limit entry filled, and at what unadjusted price; null when at an open. */
  insideBar: { readonly bar: number; readonly price: number } | null = null;

  constructor(
    public size: number,
    readonly entryBar: number,
    readonly entryPrice: number,
    /** Of the entry, in the quote currency. */
    public commission: number,
  ) {}

  get isLong(): boolean {
    return this.size > 0;
  }

  /** Price of the stop loss; NaN without. */
  get stopLoss(): number {
    return this.stopOrder?.stop ?? NaN;
  }

  /** Price of the take profit; NaN without. */
  get takeProfit(): number {
    return this.targetOrder?.limit ?? NaN;
  }
}
