import { z } from 'zod';
import { dateOrInstant, instant, pageQuery, symbol, timeframe } from './primitives.js';
import { taskError, taskStatus } from './tasks.js';

const fraction = z.number().min(0).max(0.2);

function endsAfterStart(body: { start_date: string; end_date: string }): boolean {
  return Date.parse(body.end_date) > Date.parse(body.start_date);
}
const endAfterStart = { path: ['end_date'], message: 'must be after start_date' };

function keepsMargin(body: { maintenance_margin?: number | undefined; leverage: number }): boolean {
  return body.maintenance_margin === undefined || body.maintenance_margin * body.leverage < 1;
}
const marginKept = { path: ['maintenance_margin'], message: 'must be below 1 / leverage' };

function isLotStep(step: number): boolean {
  const whole = step < 1 ? 1 / step : step;
  return Math.abs(whole - Math.round(whole)) < 1e-6 * whole;
}

/** A share of the equity, a number of units, or the share of the equity that a stop loss may cost. */
const size = z.union([
  z.number().positive().max(1),
  z.strictObject({ units: z.number().positive().max(1e12) }),
  z.strictObject({ risk: z.number().positive().lt(1) }),
]);

const runFields = {
  strategy: z.string().min(1).max(64),
  symbol,
  start_date: dateOrInstant,
  end_date: dateOrInstant,
  initial_capital: z.number().positive().max(1e12),
  timeframe: timeframe.default('1h'),
  commission: fraction.default(0.001).describe('fraction of the traded value, charged on each fill'),
  commission_fixed: z.number().min(0).max(1e9).default(0).describe('money, charged on each fill beside that'),
  slippage: fraction.default(0).describe('fraction of the price, always against the trader'),
  spread: fraction.default(0).describe('fraction of the price between bid and ask, paid at entry'),
  size: size
    .default(1)
    .describe(
      'fraction of the equity put into each entry, or {units}, or {risk}: what a stop loss may cost of it',
    ),
  lot_step: z
    .number()
    .positive()
    .max(1e9)
    .refine(isLotStep, 'must be a whole number or one over a whole number')
    .default(1e-8)
    .describe('sizes are whole multiples of this many units; 1 for shares'),
  leverage: z.number().min(1).max(100).default(1),
  maintenance_margin: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe('fraction of the position that the equity must keep; half of 1 / leverage when absent'),
  hedging: z.boolean().default(false).describe('long and short trades may stand side by side'),
  trade_on_close: z.boolean().default(false),
  finalise: z.boolean().default(true).describe('close what is open at the end, at the last close'),
  periods_per_year: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe("annualises in place of what the data's own calendar says"),
  seed: z.int().min(0).max(0xffff_ffff).default(0).describe('of whatever is drawn at random'),
  params: z.record(z.string().max(64), z.unknown()).default({}),
  model_id: z.uuid().optional(),
  allow_leakage: z.boolean().default(false),
  priority: z.number().int().min(-100).max(0).default(0),
  title: z.string().trim().max(200).optional(),
};

export const backtestRunRequest = z
  .strictObject({
    ...runFields,
    check_lookahead: z
      .boolean()
      .default(false)
      .describe('run again on shortened data and say whether an earlier decision changes'),
    cache: z
      .boolean()
      .default(true)
      .describe('answer from the stored result of the same request on the same candles'),
  })
  .refine(endsAfterStart, endAfterStart)
  .refine(keepsMargin, marginKept);
export type BacktestRunRequest = z.infer<typeof backtestRunRequest>;

/** What a sweep may rank its runs by. */
export const sweepObjectives = [
  'total_return',
  'cagr',
  'sharpe_ratio',
  'sortino_ratio',
  'calmar_ratio',
  'max_drawdown',
  'profit_factor',
  'expectancy',
  'win_rate',
  'sqn',
] as const;

/** Most runs of a sweep, and most runs of all its walk-forward windows together. */
export const mostSweepRuns = 10_000;
export const mostSweepWindowRuns = 50_000;

const spaceAxis = z.union([
  z.strictObject({ min: z.number(), max: z.number(), step: z.number().positive() }),
  z.array(z.unknown()).min(1).max(1000),
]);
const days = z.int().min(1).max(36_500);

export const backtestOptimizeRequest = z
  .strictObject({
    ...runFields,
    space: z
      .record(z.string().max(64), spaceAxis)
      .refine((space) => Object.keys(space).length > 0, 'must name a parameter to vary')
      .describe('what varies: {parameter: {min, max, step} or [values]}'),
    method: z.enum(['grid', 'random']).default('grid'),
    max_runs: z.int().min(1).max(mostSweepRuns).default(1000),
    objective: z.enum(sweepObjectives).default('sharpe_ratio'),
    walk_forward: z
      .strictObject({ train_days: days, test_days: days })
      .optional()
      .describe('choose on train_days, judge on the test_days after them, and roll on'),
  })
  .refine(endsAfterStart, endAfterStart)
  .refine(keepsMargin, marginKept);
export type BacktestOptimizeRequest = z.infer<typeof backtestOptimizeRequest>;

