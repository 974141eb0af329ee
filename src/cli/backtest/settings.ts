import { parseArgs } from 'node:util';
import { strategies, type OrderSize } from '@app/backtest';
import { dateOrInstant, timeframes, type Timeframe } from '@app/contracts';

export const usage = `Usage: npm run backtest -- (--csv FILE | --symbol SYMBOL) --strategy NAME [OPTIONS]

Runs one backtest here and now; no server is needed.

  --csv FILE          candles: a time column, open, high, low, close and, if there is one, volume
  --symbol SYMBOL     candles from the market-data store in HEADROOM_DATA_DIR (default ./data)
  --timeframe SPAN    of the store's candles: ${timeframes.join(', ')} (default 1h)
  --start, --end DATE trade in [start, end); earlier candles only warm the indicators
  --strategy NAME     ${[...strategies.keys()].join(', ')}
  --params JSON       the strategy's parameters, e.g. '{"fast_period": 10}'
  --signals FILE      for strategies that follow signals: a JSON array, or one number a line, a value per candle
  --cash N            initial capital (default 10000)
  --commission X      fraction of the value of each fill (default 0)
  --fee N             fixed commission on each fill (default 0)
  --slippage X        fraction of the price, on market and stop fills (default 0)
  --spread X          fraction of the price, on entries (default 0)
  --size X            fraction of the equity put into each entry (default 1)
  --units N           instead: so many units in each entry
  --risk X            instead: the fraction of the equity that a stop loss may cost
  --leverage N        (default 1)
  --maintenance X     fraction of the position that the equity must keep (default half of 1 / leverage)
  --lot N             sizes are multiples of this (default 1e-8; 1 with --compat)
  --hedging           long and short trades may stand side by side
  --trade-on-close    market orders fill at the close they were decided on
  --no-finalise       leave what is open at the end open
  --periods-per-year N  annualise by this instead of the data's own calendar
  --seed N            (default 0)
  --compat            trade and count by the rules of the reference results, in their units
  --check-lookahead   run again on shortened data and fail when an earlier decision changes
  --trades FILE       write the closed trades there as CSV
  --full-curves       with --json: every bar of the curves instead of about 2,000
  --json              print one JSON object and nothing else
  --help              print this

Ends with 0 after a run, 1 on bad data or a look ahead, 2 on bad options.
`;

/** Something that the user of the command can put right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Settings {
  readonly source: { readonly csv: string } | { readonly symbol: string; readonly timeframe: Timeframe };
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly signals: string | null;
  readonly strategy: string;
  readonly params: unknown;
  readonly terms: {
    readonly initialCapital: number;
    readonly commission: { readonly relative: number; readonly fixed: number };
    readonly slippage: number;
    readonly spread: number;
    readonly sizing: OrderSize | undefined;
    readonly leverage: number;
    readonly maintenanceMargin: number | undefined;
    readonly lotStep: number | undefined;
    readonly hedging: boolean;
    readonly tradeOnClose: boolean;
    readonly finalise: boolean;
    readonly periodsPerYear: number | undefined;
    readonly seed: number;
  };
  readonly compat: boolean;
  readonly checkLookAhead: boolean;
  readonly tradesFile: string | null;
  readonly fullCurves: boolean;
  readonly json: boolean;
}

/** Reads the command line; null when only help is asked for. Throws `UsageError`. */
export function settingsOf(args: string[]): Settings | null {
  const { values } = parseArgs({
    args,
    options: {
      csv: { type: 'string' },
      symbol: { type: 'string' },
      timeframe: { type: 'string', default: '1h' },
      start: { type: 'string' },
      end: { type: 'string' },
      strategy: { type: 'string' },
      params: { type: 'string', default: '{}' },
      signals: { type: 'string' },
      cash: { type: 'string', default: '10000' },
      commission: { type: 'string', default: '0' },
      fee: { type: 'string', default: '0' },
      slippage: { type: 'string', default: '0' },
      spread: { type: 'string', default: '0' },
      size: { type: 'string' },
      units: { type: 'string' },
      risk: { type: 'string' },
      leverage: { type: 'string', default: '1' },
      maintenance: { type: 'string' },
      lot: { type: 'string' },
      hedging: { type: 'boolean', default: false },
      'trade-on-close': { type: 'boolean', default: false },
      'no-finalise': { type: 'boolean', default: false },
      'periods-per-year': { type: 'string' },
      seed: { type: 'string', default: '0' },
      compat: { type: 'boolean', default: false },
      'check-lookahead': { type: 'boolean', default: false },
      trades: { type: 'string' },
      'full-curves': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (values.strategy === undefined) throw new UsageError('--strategy is needed');
  return {
    source: sourceOf(values.csv, values.symbol, values.timeframe),
    startMs: values.start === undefined ? null : instantOf('--start', values.start),
    endMs: values.end === undefined ? null : instantOf('--end', values.end),
    signals: values.signals ?? null,
    strategy: values.strategy,
    params: jsonOf('--params', values.params),
    terms: {
      initialCapital: numberOf('--cash', values.cash),
      commission: {
        relative: numberOf('--commission', values.commission),
        fixed: numberOf('--fee', values.fee),
      },
      slippage: numberOf('--slippage', values.slippage),
      spread: numberOf('--spread', values.spread),
      sizing: sizingOf(values),
      leverage: numberOf('--leverage', values.leverage),
      maintenanceMargin: optionalNumberOf('--maintenance', values.maintenance),
      lotStep: optionalNumberOf('--lot', values.lot),
      hedging: values.hedging,
      tradeOnClose: values['trade-on-close'],
      finalise: !values['no-finalise'],
      periodsPerYear: optionalNumberOf('--periods-per-year', values['periods-per-year']),
      seed: numberOf('--seed', values.seed),
    },
    compat: values.compat,
    checkLookAhead: values['check-lookahead'],
    tradesFile: values.trades ?? null,
    fullCurves: values['full-curves'],
    json: values.json,
  };
}

function sourceOf(
  csv: string | undefined,
  symbol: string | undefined,
  timeframe: string,
): Settings['source'] {
  if (csv !== undefined && symbol === undefined) return { csv };
  if (symbol === undefined || csv !== undefined) throw new UsageError('Give either --csv or --symbol');
  const known = timeframes.find((name) => name === timeframe);
  if (known === undefined) {
    throw new UsageError(`--timeframe is one of ${timeframes.join(', ')}, not "${timeframe}"`);
  }
  return { symbol, timeframe: known };
}

function sizingOf({
  size,
  units,
  risk,
}: {
  readonly size?: string;
  readonly units?: string;
  readonly risk?: string;
}): OrderSize | undefined {
  const given = [size, units, risk].filter((text) => text !== undefined);
  if (given.length > 1) throw new UsageError('Give one of --size, --units and --risk');
  if (units !== undefined) return { units: numberOf('--units', units) };
  if (risk !== undefined) return { risk: numberOf('--risk', risk) };
  return size === undefined ? undefined : { fraction: numberOf('--size', size) };
}

function optionalNumberOf(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : numberOf(option, text);
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new UsageError(`${option} is a number, not "${text}"`);
  return value;
}

function instantOf(option: string, text: string): number {
  const parsed = dateOrInstant.safeParse(text);
  if (!parsed.success) {
    throw new UsageError(`${option} is YYYY-MM-DD or an ISO-8601 time with its zone, not "${text}"`);
  }
  return Date.parse(parsed.data);
}

function jsonOf(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${option} is JSON, not ${text}`);
  }
}
