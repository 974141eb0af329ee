import type { Candles } from '@app/backtest';
import { featureColumns, WARM_UP_BARS } from './features/registry.js';
import type { Columns } from './trees/binned-matrix.js';

/**
 * What a model sees of candles: row `r` is bar `firstBar + r`, known at that bar's close.
 *
 * The first `labelled` rows have labels; the last `horizon` rows do not know theirs yet.
 */
export interface LabelledRows {
  readonly firstBar: number;
  readonly rows: number;
  readonly labelled: number;
  readonly horizon: number;
  readonly columns: Columns;
  /** 1 where the close `horizon` bars later is higher, else 0; `labelled` long. */
  readonly up: Float64Array;
  /** Log return over the next `horizon` bars; `labelled` long. */
  readonly move: Float64Array;
  /** Usual size of a log return over `horizon` bars as known at the row's close; `rows` long. */
  readonly scale: Float64Array;
}

/** Features and labels of every bar after the warm-up; `higherTimeframes` adds those of longer candles. */
export function labelledRows(candles: Candles, horizon: number, higherTimeframes = false): LabelledRows {
  const bars = candles.time.length;
  const firstBar = Math.min(WARM_UP_BARS, bars);
  const rows = bars - firstBar;
  const labelled = Math.max(0, rows - horizon);
  const up = new Float64Array(labelled);
  const move = new Float64Array(labelled);
  for (let row = 0; row < labelled; row++) {
    const now = candles.close[firstBar + row]!;
    const later = candles.close[firstBar + row + horizon]!;
    up[row] = later > now ? 1 : 0;
    move[row] = Math.log(later / now);
  }
  return {
    firstBar,
    rows,
    labelled,
    horizon,
    columns: featureColumns(candles, higherTimeframes).map((column) => column.subarray(firstBar)),
    up,
    move,
    scale: volatility(candles, horizon).subarray(firstBar),
  };
}

/** Weight of the past in the variance forecast, as RiskMetrics (1996) sets it for daily data. */
const VARIANCE_MEMORY = 0.94;

/** A log return this small stands for "no move", so that nothing is divided by zero. */
const SMALLEST_MOVE = 1e-8;

/** √horizon × the exponentially weighted deviation of one bar's log return, a value each bar. */
function volatility(candles: Candles, horizon: number): Float64Array {
  const { close } = candles;
  const result = new Float64Array(close.length);
  let variance = 0;
  for (let bar = 1; bar < close.length; bar++) {
    const squared = Math.log(close[bar]! / close[bar - 1]!) ** 2;
    // Until the memory has filled, every bar weighs the same.
    const memory = Math.min(VARIANCE_MEMORY, 1 - 1 / bar);
    variance = memory * variance + (1 - memory) * squared;
    result[bar] = Math.max(SMALLEST_MOVE, Math.sqrt(variance * horizon));
  }
  if (close.length > 0) result[0] = SMALLEST_MOVE;
  return result;
}

/** The same rows `[from, to)` of every column, as views. */
export function sliceColumns(columns: Columns, from: number, to: number): Columns {
  return columns.map((column) => column.subarray(from, to));
}

/** The rows of all `spans`, one after another; a single span is a view. */
export function rowsOf(
  data: LabelledRows,
  spans: readonly { readonly from: number; readonly to: number }[],
): { columns: Columns; target: Float64Array } {
  const [only] = spans;
  if (spans.length === 1 && only) {
    return {
      columns: sliceColumns(data.columns, only.from, only.to),
      target: data.up.subarray(only.from, only.to),
    };
  }
  const rows = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  const target = new Float64Array(rows);
  const columns = data.columns.map(() => new Float32Array(rows));
  let at = 0;
  for (const { from, to } of spans) {
    target.set(data.up.subarray(from, to), at);
    columns.forEach((column, f) => column.set(data.columns[f]!.subarray(from, to), at));
    at += to - from;
  }
  return { columns, target };
}
