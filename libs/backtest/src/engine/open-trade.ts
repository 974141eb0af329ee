import type { Order } from './order.js';

/**
 * A position from its entry until it is closed; what is closed of it goes into the `TradeLog`.
 *
 * `size` is in units, negative for a short; the entry bar is an index into the run's candles.
 */
export class OpenTrade {
  /** The live protective orders. */
  stopOrder: Order | null = null;
  targetOrder: Order | null = null;
  /** Stop loss and take profit prices; NaN without. */
  stopLoss = NaN;
  takeProfit = NaN;
  /** Distance of the trailing stop as a fraction; NaN without. */
  trailingStop = NaN;
  /** The best price since the entry, from which the trailing stop hangs. */
  bestPrice: number;
  stopIsTrailing = false;
  /** The bar inside which a stop or limit entry filled, and at what unadjusted price; -1 when at an open. */
  midBarEntry = -1;
  midBarPrice = NaN;

  constructor(
    public size: number,
    readonly entryBar: number,
    readonly entryPrice: number,
    /** Of the entry, in the quote currency. */
    public commission: number,
  ) {
    this.bestPrice = entryPrice;
  }

  get isLong(): boolean {
    return this.size > 0;
  }
}
