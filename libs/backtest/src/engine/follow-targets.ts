import type { Candles } from '../candles.js';
import type { Book } from './book.js';
import type { Config } from './config.js';
import { Order, type RejectReason, type Side } from './order.js';
import { standardRules } from './rules.js';
import { fixedFee, floorToLot, requestedUnits, unitCost } from './sizing.js';

/** What a run along targets leaves behind beside the book and the equity. */
export interface TargetRun {
  readonly rejected: ReadonlyMap<RejectReason, number>;
  readonly marginCalls: number;
  /** The bar at whose close the equity was gone; -1 when it never was. */
  readonly ruinedAt: number;
}

/**
 * Trades a target position for every bar without orders in between: what the standard rules do with
 * exclusive market orders alone, at a fraction of their cost.
 *
 * `targets[i]` is 1, -1 or 0, known at the close of bar i and traded at the next open; NaN leaves the last
 * one standing. Writes the equity at each close from bar `first` on.
 */
export function followTargets(
  candles: Candles,
  targets: Float64Array,
  first: number,
  config: Config,
  book: Book,
  equity: Float64Array,
): TargetRun {
  const { open, high, low, close } = candles;
  const { slippage, spread, lotStep, leverage } = config;
  const fee = fixedFee(config, standardRules);
  const orders = { long: marketOrder(1), short: marketOrder(-1) };
  const rejected = new Map<RejectReason, number>();
  const n = close.length;
  let marginCalls = 0;
  let last = 0;
  let isDue = false;

  function leave(bar: number, price: number, reason: 'signal' | 'margin_call' | 'end_of_data'): void {
    const trade = book.open[0];
    if (trade !== undefined) book.exit(trade, bar, price * (1 - Math.sign(trade.size) * slippage), reason);
  }

  function enter(side: Side, bar: number): void {
    const price = open[bar]!;
    const slipped = price * (1 + side * slippage);
    const entryPrice = slipped * (1 + side * spread);
    const order = side > 0 ? orders.long : orders.short;
    const cost = unitCost(order, entryPrice, slipped, config, standardRules);
    const wanted = requestedUnits(order, entryPrice, cost, price, book, config, standardRules);
    const budget = book.freeMarginAt(price) * leverage - fee;
    const units = wanted * cost > budget ? floorToLot(budget / cost, lotStep) : wanted;
    if (units > 0) {
      book.enter(side * units, bar, entryPrice);
      return;
    }
    const reason = wanted === 0 && budget > -fee ? 'below_lot_step' : 'insufficient_margin';
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  }

  for (let i = first; i < n; i++) {
    if (isDue) {
      isDue = false;
      leave(i, open[i]!, 'signal');
      if (last !== 0) enter(last > 0 ? 1 : -1, i);
    }
    if (low[i]! <= book.callBelow) {
      leave(i, Math.min(open[i]!, book.callBelow), 'margin_call');
      marginCalls++;
    } else if (high[i]! >= book.callAbove) {
      leave(i, Math.max(open[i]!, book.callAbove), 'margin_call');
      marginCalls++;
    }
    const value = book.equityAt(close[i]!);
    equity[i] = value;
    if (value <= 0) {
      leave(i, close[i]!, 'margin_call');
      equity.fill(book.cash, i);
      return { rejected, marginCalls, ruinedAt: i };
    }
    const target = targets[i]!;
    if (target !== last && !Number.isNaN(target)) {
      last = target;
      isDue = true;
    }
  }
  if (config.finalise && n > first) {
    leave(n - 1, close[n - 1]!, 'end_of_data');
    equity[n - 1] = book.equityAt(close[n - 1]!);
  }
  return { rejected, marginCalls, ruinedAt: -1 };
}

function marketOrder(side: Side): Order {
  return new Order('entry', side, null, NaN, NaN, NaN, NaN, NaN, null);
}
