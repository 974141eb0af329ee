import { runCompat, sliceCandles, type Candles, type CompatResult } from '@app/backtest';
import { oracleStrategy } from './strategies.js';

/** One case of the reference results, as its file has it; null stands for an undefined value. */
export interface OracleCase {
  readonly id: string;
  readonly data: string;
  readonly rows: number;
  readonly strategy: string;
  readonly params: Readonly<Record<string, number>>;
  readonly config: {
    readonly cash: number;
    readonly commission: number | readonly [fixed: number, relative: number];
    readonly spread: number;
    readonly margin: number;
    readonly trade_on_close: boolean;
    readonly hedging: boolean;
    readonly exclusive_orders: boolean;
    readonly finalize_trades: boolean;
    readonly fractional_unit: number | null;
  };
  readonly stats: Readonly<Record<string, number | string | null>>;
  readonly extra: Readonly<Record<string, number | string | null>>;
  readonly ordersCancelledForMargin: number;
  readonly ambiguousSameBarWarnings: number;
  readonly tradeColumns: readonly string[];
  readonly trades: readonly (readonly (number | null)[])[];
  readonly equityStep: number;
  readonly equity: readonly number[];
  readonly equityLast: number;
  readonly equitySum: number;
}

/** The first field of a case that came out differently. */
export interface Difference {
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** Values whose comparison is known to hang on the last bit of a sum. */
export interface Fragility {
  /** Two averages are equal in exact arithmetic: one trade may differ, and with it everything after. */
  readonly smaTie: boolean;
  /** A peak is reached again up to the last bit: the mean depth and duration of drawdowns may differ. */
  readonly avgDrawdownTie: boolean;
}

const priceTolerance = 1e-7;
const equityTolerance = 1e-8;
const statTolerance = 1e-6;

/** Runs a case and names the first field outside its tolerance; null when there is none. */
export function checkCase(
  oracle: OracleCase,
  candles: Candles,
  signals: Float64Array | undefined,
  fragility: Fragility = { smaTie: false, avgDrawdownTie: false },
): Difference | null {
  const { config } = oracle;
  const rows = sliceCandles(candles, 0, oracle.rows);
  const { commission } = config;
  const result = runCompat(
    {
      candles: rows,
      strategy: oracleStrategy(oracle.strategy),
      params: oracle.params,
      initialCapital: config.cash,
      commission:
        typeof commission === 'number' ? commission : { fixed: commission[0], relative: commission[1] },
      spread: config.spread,
      leverage: 1 / config.margin,
      tradeOnClose: config.trade_on_close,
      hedging: config.hedging,
      exclusiveOrders: config.exclusive_orders,
      finalise: config.finalize_trades,
      signals: signals?.subarray(0, oracle.rows),
    },
    config.fractional_unit,
  );
  if (fragility.smaTie) {
    const expected = oracle.trades.length;
    const got = result.trades.length;
    return Math.abs(expected - got) <= 1 ? null : { field: 'trades.length', expected, got };
  }
  return (
    compareTrades(oracle, result) ??
    compareEquity(oracle, result) ??
    compareCounts(oracle, result) ??
    compareStats('stats', oracle.stats, result.stats, fragility.avgDrawdownTie ? 'Avg. Drawdown' : null) ??
    compareStats('extra', oracle.extra, result.extra, null)
  );
}

function compareTrades(oracle: OracleCase, { trades }: CompatResult): Difference | null {
  const shared = Math.min(oracle.trades.length, trades.length);
  const unit = oracle.config.fractional_unit ?? 1;
  for (let k = 0; k < shared; k++) {
    const trade = trades[k]!;
    const columns: Readonly<Record<string, number>> = {
      Size: trade.size,
      EntryBar: trade.entryBar,
      ExitBar: trade.exitBar,
      EntryPrice: trade.entryPrice,
      ExitPrice: trade.exitPrice,
      SL: trade.stopLoss,
      TP: trade.takeProfit,
      PnL: trade.pnl,
      Commission: trade.commission,
      ReturnPct: trade.returnFraction,
    };
    for (const [c, column] of oracle.tradeColumns.entries()) {
      const got = columns[column] ?? NaN;
      const expected = oracle.trades[k]![c] ?? NaN;
      if (
        column.endsWith('Bar')
          ? got === expected
          : isNear(expected, got, priceTolerance, slackOf(column, trade.entryPrice, unit))
      ) {
        continue;
      }
      return { field: `trades[${k}].${column}`, expected: orNull(expected), got: orNull(got) };
    }
  }
  if (oracle.trades.length === trades.length) return null;
  return { field: 'trades.length', expected: oracle.trades.length, got: trades.length };
}

/** Absolute room beside the relative tolerance: the size may be off by one unit, and money by its worth. */
function slackOf(column: string, price: number, unit: number): number {
  if (column === 'Size') return unit < 1 ? unit * 1.000001 : 0;
  if (column === 'PnL' || column === 'Commission') return unit < 1 ? Math.max(unit * price, 1e-9) : 1e-9;
  return 1e-12;
}

function compareEquity(oracle: OracleCase, { equity }: CompatResult): Difference | null {
  for (const [k, expected] of oracle.equity.entries()) {
    const got = equity[k * oracle.equityStep]!;
    if (!isNear(expected, got, equityTolerance, 1e-9)) {
      return { field: `equity[${k * oracle.equityStep}]`, expected, got };
    }
  }
  const last = equity.at(-1)!;
  if (!isNear(oracle.equityLast, last, equityTolerance, 1e-9)) {
    return { field: 'equityLast', expected: oracle.equityLast, got: last };
  }
  const sum = equity.reduce((total, value) => total + value, 0);
  if (isNear(oracle.equitySum, sum, equityTolerance, 1e-9)) return null;
  return { field: 'equitySum', expected: oracle.equitySum, got: sum };
}

function compareCounts(oracle: OracleCase, result: CompatResult): Difference | null {
  const expected = oracle.ordersCancelledForMargin;
  if (expected !== result.cancelledForMargin) {
    return { field: 'ordersCancelledForMargin', expected, got: result.cancelledForMargin };
  }
  if (oracle.ambiguousSameBarWarnings === result.ambiguousBars) return null;
  return {
    field: 'ambiguousSameBarWarnings',
    expected: oracle.ambiguousSameBarWarnings,
    got: result.ambiguousBars,
  };
}

function compareStats(
  group: string,
  expected: OracleCase['stats'],
  got: OracleCase['stats'],
  skipped: string | null,
): Difference | null {
  for (const [name, value] of Object.entries(expected)) {
    if (skipped !== null && name.startsWith(skipped)) continue;
    const other = got[name] ?? null;
    const isSame =
      typeof value === 'number' && typeof other === 'number'
        ? isNear(value, other, statTolerance, 1e-9)
        : value === other;
    if (!isSame) return { field: `${group}.${name}`, expected: value, got: other };
  }
  return null;
}

function isNear(expected: number, got: number, relative: number, absolute: number): boolean {
  if (Number.isNaN(expected) || Number.isNaN(got)) return Number.isNaN(expected) && Number.isNaN(got);
  return Math.abs(expected - got) <= Math.max(relative * Math.abs(expected), absolute);
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
