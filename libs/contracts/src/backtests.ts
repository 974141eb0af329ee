import { z } from 'zod';
import { dateOrInstant, instant, pageQuery, symbol, timeframe } from './primitives.js';
import { taskError, taskStatus } from './tasks.js';

const fraction = z.number().min(0).max(0.2);

function endsAfterStart(body: { start_date: string; end_date: string }): boolean {
  return Date.parse(body.end_date) > Date.parse(body.start_date);
}
const endAfterStart = { path: ['end_date'], message: 'must be after start_date' };

const runFields = {
  strategy: z.string().min(1).max(64),
  symbol,
  start_date: dateOrInstant,
  end_date: dateOrInstant,
  initial_capital: z.number().positive().max(1e12),
  timeframe: timeframe.default('1h'),
  commission: fraction.default(0.001).describe('fraction of the traded value, charged on each fill'),
  slippage: fraction.default(0).describe('fraction of the price, always against the trader'),
  spread: fraction.default(0).describe('fraction of the price between bid and ask, paid at entry'),
  size: z.number().positive().max(1).default(1).describe('fraction of the equity put into each entry'),
  leverage: z.number().min(1).max(100).default(1),
  trade_on_close: z.boolean().default(false),
  params: z.record(z.string().max(64), z.unknown()).default({}),
  model_id: z.uuid().optional(),
  allow_leakage: z.boolean().default(false),
  priority: z.number().int().min(-100).max(0).default(0),
  title: z.string().trim().max(200).optional(),
};

export const backtestRunRequest = z.strictObject(runFields).refine(endsAfterStart, endAfterStart);
export type BacktestRunRequest = z.infer<typeof backtestRunRequest>;

export const backtestAccepted = z.object({
  status: z.enum(['running', 'queued']),
  backtest_id: z.string(),
  message: z.string(),
});
export type BacktestAccepted = z.infer<typeof backtestAccepted>;

/** Statistics of a run; a statistic that is undefined for it is null. */
export const performance = z.looseObject({ total_return: z.number().nullable() });

export const closedTrade = z.object({
  entry_time: instant,
  exit_time: instant,
  direction: z.enum(['long', 'short']),
  size: z.number(),
  entry_price: z.number(),
  exit_price: z.number(),
  pnl: z.number(),
  return: z.number().nullable(),
  commission: z.number(),
  exit_reason: z.string(),
  bars: z.number().int(),
});
export type ClosedTrade = z.infer<typeof closedTrade>;

export const backtestSummary = z.object({
  backtest_id: z.string(),
  status: taskStatus,
  title: z.string().nullable(),
  notes: z.string().nullable(),
  request: z.record(z.string(), z.unknown()),
  created_at: instant,
  duration_s: z.number().nullable(),
  dataset: z
    .object({
      symbol: z.string(),
      timeframe,
      rows: z.number().int(),
      sha256: z.string(),
      synthetic: z.boolean(),
    })
    .nullable(),
  engine_version: z.string().nullable(),
  performance: performance.nullable(),
  error: taskError.nullable(),
  warnings: z.array(z.string()),
});
export type BacktestSummary = z.infer<typeof backtestSummary>;

export const backtest = backtestSummary.extend({
  equity_curve: z.array(z.object({ time: instant, equity: z.number() })),
  benchmark_curve: z.array(z.object({ time: instant, equity: z.number() })).optional(),
  drawdown_curve: z.array(z.object({ time: instant, drawdown: z.number() })),
  trades: z.array(closedTrade),
  monthly_returns: z.array(z.object({ month: z.string(), return: z.number().nullable() })),
});
export type Backtest = z.infer<typeof backtest>;

export const backtestPatch = z
  .strictObject({ title: z.string().trim().max(200).nullish(), notes: z.string().max(10_000).nullish() })
  .refine((body) => Object.keys(body).length > 0, 'must change title or notes');
export type BacktestPatch = z.infer<typeof backtestPatch>;

export const backtestListQuery = z.strictObject({
  ...pageQuery,
  status: taskStatus.optional(),
  strategy: z.string().min(1).max(64).optional(),
  symbol: symbol.optional(),
});
export type BacktestListQuery = z.infer<typeof backtestListQuery>;

export const compareQuery = z.strictObject({
  ids: z
    .string()
    .max(400)
    .transform((text) => text.split(','))
    .pipe(z.array(z.uuid()).min(2).max(4)),
});
export type CompareQuery = z.infer<typeof compareQuery>;

export const strategyInfo = z.object({
  name: z.string(),
  label: z.string(),
  description: z.string(),
  category: z.string(),
  requires_model: z.boolean(),
  params_schema: z.record(z.string(), z.unknown()),
});
export type StrategyInfo = z.infer<typeof strategyInfo>;
