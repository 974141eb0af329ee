import { drawdownsOf } from '../statistics/drawdowns.js';
import { mean } from '../statistics/moments.js';
import { dayMs } from '../statistics/periods.js';
import { sharpePerPeriod } from '../statistics/sharpe.js';
import { deflatedSharpe, overfittingWarning } from './overfitting.js';
import { isBetter, rankRuns, type Objective, type SweepFigures, type SweepRun } from './ranking.js';
import type { Params, Points } from './space.js';
import type { SkippedPoint, SweepPartResult, WindowBest } from './sweep-part.js';

/** What the walk-forward choices, traded one after another, would have given. */
export interface StitchedResult {
  readonly totalReturn: number;
  readonly cagr: number | null;
  readonly sharpeRatio: number | null;
  readonly maxDrawdown: number;
}

export interface WindowSummary {
  readonly trials: number;
  /** The best where it was chosen; null when nothing ran. */
  readonly best: {
    readonly params: Params;
    readonly inSample: SweepFigures;
    readonly outOfSample: SweepFigures | null;
  } | null;
  readonly deflatedSharpe: number | null;
}

export interface SweepSummary {
  /** Points that ran. */
  readonly trials: number;
  /** From best to worst. */
  readonly runs: readonly SweepRun[];
  readonly skipped: readonly (Omit<SkippedPoint, 'index'> & { readonly params: Params })[];
  readonly windows: readonly WindowSummary[];
  /** Mean over the windows of the probability that their best has any skill. */
  readonly deflatedSharpe: number | null;
  readonly overfittingWarning: string | null;
  /** Null without walk-forward. */
  readonly outOfSample: StitchedResult | null;
  /** Of the choices traded one after another, at each period's end; begins with the initial capital. */
  readonly outOfSampleCurve: readonly { readonly time: number; readonly equity: number }[];
}

/**
 * Puts the parts of a sweep together, in the order of their points: as many of them as there are. Needs no
 * candles, so what a cancelled sweep has done is summed up at once.
 */
export function summariseSweep(
  points: Points,
  parts: readonly SweepPartResult[],
  terms: { readonly objective: Objective; readonly initialCapital: number },
): SweepSummary {
  const { objective, initialCapital } = terms;
  const runs = parts.flatMap(({ results }) =>
    results.map(({ index, ...figures }) => ({ params: points.at(index), ...figures })),
  );
  const skipped = parts.flatMap((part) =>
    part.skipped.map(({ index, code, message }) => ({ params: points.at(index), code, message })),
  );
  const bests: (WindowBest | null)[] = [];
  const windows = (parts[0]?.windows ?? []).map((_, k): WindowSummary => {
    const best = bestOf(
      parts.map(({ windows }) => windows[k]!.best),
      objective,
    );
    bests.push(best);
    const sharpes = Float64Array.from(parts.flatMap(({ windows }) => windows[k]!.sharpes));
    return {
      trials: runs.length,
      best: best && {
        params: points.at(best.index),
        inSample: best.inSample,
        outOfSample: best.outOfSample,
      },
      deflatedSharpe: best && deflatedSharpe(Float64Array.from(best.returns), sharpes),
    };
  });
  const deflated = meanOf(windows.map((window) => window.deflatedSharpe));
  const judged = bests.flatMap((best) =>
    best?.outOfSample ? [{ ...best, outOfSample: best.outOfSample }] : [],
  );
  const periodsPerYear = parts.find((part) => part.periodsPerYear !== null)?.periodsPerYear ?? NaN;
  const stitched = stitch(judged, initialCapital, periodsPerYear);
  return {
    trials: runs.length,
    runs: rankRuns(runs, objective),
    skipped,
    windows,
    deflatedSharpe: deflated,
    overfittingWarning: overfittingWarning({
      trials: runs.length,
      deflatedSharpe: deflated,
      inSample: sharpesOf(judged.map(({ inSample }) => inSample)),
      outOfSample: sharpesOf(judged.map(({ outOfSample }) => outOfSample)),
    }),
    outOfSample: stitched.result,
    outOfSampleCurve: stitched.curve,
  };
}

/** The best of the parts' bests; of equals the first, as ranking all points at once would have it. */
function bestOf(bests: readonly (WindowBest | null)[], objective: Objective): WindowBest | null {
  return bests.reduce(
    (best, next) =>
      best === null || (next !== null && isBetter(next.inSample, best.inSample, objective)) ? next : best,
    null,
  );
}

function stitch(
  judged: readonly WindowBest[],
  initialCapital: number,
  periodsPerYear: number,
): { result: StitchedResult | null; curve: { time: number; equity: number }[] } {
  let capital = initialCapital;
  const curve = judged.flatMap(({ judged: { time, equity } }) => {
    const scale = capital / initialCapital;
    capital = equity.at(-1)! * scale;
    return time.map((at, k) => ({ time: at, equity: equity[k]! * scale }));
  });
  if (curve.length === 0) return { result: null, curve };
  const equity = Float64Array.from([initialCapital, ...curve.map((point) => point.equity)]);
  const time = Float64Array.from([curve[0]!.time, ...curve.map((point) => point.time)]);
  const returns = equity.slice(1).map((value, k) => value / equity[k]! - 1);
  const growth = capital / initialCapital;
  const years = (curve.at(-1)!.time - curve[0]!.time) / (365.25 * dayMs);
  return {
    result: {
      totalReturn: growth - 1,
      cagr: finiteOrNull(years > 0 && growth >= 0 ? growth ** (1 / years) - 1 : NaN),
      sharpeRatio: finiteOrNull(sharpePerPeriod(returns) * Math.sqrt(periodsPerYear)),
      maxDrawdown: drawdownsOf(equity, time).summary.maxDrawdown,
    },
    curve,
  };
}

function sharpesOf(all: readonly SweepFigures[]): number[] {
  return all.map((figures) => figures.sharpe_ratio).filter((value) => value !== null);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : mean(Float64Array.from(defined));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
