import { z } from 'zod';
import { instant, timeframe } from './primitives.js';
import { heatMap, optimizationOutcome, skippedRun, sweepFigures, sweepRun, sweepWindow } from './sweeps.js';
import { taskErrorOrNull, taskStatus } from './tasks.js';

/** Statistics of a run; a statistic that is undefined for it is null. */
export const performance = z.looseObject({
  total_return: sweepFigures.shape.total_return,
});

const direction = z.enum(['long', 'short']);
const unitsTraded = z.number().describe('units of the base asset, above 0 for a short trade too');

export const closedTrade = z.object({
  entry_time: instant.describe('opening time of the candle that it was entered on'),
  exit_time: instant.describe('opening time of the candle that it was left on'),
  direction,
  size: unitsTraded,
  entry_price: z.number(),
  exit_price: z.number(),
  pnl: z.number().describe('money won, or lost where it is below 0; commission is taken off'),
  return: z.number().nullable().describe('pnl / value at entry, a fraction; null where undefined'),
  commission: z.number().describe('money, for entry and exit together'),
  exit_reason: z
    .string()
    .describe('signal, opposite_entry, stop_loss, trailing_stop, take_profit, margin_call or end_of_data'),
  bars: z.number().int().describe('candles from the entry to the exit; 0 on the same one'),
});
export type ClosedTrade = z.infer<typeof closedTrade>;

/** What a prefix replay found: no decision changed, or the first that did. */
export const lookAhead = z.object({
  passed: z.boolean().describe('no decision changed when later candles were taken away'),
  prefixes_checked: z.number().int().describe('shortened copies of the candles that it was run on'),
  decisions: z.number().int().describe('decisions of the run with all candles'),
  first_difference: z
    .object({
      bar: z.number().int().describe('candle of the span that was decided on, from 0'),
      time: instant.describe('its opening time'),
      prefix_bars: z.number().int().describe('candles of the span that the shortened copy has'),
      with_all_bars: z.string().nullable().describe('the decision with all candles; null for none'),
      with_prefix: z.string().nullable().describe('the decision without the later ones; null for none'),
    })
    .nullable()
    .describe('the first decision that changed; null when all stayed the same'),
});
export type LookAhead = z.infer<typeof lookAhead>;

export const backtestSummary = z.object({
  backtest_id: z.string().describe('also the task_id of its task'),
  type: z.enum(['backtest', 'optimization']).describe('backtest: a single run; optimization: a sweep'),
  status: taskStatus,
  title: z.string().nullable(),
  notes: z.string().nullable(),
  request: z
    .record(z.string(), z.unknown())
    .describe('what was asked for, with every default filled in but those of params'),
  created_at: instant,
  duration_s: z
    .number()
    .nullable()
    .describe('seconds that the computing took, all parts of a sweep together; null before the result'),
  dataset: z
    .object({
      symbol: z.string().describe('as it is stored'),
      timeframe,
      rows: z.number().int().describe('candles of the span'),
      sha256: z.string().describe('SHA-256 of the stored candles that they were taken or made from'),
      synthetic: z.boolean().describe('true: made-up candles, so the result says nothing of a market'),
    })
    .nullable()
    .describe('the candles that were traded on; null before the result'),
  engine_version: z
    .string()
    .nullable()
    .describe('the same request, candles and version give the same figures; null before the result'),
  performance: performance
    .nullable()
    .describe('statistics by name, null where undefined; null as a whole before the result and for a sweep'),
  look_ahead: lookAhead
    .nullable()
    .describe('whether the strategy reads the future; null unless check_lookahead asked'),
  optimization: optimizationOutcome
    .nullable()
    .describe('the gist of a sweep; null before its result and for a single run'),
  cached: z.boolean().describe('true: the result is that of an earlier, identical request'),
  error: taskErrorOrNull,
  warnings: z.array(z.string()).describe('what to know of the result, sentences for people'),
});
export type BacktestSummary = z.infer<typeof backtestSummary>;

const equityCurve = z.array(
  z.object({ time: instant.describe('opening time of the candle'), equity: z.number().describe('money') }),
);

export const backtest = backtestSummary.extend({
  equity_curve: equityCurve.describe(
    'cash and open trades at each close; a curve of more than 2,000 points is thinned, all three alike',
  ),
  benchmark_curve: equityCurve
    .optional()
    .describe('the capital, had it been bought with and held without costs'),
  drawdown_curve: z.array(
    z.object({
      time: instant.describe('opening time of the candle'),
      drawdown: z.number().describe('1 − equity / highest equity so far, a fraction: 0.2 is a fall by 20 %'),
    }),
  ),
  trades: z.array(closedTrade).describe('closed ones, in the order of their exits'),
  open_trades: z
    .array(
      z.object({
        entry_time: closedTrade.shape.entry_time,
        direction,
        size: unitsTraded,
        entry_price: z.number(),
      }),
    )
    .optional()
    .describe('what was still open at the end, without finalise'),
  monthly_returns: z.array(
    z.object({
      month: z.string().describe('YYYY-MM, in UTC'),
      return: z
        .number()
        .nullable()
        .describe('last equity of the month / that of the month before − 1; null where undefined'),
    }),
  ),
  counters: z
    .object({
      rejected_orders: z
        .record(z.string(), z.number().int())
        .describe('orders that were not taken, by reason'),
      ambiguous_bars: z
        .number()
        .int()
        .describe('candles that hold a stop loss and a take profit; the stop loss was taken'),
      margin_calls: z.number().int().describe('times that everything was closed for want of margin'),
    })
    .optional(),
});
export type Backtest = z.infer<typeof backtest>;

/** What `GET /api/backtests/:id` holds beside the summary when it is a sweep's. */
export const optimization = backtestSummary.extend({
  runs: z.array(sweepRun).describe('from best to worst, the first thousand'),
  heat_maps: z
    .array(heatMap)
    .describe('for every two parameters that vary, of axes of up to a hundred values'),
  windows: z.array(sweepWindow).describe('the windows of walk_forward, else one: the span'),
  out_of_sample_curve: equityCurve.describe(
    'with walk_forward: the choices traded one after another, at the end of each period; empty without',
  ),
  skipped_runs: z.array(skippedRun).describe('the first ten'),
});
export type Optimization = z.infer<typeof optimization>;
