import type { Candles } from '../candles.js';
import type { Account } from './account.js';
import type { Config } from './config.js';
import { Order, type ExitReason, type RejectReason, type Side, type OpenTrade } from './order.js';
import type { OrderQueue } from './order-queue.js';
import type { Rules } from './rules.js';
import { fixedFee, floorToLot, requestedUnits, unitCost } from './sizing.js';

/** Decides which orders fill on a bar and at what price, and carries the fills out on the account. */
export class MatchingEngine {
  readonly rejected = new Map<RejectReason, number>();
  /** Bars whose range allows two orders of events with different outcomes, so the worse was taken. */
  ambiguousBars = 0;
  marginCalls = 0;

  readonly #open: Float64Array;
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  readonly #config: Config;
  readonly #rules: Rules;
  readonly #account: Account;
  readonly #queue: OrderQueue;
  #trailing = 0;
  #lastAmbiguousBar = -1;
  #processAgain = false;

  constructor(candles: Candles, config: Config, rules: Rules, account: Account, queue: OrderQueue) {
    this.#open = candles.open;
    this.#high = candles.high;
    this.#low = candles.low;
    this.#close = candles.close;
    this.#config = config;
    this.#rules = rules;
    this.#account = account;
    this.#queue = queue;
  }

  reject(reason: RejectReason): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }

  /** Fills what fills on bar i. An entry with a bracket has the whole bar tried again. */
  process(i: number): void {
    let again = true;
    while (again) again = this.#tryAll(i);
  }

  #tryAll(i: number): boolean {
    this.#processAgain = false;
    const count = this.#queue.length;
    const orders = this.#queue.snapshot();
    if (this.#rules.fillOrder === 'market_first') {
      for (let k = 0; k < count; k++) {
        const order = orders[k]!;
        if (order.alive && order.isMarket) this.#tryFill(order, i);
      }
    }
    for (let k = 0; k < count; k++) {
      if (orders[k]!.alive) this.#tryFill(orders[k]!, i);
    }
    return this.#processAgain;
  }

  /** What the open trades need at the end of bar i beside their orders: margin watched, trailing stops moved. */
  checkMarginAndTrailingStops(i: number): void {
    const { marginCallBelow, marginCallAbove } = this.#account;
    if (this.#low[i]! <= marginCallBelow) this.#callMargin(i, Math.min(this.#open[i]!, marginCallBelow));
    else if (this.#high[i]! >= marginCallAbove)
      this.#callMargin(i, Math.max(this.#open[i]!, marginCallAbove));
    if (this.#trailing > 0) this.#moveTrailingStops(i);
  }

  /** Closes every open trade at this price, the last first, and drops every order. */
  closeAll(bar: number, price: number, reason: ExitReason): void {
    const { open } = this.#account;
    for (let k = open.length - 1; k >= 0; k--) {
      const trade = open[k]!;
      this.#exit(trade, bar, this.#slipped(price, trade.isLong ? -1 : 1), reason);
    }
    this.#queue.clear();
  }

  /** Sets or moves the stop loss of an open trade; it is tried from the next bar on. */
  setStopLoss(trade: OpenTrade, price: number, isTrailing: boolean): void {
    if (trade.trailing !== null) trade.trailing.isInPlace = isTrailing;
    if (trade.stopOrder !== null) {
      trade.stopOrder.stop = price;
      return;
    }
    trade.stopOrder = new Order('stop_loss', trade.isLong ? -1 : 1, null, NaN, price, NaN, NaN, NaN, trade);
    this.#queue.addFirst(trade.stopOrder);
  }

  #tryFill(order: Order, i: number): void {
    if (order.activeFrom > i) return;
    const wasMarket = order.isMarket;
    const wasLimit = !Number.isNaN(order.limit);
    const price = this.#fillPrice(order, i);
    if (Number.isNaN(price)) return;
    this.#queue.remove(order);
    const bar = wasMarket && this.#config.tradeOnClose ? i - 1 : i;
    const slipped = wasLimit ? price : this.#slipped(price, order.side);
    if (order.trade !== null) {
      this.#fillExit(order, order.trade, bar, slipped);
      return;
    }
    const trade = this.#fillEntry(order, i, bar, price, slipped);
    if (trade === null) return;
    this.#attachBracket(order, trade);
    if (trade.stopOrder === null && trade.targetOrder === null) return;
    if (wasMarket) this.#processAgain = true;
    else if (this.#rules.bracketOnEntryBar === 'next_bar') this.#bracketFromNextBar(trade, wasLimit, i);
    else this.#bracketInsideBar(trade, wasLimit, i);
  }

  /** The price at which the order fills on bar i before slippage and spread; NaN when it does not. */
  #fillPrice(order: Order, i: number): number {
    const { stop, limit, trade } = order;
    const isBuy = order.side > 0;
    const high = this.#high[i]!;
    const low = this.#low[i]!;
    const open = trade === null ? this.#open[i]! : this.#openFor(trade, i);
    if (!Number.isNaN(stop)) {
      if (isBuy ? high < stop : low > stop) return NaN;
      const triggered = isBuy ? Math.max(open, stop) : Math.min(open, stop);
      if (Number.isNaN(limit)) {
        return order.kind === 'stop_loss' && this.#targetCameFirst(trade!, stop, open, i) ? NaN : triggered;
      }
      order.stop = NaN; // Triggered: a limit order from here on.
      if (isBuy ? triggered <= limit : triggered >= limit) return triggered;
      if (isBuy ? low <= limit : high >= limit) this.#countAmbiguous(i);
      return NaN;
    }
    if (!Number.isNaN(limit)) {
      if (isBuy ? low > limit : high < limit) return NaN;
      return isBuy ? Math.min(open, limit) : Math.max(open, limit);
    }
    return this.#config.tradeOnClose ? this.#close[i - 1]! : open;
  }

  /** Where bar i begins for a trade: its open, or the entry when that happened inside this bar. */
  #openFor(trade: OpenTrade, i: number): number {
    return trade.intrabarEntry?.bar === i ? trade.intrabarEntry.price : this.#open[i]!;
  }

  /**
   * Whether a stop loss in reach stands back because the take profit already filled at the open. When
   * both lie inside the bar their order is unknown: the bar is counted and the stop is taken.
   */
  #targetCameFirst(trade: OpenTrade, stop: number, open: number, i: number): boolean {
    const target = trade.targetOrder;
    if (target === null || target.activeFrom > i || this.#rules.fillOrder === 'queue') return false;
    if (trade.isLong ? open >= target.limit : open <= target.limit) return true;
    const stoppedAtOpen = trade.isLong ? open <= stop : open >= stop;
    const targetInReach = trade.isLong ? this.#high[i]! >= target.limit : this.#low[i]! <= target.limit;
    if (!stoppedAtOpen && targetInReach) this.#countAmbiguous(i);
    return false;
  }

  #countAmbiguous(i: number): void {
    if (this.#lastAmbiguousBar === i) return;
    this.#lastAmbiguousBar = i;
    this.ambiguousBars++;
  }

  #slipped(price: number, side: Side): number {
    return price * (1 + side * this.#config.slippage);
  }

  #fillExit(order: Order, trade: OpenTrade, bar: number, price: number): void {
    const reason =
      order.kind === 'take_profit' ? 'take_profit' : order.kind === 'close' ? 'signal' : stopReason(trade);
    const held = Math.abs(trade.size);
    if (order.units >= held) this.#exit(trade, bar, price, reason);
    else this.#account.reduce(trade, order.units, bar, price, reason);
  }

  #exit(trade: OpenTrade, bar: number, price: number, reason: ExitReason): void {
    this.#queue.removeOf(trade);
    if (trade.trailing !== null) this.#trailing--;
    this.#account.exit(trade, bar, price, reason);
  }

  #fillEntry(order: Order, i: number, bar: number, price: number, slipped: number): OpenTrade | null {
    const account = this.#account;
    const config = this.#config;
    const rules = this.#rules;
    const entryPrice = slipped * (1 + order.side * config.spread);
    const mark = rules.sizingMark === 'close' ? this.#close[i]! : price;
    const cost = unitCost(order, entryPrice, slipped, config, rules);
    let need = requestedUnits(order, entryPrice, cost, mark, account, config, rules);
    if (!(need > 0)) {
      this.reject(Number.isNaN(need) ? 'risk_needs_stop_loss' : this.#emptyReason(mark));
      return null;
    }
    if (!config.hedging) need = this.#net(order, need, bar, slipped);
    if (need === 0) return null;
    const budget = account.freeMarginAt(mark) * config.leverage - fixedFee(config, rules);
    if (need * cost > budget) {
      const affordable = floorToLot(budget / cost, config.lotStep);
      const isFixed = (order.size ?? config.sizing).units !== undefined;
      if (isFixed || rules.fractionOf === 'free_margin' || affordable === 0) {
        this.reject('insufficient_margin');
        return null;
      }
      need = affordable;
    }
    const trade = account.enter(order.side * need, bar, entryPrice);
    if (!order.isMarket) trade.intrabarEntry = { bar: i, price };
    return trade;
  }

  #emptyReason(mark: number): RejectReason {
    return this.#account.freeMarginAt(mark) > 0 ? 'below_lot_step' : 'insufficient_margin';
  }

  /** Closes opposite trades, the oldest first, with up to `need` units; returns what remains to open. */
  #net(order: Order, need: number, bar: number, price: number): number {
    const { open } = this.#account;
    for (let k = 0; k < open.length && need > 0;) {
      const trade = open[k]!;
      const held = Math.abs(trade.size);
      if (trade.size * order.side > 0) {
        k++;
      } else if (need >= held) {
        this.#exit(trade, bar, price, 'opposite_entry');
        need = floorToLot(need - held + this.#config.lotStep / 2, this.#config.lotStep);
      } else {
        this.#account.reduce(trade, need, bar, price, 'opposite_entry');
        need = 0;
      }
    }
    return need;
  }

  #attachBracket(order: Order, trade: OpenTrade): void {
    const side: Side = trade.isLong ? -1 : 1;
    if (!Number.isNaN(order.takeProfit)) {
      trade.targetOrder = new Order('take_profit', side, null, order.takeProfit, NaN, NaN, NaN, NaN, trade);
      this.#queue.addLast(trade.targetOrder);
    }
    if (!Number.isNaN(order.stopLoss)) this.setStopLoss(trade, order.stopLoss, false);
    if (!Number.isNaN(order.trailingStop)) {
      trade.trailing = { distance: order.trailingStop, best: trade.entryPrice, isInPlace: false };
      this.#trailing++;
      this.#tightenTo(trade, trade.entryPrice * (1 + side * order.trailingStop));
    }
  }

  /**
   * A stop or limit entry filled inside bar i. On its way to a limit the price went on to a stop loss
   * beyond it, and on its way through a stop to a take profit beyond that, so these fill on this bar.
   * The opposite pair may have been touched before the entry: a stop loss counts, a take profit waits,
   * unless the close shows that the price ended beyond it.
   */
  #bracketInsideBar(trade: OpenTrade, wasLimit: boolean, i: number): void {
    this.#processAgain = true;
    if (trade.intrabarEntry?.price === this.#open[i]) return; // The whole bar came after the entry.
    const close = this.#close[i]!;
    const target = trade.targetOrder;
    if (wasLimit && target !== null && (trade.isLong ? close < target.limit : close > target.limit)) {
      target.activeFrom = i + 1;
      if (trade.isLong ? this.#high[i]! >= target.limit : this.#low[i]! <= target.limit)
        this.#countAmbiguous(i);
    }
    const stop = trade.stopOrder?.stop ?? NaN;
    const isInReach = trade.isLong ? this.#low[i]! <= stop : this.#high[i]! >= stop;
    if (!wasLimit && isInReach && (trade.isLong ? close > stop : close < stop)) this.#countAmbiguous(i);
  }

  /** As above, but the bracket waits for the next bar unless a stop entry has its target alone in reach. */
  #bracketFromNextBar(trade: OpenTrade, wasLimit: boolean, i: number): void {
    const high = this.#high[i]!;
    const low = this.#low[i]!;
    const { stopLoss, takeProfit } = trade;
    const isStopHit = trade.isLong ? low <= stopLoss : high >= stopLoss;
    const isTargetHit = trade.isLong ? high >= takeProfit : low <= takeProfit;
    if (!wasLimit && isTargetHit && !isStopHit) this.#processAgain = true;
    else if (isStopHit || isTargetHit) this.ambiguousBars++;
  }

  #callMargin(i: number, price: number): void {
    this.marginCalls++;
    this.closeAll(i, price, 'margin_call');
  }

  #moveTrailingStops(i: number): void {
    for (const trade of this.#account.open) {
      const { trailing } = trade;
      if (trailing === null) continue;
      // Inside its entry bar only the close is known to come after the entry.
      const reached = trade.intrabarEntry?.bar === i ? this.#close : trade.isLong ? this.#high : this.#low;
      trailing.best = trade.isLong
        ? Math.max(trailing.best, reached[i]!)
        : Math.min(trailing.best, reached[i]!);
      this.#tightenTo(trade, trailing.best * (1 - Math.sign(trade.size) * trailing.distance));
    }
  }

  /** Moves the stop loss to this price when that is tighter than the one in place. */
  #tightenTo(trade: OpenTrade, price: number): void {
    const present = trade.stopLoss;
    const isTighter = Number.isNaN(present) || (trade.isLong ? price > present : price < present);
    if (isTighter) this.setStopLoss(trade, price, true);
  }
}

function stopReason(trade: OpenTrade): ExitReason {
  return trade.trailing?.isInPlace ? 'trailing_stop' : 'stop_loss';
}
