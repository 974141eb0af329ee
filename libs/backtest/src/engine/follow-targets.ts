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
  targets: Float64Array | Int8Array,
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

  function endInRuin(bar: number): TargetRun {
    leave(bar, close[bar]!, 'margin_call');
    equity.fill(book.cash, bar);
    return { rejected, marginCalls, ruinedAt: bar };
  }

  for (let i = first; i < n;) {
    if (isDue) {
      leave(i, open[i]!, 'signal');
      if (last !== 0) enter(last > 0 ? 1 : -1, i);
    }
    // Nothing is decided before the target changes: up to there each step is one loop of its own.
    let change = i;
    while (change < n && isSame(targets[change]!, last)) change++;
    const end = Math.min(change + 1, n);
    const called = book.firstMarginCall(low, high, i, end);
    let ruinedAt = book.mark(close, equity, i, called);
    if (ruinedAt < called) return endInRuin(ruinedAt);
    if (called < end) {
      const { callBelow, callAbove } = book;
      const isBelow = low[called]! <= callBelow;
      leave(
        called,
        isBelow ? Math.min(open[called]!, callBelow) : Math.max(open[called]!, callAbove),
        'margin_call',
      );
      marginCalls++;
      ruinedAt = book.mark(close, equity, called, end);
      if (ruinedAt < end) return endInRuin(ruinedAt);
    }
    i = end;
    isDue = change < n;
    if (isDue) last = targets[change]!;
  }
  if (config.finalise && n > first) {
    leave(n - 1, close[n - 1]!, 'end_of_data');
    equity[n - 1] = book.equityAt(close[n - 1]!);
  }
  return { rejected, marginCalls, ruinedAt: -1 };
}

/** Whether a target asks for nothing new. */
function isSame(target: number, last: number): boolean {
  return target === last || Number.isNaN(target);
}

function marketOrder(side: Side): Order {
  return new Order('entry', side, null, NaN, NaN, NaN, NaN, NaN, null);
}
