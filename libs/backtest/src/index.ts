export * from './candles.js';
export { checkCandles, type CandleFindings } from './check-candles.js';
export { runCompat, type CompatResult } from './compat/run-compat.js';
export type { CompatStatistics } from './compat/compat-statistics.js';
export { dayCounter, type DayProgress } from './day-counter.js';
export { engineVersion } from './engine-version.js';
export type { ExitReason, OrderRequest, OrderSize, RejectReason } from './engine/order.js';
export type { OpenTrade } from './engine/order.js';
export type { Trade } from './engine/trade-log.js';
export { BacktestInputError, type BacktestInputErrorCode } from './errors.js';
export * from './indicators/index.js';
export type { BacktestRequest } from './request.js';
export {
  defaultCurvePoints,
  toResultDocument,
  type PerformanceDocument,
  type ResultDocument,
  type TradeDocument,
} from './result-document.js';
export {
  runBacktest,
  runTargets,
  type BacktestResult,
  type Counters,
  type TargetRequest,
} from './run-backtest.js';
export type { MonthlyReturn } from './statistics/monthly.js';
export type { Performance } from './statistics/performance.js';
export { strategies } from './strategies/index.js';
export {
  defineStrategy,
  type Bar,
  type RunnableStrategy,
  type Strategy,
  type StrategyDefinition,
  type StrategyInputs,
} from './strategy.js';

export { parseCsv, type ParsedCsv } from './parse-csv.js';
export { checkLookAhead, type LookAheadReport, type LookAheadViolation } from './look-ahead.js';
export * from './sweep/index.js';
export { periodReturnsOf } from './statistics/result-returns.js';
