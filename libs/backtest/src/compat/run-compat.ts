import type { Candles } from '../candles.js';
import type { Trade } from '../engine/trade-log.js';
import type { BacktestRequest } from '../request.js';
import { simulate } from '../simulate.js';
import { compatStatistics, type CompatStatistics } from './compat-statistics.js';

/** A run by the reference's rules, in its units. */
export interface CompatResult {
  readonly trades: readonly Trade[];
  readonly equity: Float64Array;
  readonly stats: CompatStatistics;
  readonly extra: CompatStatistics;
  readonly cancelledForMargin: number;
  readonly ambiguousBars: number;
}

/**
 * Runs a backtest as the engine behind the reference results does.
 *
 * With `fractionalUnit` u (1e-8 for satoshis) prices are multiplied by u, sizes are whole numbers of u,
 * and the trades are restated in whole units and plain prices.
 */
export function runCompat(request: BacktestRequest, fractionalUnit: number | null = null): CompatResult {
  const unit = fractionalUnit ?? 1;
  const candles = scaledPrices(request.candles, unit);
  const { simulation, equity, warmUpBar } = simulate({ ...request, candles, compat: true });
  const trades = simulation.account.closed;
  if (unit !== 1) trades.restate(unit);
  const { commission = 0 } = request;
  const statistics = compatStatistics({
    time: candles.time,
    close: candles.close,
    equity,
    trades,
    warmUpBar,
    hasCommission: typeof commission !== 'number' || commission > 0,
  });
  const { rejected, ambiguousBars } = simulation.matchingEngine;
  const cancelledForMargin =
    (rejected.get('insufficient_margin') ?? 0) + (rejected.get('below_lot_step') ?? 0);
  return { trades: trades.toArray(), equity, ...statistics, cancelledForMargin, ambiguousBars };
}

function scaledPrices(candles: Candles, unit: number): Candles {
  if (unit === 1) return candles;
  const scaled = (prices: Float64Array): Float64Array => prices.map((price) => price * unit);
  const { open, high, low, close } = candles;
  return { ...candles, open: scaled(open), high: scaled(high), low: scaled(low), close: scaled(close) };
}
