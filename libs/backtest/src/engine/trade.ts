import type { ExitReason, Order } from './order.js';

/**
 * One position from its entry to its exit; a part that is closed early becomes a trade of its own.
 *
 * `size` is in units, negative for a short. Bars are indexes into the run's candles. Until the exit,
 * `exitBar` is -1 and `exitPrice`, `pnl` and `returnFraction` are NaN.
 */
export class Trade {
  exitBar = -1;
  exitPrice = NaN;
  /** In the quote currency, after both commissions. */
  pnl = NaN;
  /** `pnl` over the value at entry. */
  returnFraction = NaN;
  /** Commission paid so far, in the quote currency. */
  commission: number;
  exitReason: ExitReason | null = null;

  /** The live protective orders. */
  stopOrder: Order | null = null;
  targetOrder: Order | null = null;
  /** The last stop loss and take profit it had; NaN without. */
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
    public entryBar: number,
    public entryPrice: number,
    entryCommission: number,
  ) {
    this.commission = entryCommission;
    this.bestPrice = entryPrice;
  }

  /** Restates its bars relative to another first bar. */
  shiftBars(by: number): void {
    this.entryBar += by;
    if (this.exitBar >= 0) this.exitBar += by;
  }

  /** Restates size and prices from multiples of `unit` into whole units; money stays what it is. */
  restate(unit: number): void {
    this.size *= unit;
    this.entryPrice /= unit;
    this.exitPrice /= unit;
    this.stopLoss /= unit;
    this.takeProfit /= unit;
  }

  get isLong(): boolean {
    return this.size > 0;
  }
}
