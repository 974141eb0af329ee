import type { Config } from './config.js';
import { type ExitReason, OpenTrade } from './order.js';
import { TradeLog } from './trade-log.js';

/**
 * The account: cash, open trades and closed trades, and the margin that follows from them.
 *
 * `cash` is the capital plus everything realised so far (entry commissions included), so the equity
 * at a price is `cash + (Σ size · price - Σ size · entry)`. All money is in the quote currency.
 */
export class Account {
  cash = NaN;
  readonly open: OpenTrade[] = [];
  readonly closed = new TradeLog();
  /** Units held, signed. */
  position = 0;
  /** Units held, longs and shorts alike. */
  #gross = 0;
  /** Σ size · entry price. */
  #cost = 0;
  /** A margin call is due when a bar trades at or below / at or above these prices. */
  marginCallBelow = 0;
  marginCallAbove = Infinity;

  readonly #config: Config;
  readonly #watchMargin: boolean;

  constructor(config: Config, watchMargin: boolean) {
    this.#config = config;
    this.cash = config.initialCapital;
    this.#watchMargin = watchMargin;
  }

  equityAt(price: number): number {
    return this.cash + (this.position * price - this.#cost);
  }

  /** Σ size · entry price of the open trades, which the equity at a price is short of Σ size · price. */
  get cost(): number {
    return this.#cost;
  }

  /** Equity that no open trade's initial margin ties up, never below zero. */
  freeMarginAt(price: number): number {
    return Math.max(0, this.equityAt(price) - (this.#gross * price) / this.#config.leverage);
  }

  /** Commission on one fill. */
  commission(units: number, price: number): number {
    return this.#config.commissionFixed + Math.abs(units) * price * this.#config.commissionRelative;
  }

  enter(size: number, bar: number, price: number): OpenTrade {
    const commission = this.commission(size, price);
    const trade = new OpenTrade(size, bar, price, commission);
    this.cash -= commission;
    this.open.push(trade);
    this.#refresh();
    return trade;
  }

  /** Closes a whole open trade. */
  exit(trade: OpenTrade, bar: number, price: number, reason: ExitReason): void {
    if (this.open.at(-1) === trade) this.open.pop();
    else this.open.splice(this.open.indexOf(trade), 1);
    this.#settle(trade, trade.size, trade.commission, bar, price, reason);
  }

  /** Closes `units` of an open trade; the rest stays open with its bracket and its share of the commission. */
  reduce(trade: OpenTrade, units: number, bar: number, price: number, reason: ExitReason): void {
    const commission = (trade.commission * units) / Math.abs(trade.size);
    const size = Math.sign(trade.size) * units;
    trade.size -= size;
    trade.commission -= commission;
    this.#settle(trade, size, commission, bar, price, reason);
  }

  #settle(
    trade: OpenTrade,
    size: number,
    entryCommission: number,
    bar: number,
    price: number,
    reason: ExitReason,
  ): void {
    const exitCommission = this.commission(size, price);
    this.cash += size * (price - trade.entryPrice) - exitCommission;
    this.closed.add(trade, size, entryCommission, bar, price, exitCommission, reason);
    this.#refresh();
  }

  /**
   * Recomputes what hangs on the set of open trades.
   *
   * With C = cash - Σ size·entry, N = Σ size, G = Σ |size| and the maintenance fraction m, the equity
   * C + N·p falls short of m·G·p where C + (N - mG)·p < 0.
   */
  #refresh(): void {
    this.position = 0;
    this.#gross = 0;
    this.#cost = 0;
    for (const { size, entryPrice } of this.open) {
      this.position += size;
      this.#gross += Math.abs(size);
      this.#cost += size * entryPrice;
    }
    this.marginCallBelow = 0;
    this.marginCallAbove = Infinity;
    if (!this.#watchMargin || this.#gross === 0) return;
    const constant = this.cash - this.#cost;
    const slope = this.position - this.#config.maintenanceMargin * this.#gross;
    if (slope > 0) this.marginCallBelow = -constant / slope;
    else if (slope < 0) this.marginCallAbove = -constant / slope;
    else if (constant < 0) this.marginCallBelow = Infinity;
  }
}
