import { BacktestInputError, type Candles, checkCandles } from '@app/backtest';
import { LearningError } from './errors.js';
import { FEATURES, WARM_UP_BARS } from './features/registry.js';
import type { LabelledRows } from './labelled-rows.js';

const DAY_MS = 86_400_000;

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
const LONGEST_CLOSING_MS = 7 * DAY_MS;

/**
 * Looks through candles, a piece at a time if need be, for what would make training on them senseless.
 *
 * @example
 * const scan = new TrainabilityScan(24, 3_600_000);
 * for (const piece of pieces) scan.add(piece);
 * scan.finish();
 */
export class TrainabilityScan {
  #bars = 0;
  #weekendBars = 0;
  #lastTime = NaN;
  #hole = { afterMs: NaN, lengthMs: 0 };
  /** The first bar's prices and volume, and whether a later bar had others. */
  #first: readonly number[] | null = null;
  #hasMoved = false;
  /** Closes of the last `horizon` bars, by bar number modulo the horizon. */
  readonly #recent: Float64Array;
  #ups = 0;

  /**
   * @param horizon bars between a prediction and the close that it is about
   * @param barMs length of one bar
   * @throws LearningError `INVALID_PARAMS`
   */
  constructor(
    private readonly horizon: number,
    private readonly barMs: number,
  ) {
    if (!Number.isInteger(horizon) || horizon < 1) {
      throw new LearningError(
        'INVALID_PARAMS',
        `The horizon is ${horizon}; it must be a whole number of bars, at least 1.`,
      );
    }
    this.#recent = new Float64Array(horizon);
  }

  /** @throws LearningError `INVALID_CANDLES`, naming the first bad bar of the piece. */
  add(piece: Candles): void {
    assertCandles(piece);
    const { time, open, high, low, close, volume } = piece;
    if (time[0]! <= this.#lastTime) {
      throw new LearningError(
        'INVALID_CANDLES',
        `The candle of ${isoTime(time[0]!)} stands in the wrong place.`,
      );
    }
    for (let bar = 0; bar < time.length; bar++) {
      const at = time[bar]!;
      if (at - this.#lastTime > this.#hole.lengthMs) {
        this.#hole = { afterMs: this.#lastTime, lengthMs: at - this.#lastTime };
      }
      this.#lastTime = at;
      // The epoch began on a Thursday: days 2 and 3 of every seven are the weekend.
      const day = Math.floor(at / DAY_MS) % 7;
      if (day === 2 || day === 3) this.#weekendBars++;
      if (!this.#hasMoved) {
        const values = [open[bar]!, high[bar]!, low[bar]!, close[bar]!, volume[bar]!];
        this.#first ??= values;
        this.#hasMoved = values.some((value, i) => value !== this.#first![i]);
      }
      const place = this.#bars % this.horizon;
      if (this.#bars >= this.horizon && close[bar]! > this.#recent[place]!) this.#ups++;
      this.#recent[place] = close[bar]!;
      this.#bars++;
    }
  }

  /**
   * Judges all that was added.
   * @throws LearningError `TOO_FEW_ROWS`, `DATA_GAPS` (a hole longer than 48 bars, and than 7 days
   *   where markets close), `CONSTANT_FEATURES` or `ONE_CLASS_ONLY`, naming what was found.
   */
  finish(): void {
    const needed = minimumRows(this.horizon);
    if (this.#bars < needed) {
      throw new LearningError(
        'TOO_FEW_ROWS',
        `Training on labels of ${this.horizon} bars needs ${needed} candles; there are ${this.#bars}.`,
      );
    }
    // Fewer than one candle in seven on a weekend: an exchange that closes.
    const closes = this.#weekendBars < this.#bars / 7;
    const { afterMs, lengthMs } = this.#hole;
    if (lengthMs > Math.max(LONGEST_HOLE_BARS * this.barMs, closes ? LONGEST_CLOSING_MS : 0)) {
      const missing = Math.round(lengthMs / this.barMs) - 1;
      throw new LearningError(
        'DATA_GAPS',
        `After ${isoTime(afterMs)} about ${missing} candles are missing; at most ${LONGEST_HOLE_BARS} may be.`,
      );
    }
    if (!this.#hasMoved) throw nothingChanges();
    assertTwoClasses(this.#ups, this.#bars - this.horizon);
  }
}

/**
 * Refuses candles that no model should be trained on.
 * @throws LearningError as `TrainabilityScan`.
 */
export function assertTrainable(candles: Candles, horizon: number): void {
  const scan = new TrainabilityScan(horizon, medianStep(candles));
  scan.add(candles);
  scan.finish();
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
    throw nothingChanges();
  }
  assertTwoClasses(
    data.up.reduce((sum, up) => sum + up, 0),
    data.labelled,
  );
}

function nothingChanges(): LearningError {
  return new LearningError(
    'CONSTANT_FEATURES',
    'No feature of price or volume ever changes in these candles.',
  );
}

function assertTwoClasses(ups: number, labels: number): void {
  if (ups > 0 && ups < labels) return;
  throw new LearningError(
    'ONE_CLASS_ONLY',
    `All ${labels} labels are "${ups === 0 ? 'not up' : 'up'}"; a direction cannot be learned from one class.`,
  );
}

function isConstant(column: Float32Array): boolean {
  const first = column.find((value) => value === value);
  return column.every((value) => value !== value || value === first);
}

function medianStep({ time }: Candles): number {
  const steps = Float64Array.from(
    { length: Math.max(0, time.length - 1) },
    (_, i) => time[i + 1]! - time[i]!,
  ).sort();
  return steps[steps.length >>> 1] ?? NaN;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