export const backtestAccepted = z.object({
  status: z.enum(['running', 'queued']),
  backtest_id: z.string(),
  message: z.string(),
  cached: z.boolean().optional().describe('true: the result is that of an earlier, identical request'),
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

/** What a prefix replay found: no decision changed, or the first that did. */
export const lookAhead = z.object({
  passed: z.boolean(),
  prefixes_checked: z.number().int(),
  decisions: z.number().int(),
  first_difference: z
    .object({
      bar: z.number().int(),
      time: instant,
      prefix_bars: z.number().int(),
      with_all_bars: z.string().nullable(),
      with_prefix: z.string().nullable(),
    })
    .nullable(),
});
export type LookAhead = z.infer<typeof lookAhead>;

/** Figures of one run of a sweep: every objective and the number of trades; undefined ones are null. */
export const sweepFigures = z.object({
  ...(Object.fromEntries(sweepObjectives.map((name) => [name, z.number().nullable()])) as Record<
    (typeof sweepObjectives)[number],
    z.ZodNullable<z.ZodNumber>
  >),
  trade_count: z.number(),
});
export type SweepFigures = z.infer<typeof sweepFigures>;

export const sweepRun = z.object({
  rank: z.number().int(),
  params: z.record(z.string(), z.unknown()),
  in_sample: sweepFigures,
  out_of_sample: sweepFigures.nullable().describe('with walk_forward: on the days after those chosen on'),
});
export type SweepRunDocument = z.infer<typeof sweepRun>;

/** The gist of a sweep. */
export const optimizationOutcome = z.object({
  objective: z.enum(sweepObjectives),
  planned_runs: z.number().int(),
  trials: z.number().int().describe('runs that were made'),
  skipped: z.number().int().describe('points whose parameters contradict each other or cannot be traded'),
  best: sweepRun.nullable(),
  deflated_sharpe: z.number().nullable().describe('probability that the best has any skill'),
  overfitting_warning: z.string().nullable(),
  out_of_sample: z
    .object({
      total_return: z.number().nullable(),
      cagr: z.number().nullable(),
      sharpe_ratio: z.number().nullable(),
      max_drawdown: z.number().nullable(),
    })
    .nullable()
    .describe('with walk_forward: what trading each window by its own choice would have given'),
});
export type OptimizationOutcome = z.infer<typeof optimizationOutcome>;

export const backtestSummary = z.object({
  backtest_id: z.string(),
  type: z.enum(['backtest', 'optimization']),
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
  look_ahead: lookAhead.nullable(),
  optimization: optimizationOutcome.nullable(),
  cached: z.boolean(),
  error: taskError.nullable(),
  warnings: z.array(z.string()),
});
export type BacktestSummary = z.infer<typeof backtestSummary>;

export const backtest = backtestSummary.extend({
  equity_curve: z.array(z.object({ time: instant, equity: z.number() })),
  benchmark_curve: z.array(z.object({ time: instant, equity: z.number() })).optional(),
  drawdown_curve: z.array(z.object({ time: instant, drawdown: z.number() })),
  trades: z.array(closedTrade),
  open_trades: z
    .array(
      z.object({
        entry_time: instant,
        direction: z.enum(['long', 'short']),
        size: z.number(),
        entry_price: z.number(),
      }),
    )
    .optional()
    .describe('what was still open at the end, without finalise'),
  monthly_returns: z.array(z.object({ month: z.string(), return: z.number().nullable() })),
  counters: z
    .object({
      rejected_orders: z.record(z.string(), z.number().int()),
      ambiguous_bars: z.number().int(),
      margin_calls: z.number().int(),
    })
    .optional(),
});
export type Backtest = z.infer<typeof backtest>;

/** The best figure of every pair of two parameters' values; `y_param` is null where only one varies. */
export const heatMap = z.object({
  x_param: z.string(),
  y_param: z.string().nullable(),
  x: z.array(z.unknown()),
  y: z.array(z.unknown()),
  values: z.array(z.array(z.number().nullable())).describe('values[row of y][column of x]'),
});

export const sweepWindow = z.object({
  train_start: instant,
  train_end: instant,
  test_start: instant.nullable(),
  test_end: instant.nullable(),
  trials: z.number().int(),
  params: z.record(z.string(), z.unknown()).nullable().describe('the best where it was chosen'),
  in_sample: sweepFigures.nullable(),
  out_of_sample: sweepFigures.nullable(),
  deflated_sharpe: z.number().nullable(),
});

/** What `GET /api/backtests/:id` holds beside the summary when it is a sweep's. */
export const optimization = backtestSummary.extend({
  runs: z.array(sweepRun).describe('from best to worst, the first thousand'),
  heat_maps: z.array(heatMap),
  windows: z.array(sweepWindow),
  out_of_sample_curve: z.array(z.object({ time: instant, equity: z.number() })),
  skipped_runs: z
    .array(z.object({ params: z.record(z.string(), z.unknown()), code: z.string(), message: z.string() }))
    .describe('the first ten'),
});
export type Optimization = z.infer<typeof optimization>;

export const backtestPatch = z
  .strictObject({ title: z.string().trim().max(200).nullish(), notes: z.string().max(10_000).nullish() })
  .refine((body) => Object.keys(body).length > 0, 'must change title or notes');
export type BacktestPatch = z.infer<typeof backtestPatch>;

export const backtestListQuery = z.strictObject({
  ...pageQuery,
  type: z.enum(['backtest', 'optimization']).optional(),
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
