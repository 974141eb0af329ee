import { z } from 'zod';
import { ofRequestedSymbol, pageQuery, spanFields, symbol, timeframe } from './primitives.js';
import { acceptedStatus, taskStatus } from './tasks.js';

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
  z.strictObject({ units: z.number().positive().max(1e12).describe('units of the base asset, up to 1e12') }),
  z.strictObject({
    risk: z
      .number()
      .positive()
      .lt(1)
      .describe('fraction of the equity that is lost when the stop loss fills at its price'),
  }),
]);

const runFields = {
  strategy: z.string().min(1).max(64).describe('a name that GET /api/backtests/strategies lists'),
  symbol,
  ...spanFields,
  initial_capital: z
    .number()
    .positive()
    .max(1e12)
    .describe('money to begin with, in the quote currency, up to 1e12'),
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
  leverage: z
    .number()
    .min(1)
    .max(100)
    .default(1)
    .describe('how many times its margin a position may be worth, 1 to 100'),
  maintenance_margin: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe('fraction of the position that the equity must keep; half of 1 / leverage when absent'),
  hedging: z.boolean().default(false).describe('long and short trades may stand side by side'),
  trade_on_close: z
    .boolean()
    .default(false)
    .describe('fill market orders at the close that they were decided on, not at the next open'),
  finalise: z.boolean().default(true).describe('close what is open at the end, at the last close'),
  periods_per_year: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe("annualises in place of what the data's own calendar says"),
  seed: z.int().min(0).max(0xffff_ffff).default(0).describe('of whatever is drawn at random'),
  params: z
    .record(z.string().max(64), z.unknown())
    .default({})
    .describe('of the strategy, as its params_schema says; what is left out has its default'),
  model_id: z
    .uuid()
    .optional()
    .describe(
      'the model of a strategy that requires one, trained or in training; without it such a strategy trains its own ' +
        'on the candles before those it trades on',
    ),
  allow_leakage: z
    .boolean()
    .default(false)
    .describe('run although the model has learned from candles of the span; the result says so'),
  priority: z
    .number()
    .int()
    .min(-100)
    .max(0)
    .default(0)
    .describe('of the task in the queue, −100 to 0; higher runs sooner'),
  title: z.string().trim().max(200).optional().describe('for people, up to 200 characters'),
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
  z.strictObject({
    min: z.number().describe('the first value'),
    max: z.number().describe('the last value, or what it must not be above'),
    step: z.number().positive().describe('from one value to the next'),
  }),
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
    method: z
      .enum(['grid', 'random'])
      .default('grid')
      .describe('grid: every combination; random: max_runs different ones, the same for the same seed'),
    max_runs: z
      .int()
      .min(1)
      .max(mostSweepRuns)
      .default(1000)
      .describe(`how many runs there may be, 1 to ${mostSweepRuns}; a grid of more is refused`),
    objective: z
      .enum(sweepObjectives)
      .default('sharpe_ratio')
      .describe('what runs are ranked by: the highest is the best, of max_drawdown the lowest'),
    walk_forward: z
      .strictObject({
        train_days: days.describe('days that a window is chosen on'),
        test_days: days.describe('days that it is judged on; windows follow each other by so many'),
      })
      .optional()
      .describe('choose on train_days, judge on the test_days after them, and roll on'),
  })
  .refine(endsAfterStart, endAfterStart)
  .refine(keepsMargin, marginKept);
export type BacktestOptimizeRequest = z.infer<typeof backtestOptimizeRequest>;

export const backtestAccepted = z.object({
  status: acceptedStatus,
  backtest_id: z.string().describe('also the task_id of its task'),
  message: z.string().describe('a sentence for people'),
  cached: z.boolean().optional().describe('true: the result is that of an earlier, identical request'),
});
export type BacktestAccepted = z.infer<typeof backtestAccepted>;

export const backtestPatch = z
  .strictObject({
    title: z.string().trim().max(200).nullish().describe('up to 200 characters; null for none'),
    notes: z.string().max(10_000).nullish().describe('up to 10,000 characters; null for none'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change title or notes');
export type BacktestPatch = z.infer<typeof backtestPatch>;

export const backtestListQuery = z.strictObject({
  ...pageQuery,
  type: z
    .enum(['backtest', 'optimization'])
    .optional()
    .describe('backtest: only single runs; optimization: only sweeps; both when left out'),
  status: taskStatus.optional().describe('only those whose task has this status; all when left out'),
  strategy: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('only those of the strategy with exactly this name, such as SmaCross; all when left out'),
  symbol: symbol.optional().describe(ofRequestedSymbol),
});
export type BacktestListQuery = z.infer<typeof backtestListQuery>;

export const compareQuery = z.strictObject({
  ids: z
    .string()
    .max(400)
    .transform((text) => text.split(','))
    .pipe(z.array(z.uuid()).min(2).max(4))
    .describe('two to four backtest_id of single runs, with commas between them and nothing else'),
});
export type CompareQuery = z.infer<typeof compareQuery>;

export const strategyInfo = z.object({
  name: z.string().describe('as requests name it'),
  label: z.string().describe('its name for people'),
  description: z.string(),
  category: z.string().describe('such as trend, mean reversion or benchmark'),
  requires_model: z.boolean().describe('trades on the predictions of a model; model_id says which'),
  params_schema: z.record(z.string(), z.unknown()).describe('JSON Schema of params'),
});
export type StrategyInfo = z.infer<typeof strategyInfo>;
