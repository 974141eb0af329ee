import { sliceCandles, type Candles } from '../candles.js';
import { BacktestInputError } from '../errors.js';
import type { BacktestRequest } from '../request.js';
import { runBacktest, type BacktestResult } from '../run-backtest.js';
import { calendarOf, dayEnds, periodEnds } from '../statistics/periods.js';
import { periodReturnsOf } from '../statistics/result-returns.js';
import { isBetter, meanFigures, sweepFiguresOf, type Objective, type SweepFigures } from './ranking.js';
import type { Params, Points } from './space.js';
import type { WalkForwardWindow } from './walk-forward.js';

/** What all runs of a sweep share. */
export interface SweepPlan {
  /** Candles, terms of trade and everything else that does not vary; `warmupFrom` is the first tradable bar. */
  readonly request: BacktestRequest;
  readonly points: Points;
  readonly objective: Objective;
  /** Null: every point is judged on the whole span. */
  readonly windows: readonly WalkForwardWindow[] | null;
  /** Bars before a window that warm its indicators, as a run on that span alone would have them. */
  readonly historyBars: number;
}

/** One point that ran; by its index among the sweep's points. */
export interface PointResult {
  readonly index: number;
  readonly inSample: SweepFigures;
  readonly outOfSample: SweepFigures | null;
}

/** A point that could not run, and why. */
export interface SkippedPoint {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** The best point of a window, with what it takes to judge it without running it again. */
export interface WindowBest extends PointResult {
  /** Returns per period where it was chosen. */
  readonly returns: readonly number[];
  /** Equity at each period's end where it was judged; of a run that began with the initial capital. */
  readonly judged: { readonly time: readonly number[]; readonly equity: readonly number[] };
}

export interface WindowPart {
  /** Sharpe ratio per period of every point that has one. */
  readonly sharpes: readonly number[];
  readonly best: WindowBest | null;
}

/** What a stretch of a sweep's points came to: plain values, which survive JSON unchanged. */
export interface SweepPartResult {
  readonly results: readonly PointResult[];
  readonly skipped: readonly SkippedPoint[];
  readonly windows: readonly WindowPart[];
  /** Null when nothing ran. */
  readonly periodsPerYear: number | null;
}

/** Bars to choose on, and those after them to judge by. */
interface Spans {
  readonly chosenOn: Span;
  readonly judgedOn: Span | null;
}

/** Candles as a run takes them: views, whose identity stays the same for all points. */
type Span = Pick<BacktestRequest, 'candles' | 'warmupFrom' | 'signals' | 'expectedReturns'>;

/**
 * Runs points of a sweep one by one, as many and whichever the caller likes; every run is the backtest of
 * its span, bit for bit. Candles and signals are shared by all runs, never copied.
 */
export class SweepPart {
  readonly #spans: readonly Spans[];
  readonly #results: PointResult[] = [];
  readonly #skipped: SkippedPoint[] = [];
  readonly #windows: { sharpes: number[]; best: WindowBest | null }[];
  #periodsPerYear: number | null = null;

  constructor(private readonly plan: SweepPlan) {
    this.#spans = spansOf(plan);
    this.#windows = this.#spans.map(() => ({ sharpes: [], best: null }));
  }

  /** Runs one point on every window; one that cannot be traded is noted and passed over. */
  run(index: number): void {
    const params = { ...(this.plan.request.params as Params | undefined), ...this.plan.points.at(index) };
    try {
      this.#runOn(index, params);
    } catch (error) {
      if (!(error instanceof BacktestInputError)) throw error;
      this.#skipped.push({ index, code: error.code, message: error.message });
    }
  }

  result(): SweepPartResult {
    return {
      results: this.#results,
      skipped: this.#skipped,
      windows: this.#windows,
      periodsPerYear: this.#periodsPerYear,
    };
  }

  #runOn(index: number, params: Params): void {
    // All windows first: a point that fails on one of them has left no trace on the others.
    const runs = this.#spans.map(({ chosenOn, judgedOn }) => ({
      chosen: this.#backtest(chosenOn, params),
      judged: judgedOn === null ? null : this.#backtest(judgedOn, params),
    }));
    const inSample = runs.map(({ chosen }) => sweepFiguresOf(chosen.performance));
    const outOfSample = runs.map(({ judged }) => judged && sweepFiguresOf(judged.performance));
    runs.forEach(({ chosen, judged }, k) => {
      const window = this.#windows[k]!;
      const { sharpeRatio, periodsPerYear } = chosen.performance;
      this.#periodsPerYear = periodsPerYear;
      if (sharpeRatio !== null) window.sharpes.push(sharpeRatio / Math.sqrt(periodsPerYear));
      const { best } = window;
      if (best !== null && !isBetter(inSample[k]!, best.inSample, this.plan.objective)) return;
      window.best = {
        index,
        inSample: inSample[k]!,
        outOfSample: outOfSample[k]!,
        returns: [...periodReturnsOf(chosen)],
        judged: judged === null ? { time: [], equity: [] } : periodEquity(judged),
      };
    });
    const judged = outOfSample.filter((figures) => figures !== null);
    this.#results.push({
      index,
      inSample: meanFigures(inSample),
      outOfSample: judged.length === 0 ? null : meanFigures(judged),
    });
  }

  #backtest(span: Span, params: Params): BacktestResult {
    return runBacktest({ ...this.plan.request, ...span, params });
  }
}

function spansOf({ request, windows, historyBars }: SweepPlan): Spans[] {
  const { candles, warmupFrom: from = 0 } = request;
  if (windows === null)
    return [{ chosenOn: spanOf(request, from, candles.time.length, historyBars), judgedOn: null }];
  return windows.map(({ trainFrom, trainTo, testFrom, testTo }) => ({
    chosenOn: spanOf(request, trainFrom, trainTo, historyBars),
    judgedOn: spanOf(request, testFrom, testTo, historyBars),
  }));
}

function spanOf(request: BacktestRequest, from: number, to: number, historyBars: number): Span {
  const { signals, expectedReturns } = request;
  const start = Math.max(0, from - historyBars);
  const candles: Candles = sliceCandles(request.candles, start, to);
  return {
    candles,
    warmupFrom: from - start,
    signals: signals?.subarray(start, to),
    expectedReturns: expectedReturns?.subarray(start, to),
  };
}

function periodEquity({ time, equity }: BacktestResult): WindowBest['judged'] {
  const days = dayEnds(time);
  const ends = [...periodEnds(time, days, calendarOf(time, days).period)];
  return { time: ends.map((bar) => time[bar]!), equity: ends.map((bar) => equity[bar]!) };
}
