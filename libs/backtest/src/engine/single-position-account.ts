import type { Config } from './config.js';
import type { ExitReason } from './order.js';
import { TradeLog } from './trade-log.js';

/**
 * The account of a run that holds one trade at most: the figures of `Account` to the last bit, without a list
 * of trades to keep and without an object for each.
 *
 * Every field that changes holds a double from the start: as such it is changed in place.
 */
export class SinglePositionAccount {
  cash: number;
  readonly closed: TradeLog;
  /** Units held, signed; 0 without a trade. */
  position = -0;
  /** Position · entry price, which the equity at a price is short of position · price. */
  cost = -0;
  /** A margin call is due when a bar trades at or below / at or above these prices. */
  marginCallBelow = -0;
  marginCallAbove = Infinity;

  /** Of the open trade; the log asks for its bracket, which it never has. */
  entryBar = 0;
  entryPrice = NaN;
  readonly stopLoss = NaN;
  readonly takeProfit = NaN;
  #entryCommission = NaN;

  readonly #config: Config;

  constructor(config: Config, trades: number) {
    this.closed = new TradeLog(trades);
    this.#config = config;
    this.cash = config.initialCapital;
  }

  /** The trades that are still open: one or none. */
  get open(): readonly { readonly size: number; readonly entryBar: number; readonly entryPrice: number }[] {
    const { position: size, entryBar, entryPrice } = this;
    return size === 0 ? [] : [{ size, entryBar, entryPrice }];
  }

  equityAt(price: number): number {
    return this.cash + (this.position * price - this.cost);
  }

  /** Equity that the open trade's initial margin does not tie up, never below zero. */
  freeMarginAt(price: number): number {
    return Math.max(0, this.equityAt(price) - (Math.abs(this.position) * price) / this.#config.leverage);
  }

  /** Opens a trade; there must be none. */
  enter(size: number, bar: number, price: number): void {
    const { commissionFixed, commissionRelative, maintenanceMargin } = this.#config;
    const gross = Math.abs(size);
    const commission = commissionFixed + gross * price * commissionRelative;
    this.cash -= commission;
    this.position = size;
    this.cost = size * price;
    this.entryBar = bar;
    this.entryPrice = price;
    this.#entryCommission = commission;
    // As in `Account`: with a constant C and a slope N - mG the equity falls short where C + slope · p < 0.
    const constant = this.cash - this.cost;
    const slope = size - maintenanceMargin * gross;
    if (slope > 0) this.marginCallBelow = -constant / slope;
    else if (slope < 0) this.marginCallAbove = -constant / slope;
    else if (constant < 0) this.marginCallBelow = Infinity;
  }

  /** Closes the trade; there must be one. `lowest` and `highest` are of the bars held before that of the exit. */
  exit(bar: number, price: number, reason: ExitReason, lowest: number, highest: number): void {
    const { commissionFixed, commissionRelative } = this.#config;
    const size = this.position;
    const commission = commissionFixed + Math.abs(size) * price * commissionRelative;
    this.cash += size * (price - this.entryPrice) - commission;
    this.closed.add(this, size, this.#entryCommission, bar, price, commission, reason);
    this.closed.keepExtremes(lowest, highest);
    this.position = -0;
    this.cost = -0;
    this.marginCallBelow = -0;
    this.marginCallAbove = Infinity;
  }
}
