import type { Trade } from './engine/trade-log.js';
import type { BacktestResult, Counters } from './run-backtest.js';
import type { MonthlyReturn } from './statistics/monthly.js';
import type { Performance } from './statistics/performance.js';

/** `totalReturn` becomes `total_return`. */
type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? Head extends Uppercase<Head>
    ? Head extends Lowercase<Head>
      ? `${Head}${SnakeCase<Tail>}`
      : `_${Lowercase<Head>}${SnakeCase<Tail>}`
    : `${Head}${SnakeCase<Tail>}`
  : Name;

/** The performance as it goes over the wire. */
export type PerformanceDocument = { [Name in keyof Performance as SnakeCase<Name>]: Performance[Name] };

export interface TradeDocument {
  entry_time: string;
  exit_time: string;
  direction: 'long' | 'short';
  size: number;
  entry_price: number;
  exit_price: number;
  pnl: number;
  return: number | null;
  commission: number;
  exit_reason: string;
  bars: number;
}

/** A result as JSON: times are ISO-8601 in UTC, fractions are of 1, undefined statistics are null. */
export interface ResultDocument {
  engine_version: string;
  seed: number;
  performance: PerformanceDocument;
  equity_curve: { time: string; equity: number }[];
  drawdown_curve: { time: string; drawdown: number }[];
  benchmark_curve: { time: string; equity: number }[];
  trades: TradeDocument[];
  open_trades: { entry_time: string; direction: 'long' | 'short'; size: number; entry_price: number }[];
  monthly_returns: MonthlyReturn[];
  counters: { rejected_orders: Counters['rejectedOrders']; ambiguous_bars: number; margin_calls: number };
  warnings: string[];
}

/** Most points a curve has when nothing else is asked for. */
export const defaultCurvePoints = 2000;

/**
 * The wire shape of a result.
 *
 * Curves longer than `maxPoints` (default 2,000) are thinned to the first and last bar and, from each of
 * equal stretches, the lowest and highest equity, so that no peak or trough is lost; pass Infinity for
 * every bar. All three curves keep the same bars.
 */
export function toResultDocument(
  result: BacktestResult,
  options: { readonly maxPoints?: number } = {},
): ResultDocument {
  const { time, equity, drawdown, benchmark, performance, counters } = result;
  const bars = thinnedBars(equity, drawdown, options.maxPoints ?? defaultCurvePoints);
  return {
    engine_version: result.engineVersion,
    seed: result.seed,
    performance: snakeCased(performance),
    equity_curve: bars.map((i) => ({ time: isoTime(time[i]!), equity: equity[i]! })),
    drawdown_curve: bars.map((i) => ({ time: isoTime(time[i]!), drawdown: drawdown[i]! })),
    benchmark_curve: bars.map((i) => ({ time: isoTime(time[i]!), equity: benchmark[i]! })),
    trades: result.trades.map((trade) => tradeDocument(trade, time)),
    open_trades: result.openTrades.map((trade) => ({
      entry_time: isoTime(time[trade.entryBar]!),
      direction: trade.size > 0 ? 'long' : 'short',
      size: Math.abs(trade.size),
      entry_price: trade.entryPrice,
    })),
    monthly_returns: [...result.monthlyReturns],
    counters: {
      rejected_orders: counters.rejectedOrders,
      ambiguous_bars: counters.ambiguousBars,
      margin_calls: counters.marginCalls,
    },
    warnings: [...result.warnings],
  };
}

function tradeDocument(trade: Trade, time: Float64Array): TradeDocument {
  return {
    entry_time: isoTime(time[trade.entryBar]!),
    exit_time: isoTime(time[trade.exitBar]!),
    direction: trade.size > 0 ? 'long' : 'short',
    size: Math.abs(trade.size),
    entry_price: trade.entryPrice,
    exit_price: trade.exitPrice,
    pnl: trade.pnl,
    return: Number.isFinite(trade.returnFraction) ? trade.returnFraction : null,
    commission: trade.commission,
    exit_reason: trade.exitReason,
    bars: trade.exitBar - trade.entryBar,
  };
}

/** Bars to keep, ascending: the ends, and from each stretch the extremes of equity and the deepest drawdown. */
function thinnedBars(equity: Float64Array, drawdown: Float64Array, maxPoints: number): number[] {
  const n = equity.length;
  if (n <= maxPoints) return Array.from({ length: n }, (_, i) => i);
  const kept = new Set([0, n - 1]);
  const stretches = Math.max(1, Math.floor((maxPoints - 2) / 3));
  for (let s = 0; s < stretches; s++) {
    const to = Math.floor(((s + 1) * n) / stretches);
    let low = Math.floor((s * n) / stretches);
    let high = low;
    let deep = low;
    for (let i = low + 1; i < to; i++) {
      if (equity[i]! < equity[low]!) low = i;
      if (equity[i]! > equity[high]!) high = i;
      if (drawdown[i]! > drawdown[deep]!) deep = i;
    }
    kept.add(low).add(high).add(deep);
  }
  return [...kept].sort((a, b) => a - b);
}

function snakeCased(performance: Performance): PerformanceDocument {
  return Object.fromEntries(
    Object.entries(performance).map(([name, value]) => [
      name.replace(/[A-Z]/g, (part) => `_${part.toLowerCase()}`),
      value,
    ]),
  ) as unknown as PerformanceDocument;
}

const isoTime = (ms: number): string => new Date(ms).toISOString();
