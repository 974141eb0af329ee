import { BacktestInputError, type Candles, checkCandles } from '@app/backtest';
import { LearningError } from './errors.js';
import { FEATURES, WARM_UP_BARS } from './features/registry.js';
import type { LabelledRows } from './labelled-rows.js';

/** Labelled rows below which no fold could be judged, beside what overlapping labels need. */
const SMALLEST_ROWS = 400;
/** Labels that do not overlap which the evaluation needs at least. */
const SMALLEST_INDEPENDENT_LABELS = 60;

/** Candles that training needs at least for labels of `horizon` bars: warm-up, rows and last labels. */
export function minimumRows(horizon: number): number {
  return WARM_UP_BARS + Math.max(SMALLEST_ROWS, SMALLEST_INDEPENDENT_LABELS * horizon) + horizon;
}

/** A bar that is missing from time to time does no harm; more than this many in a row do. */
const LONGEST_HOLE_BARS = 48;
/** Closing days of an exchange, weekends and holidays, in a market that does not trade round the clock. */
const LONGEST_CLOSING_MS = 7 * 86_400_000;

/**
 * Refuses candles that no model should be trained on.
 * @throws LearningError `INVALID_CANDLES` (unsorted, not finite, not positive), `TOO_FEW_ROWS` or
 *   `DATA_GAPS` (a hole longer than 48 bars, and than 7 days where markets close), naming what was found.
 */
export function assertTrainable(candles: Candles, horizon: number): void {
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw new LearningError(
      'INVALID_PARAMS',
      `The horizon is ${horizon}; it must be a whole number of bars, at least 1.`,
    );
  }
  assertCandles(candles);
  const bars = candles.time.length;
  const needed = minimumRows(horizon);
  if (bars < needed) {
    throw new LearningError(
      'TOO_FEW_ROWS',
      `Training on labels of ${horizon} bars needs ${needed} candles; there are ${bars}.`,
    );
  }
  const hole = longestHole(candles);
  const step = medianStep(candles);
  const allowed = closes(candles) ? LONGEST_CLOSING_MS : 0;
  if (hole.lengthMs > Math.max(LONGEST_HOLE_BARS * step, allowed)) {
    const missing = Math.round(hole.lengthMs / step) - 1;
    throw new LearningError(
      'DATA_GAPS',
      `After ${new Date(candles.time[hole.bar]!).toISOString()} about ${missing} candles are missing; at most ${LONGEST_HOLE_BARS} may be.`,
    );
  }
}

/** @throws LearningError `INVALID_CANDLES`, naming the first bad bar. */
export function assertCandles(candles: Candles): void {
  try {
    checkCandles(candles);
  } catch (error) {
    if (error instanceof BacktestInputError) {
      throw new LearningError('INVALID_CANDLES', error.message, { cause: error });
    }
    throw error;
  }
}

/** @throws LearningError `CONSTANT_FEATURES` or `ONE_CLASS_ONLY`. */
export function assertLearnable(data: LabelledRows): void {
  // The calendar moves whatever the market does.
  const moves = data.columns.some(
    (column, f) => !/^(day|week)_/.test(FEATURES[f]!.name) && !isConstant(column),
  );
  if (!moves) {
    throw new LearningError(
      'CONSTANT_FEATURES',
      'No feature of price or volume ever changes in these candles.',
    );
  }
  let ups = 0;
  for (const up of data.up) ups += up;
  if (ups === 0 || ups === data.labelled) {
    throw new LearningError(
      'ONE_CLASS_ONLY',
      `All ${data.labelled} labels are "${ups === 0 ? 'not up' : 'up'}"; a direction cannot be learned from one class.`,
    );
  }
}

function isConstant(column: Float32Array): boolean {
  const first = column.find((value) => value === value);
  return column.every((value) => value !== value || value === first);
}

function medianStep({ time }: Candles): number {
  const steps = Float64Array.from({ length: time.length - 1 }, (_, i) => time[i + 1]! - time[i]!).sort();
  return steps[steps.length >>> 1]!;
}

function longestHole({ time }: Candles): { bar: number; lengthMs: number } {
  let bar = 0;
  for (let i = 1; i + 1 < time.length; i++) {
    if (time[i + 1]! - time[i]! > time[bar + 1]! - time[bar]!) bar = i;
  }
  return { bar, lengthMs: time[bar + 1]! - time[bar]! };
}

/** Whether fewer than one candle in seven opens on a Saturday or Sunday, as where exchanges close. */
function closes({ time }: Candles): boolean {
  let weekend = 0;
  for (const at of time) {
    const day = new Date(at).getUTCDay();
    if (day === 0 || day === 6) weekend++;
  }
  return weekend < time.length / 7;
}
