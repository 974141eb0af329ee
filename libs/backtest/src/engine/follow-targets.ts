import type { Candles } from '../candles.js';
import type { Config } from './config.js';
import { Order, type ExitReason, type RejectReason, type Side } from './order.js';
import { standardRules } from './rules.js';
import { fixedFee, floorToLot, requestedUnits, unitCost } from './sizing.js';
import type { SinglePositionAccount } from './single-position-account.js';

/** What a run along targets leaves behind beside the account and the equity. */
export interface TargetRun {
  readonly rejected: ReadonlyMap<RejectReason, number>;
  readonly marginCalls: number;
  /** The bar at whose close the equity was gone; -1 when it never was. */
  readonly bankruptAtBar: number;
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
  account: SinglePositionAccount,
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

  // Of the bars that the open trade was held for before the one it leaves on. Passed on, never captured: a
  // number that a closure shares would be allocated anew at every bar.
  let lowest = Infinity;
  let highest = -Infinity;

  function leave(bar: number, price: number, reason: ExitReason, lowest: number, highest: number): void {
    const { position } = account;
    if (position === 0) return;
    account.exit(bar, price * (1 - Math.sign(position) * slippage), reason, lowest, highest);
  }

  function enter(side: Side, bar: number): void {
    const price = open[bar]!;
    const slipped = price * (1 + side * slippage);
    const entryPrice = slipped * (1 + side * spread);
    const order = side > 0 ? orders.long : orders.short;
    const cost = unitCost(order, entryPrice, slipped, config, standardRules);
    const wanted = requestedUnits(order, entryPrice, cost, price, account, config, standardRules);
    const budget = account.freeMarginAt(price) * leverage - fee;
    const units = wanted * cost > budget ? floorToLot(budget / cost, lotStep) : wanted;
    if (units > 0) {
      account.enter(side * units, bar, entryPrice);
      return;
    }
    const reason = wanted === 0 && budget > -fee ? 'below_lot_step' : 'insufficient_margin';
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  }

  function endInRuin(bar: number, lowest: number, highest: number): TargetRun {
    leave(bar, close[bar]!, 'margin_call', lowest, highest);
    equity.fill(account.cash, bar);
    return { rejected, marginCalls, bankruptAtBar: bar };
  }

  for (let i = first; i < n;) {
    if (isDue) {
      leave(i, open[i]!, 'signal', lowest, highest);
      lowest = Infinity;
      highest = -Infinity;
      if (last !== 0) enter(last > 0 ? 1 : -1, i);
      isDue = false;
    }
    // Up to the next change of the target nothing is decided: one tight loop, and the account stands still.
    const { cash, position, cost, marginCallBelow, marginCallAbove } = account;
    let isCalled = false;
    let bar = i;
    for (; bar < n; bar++) {
      const lowOfBar = low[bar]!;
      const highOfBar = high[bar]!;
      const value = cash + (position * close[bar]! - cost);
      // A call is due at prices that no earlier bar of the trade has reached: an ordinary bar needs no other look.
      if (lowOfBar < lowest || highOfBar > highest || value <= 0) {
        if (lowOfBar <= marginCallBelow || highOfBar >= marginCallAbove) {
          isCalled = true;
          break;
        }
        if (value <= 0) return endInRuin(bar, lowest, highest);
        if (bar < n - 1) {
          if (lowOfBar < lowest) lowest = lowOfBar;
          if (highOfBar > highest) highest = highOfBar;
        }
      }
      equity[bar] = value;
      if (!isSame(targets[bar]!, last)) {
        isDue = true;
        break;
      }
    }
    if (isCalled) {
      const isBelow = low[bar]! <= marginCallBelow;
      leave(
        bar,
        isBelow ? Math.min(open[bar]!, marginCallBelow) : Math.max(open[bar]!, marginCallAbove),
        'margin_call',
        lowest,
        highest,
      );
      marginCalls++;
      i = bar;
    } else {
      if (isDue) last = targets[bar]!;
      i = bar + 1;
    }
  }
  if (config.finalise && n > first) {
    leave(n - 1, close[n - 1]!, 'end_of_data', lowest, highest);
    equity[n - 1] = account.equityAt(close[n - 1]!);
  }
  return { rejected, marginCalls, bankruptAtBar: -1 };
}

/** Whether a target asks for nothing new. */
function isSame(target: number, last: number): boolean {
  return target === last || Number.isNaN(target);
}

function marketOrder(side: Side): Order {
  return new Order('entry', side, null, NaN, NaN, NaN, NaN, NaN, null);
}
