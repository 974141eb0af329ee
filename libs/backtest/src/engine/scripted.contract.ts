import type { Candles } from '../candles.js';
import type { BacktestRequest } from '../request.js';
import { runBacktest, type BacktestResult } from '../run-backtest.js';
import type { Bar } from '../strategy.js';

/** Daily candles from rows of open, high, low, close; volume is 1. */
export function candlesOf(
  ...rows: (readonly [open: number, high: number, low: number, close: number])[]
): Candles {
  const column = (k: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(rows, (row) => row[k]);
  return {
    time: Float64Array.from(rows, (_, i) => Date.UTC(2024, 0, 1 + i)),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length).fill(1),
  };
}

/** Runs a strategy that does at the close of each bar what the script says for it, with 10,000 of capital. */
export function runScript(
  candles: Candles,
  script: Readonly<Record<number, (bar: Bar) => void>>,
  options: Partial<BacktestRequest> = {},
): BacktestResult {
  const strategy = {
    name: 'Scripted',
    requiresSignals: false,
    create: () => ({ init: () => [], next: (bar: Bar) => script[bar.index]?.(bar) }),
  };
  return runBacktest({ candles, strategy, initialCapital: 10_000, lotStep: 1, ...options });
}

/** The trades as rows of size, entry bar and price, exit bar and price, reason. */
export function tradeRows(result: BacktestResult): (string | number | null)[][] {
  return result.trades.map((t) => [t.size, t.entryBar, t.entryPrice, t.exitBar, t.exitPrice, t.exitReason]);
}
