import {
  type FittedDirection,
  fitDirection,
  type FitWatch,
  linearPart,
  type ModelKind,
  scoreDirection,
  type Scorer,
} from '../direction.js';
import { type LabelledRows, sliceColumns } from '../labelled-rows.js';
import type { TrainingParams } from '../params.js';
import { type Calibration, calibrate, fitCalibration } from './calibration.js';
import { type Fold, gapRows, type Span } from './folds.js';

/** What one scorer said about the rows of a fold. */
export interface BlockForecast {
  readonly fold: Fold;
  /** Raw log odds of the test rows. */
  readonly scores: Float64Array;
  /** Fitted to the scores of earlier folds only. */
  readonly calibration: Calibration;
  readonly probabilities: Float64Array;
}

export interface FoldForecast extends BlockForecast {
  readonly fitted: FittedDirection;
  /** The same by the logistic model alone, on the same rows. */
  readonly linear: BlockForecast;
}

/**
 * Trains one model a fold on rows whose labels were known before the fold's test rows, and
 * calibrates it on what earlier folds' models said out of sample; nothing else enters.
 */
export function forecastFolds(
  data: LabelledRows,
  folds: readonly Fold[],
  kind: ModelKind,
  params: TrainingParams,
  seed: number,
  watch: (fold: number) => FitWatch,
): FoldForecast[] {
  const forecasts: FoldForecast[] = [];
  folds.forEach((fold, index) => {
    const fitted = fitDirection(data, fold.train, kind, params, seed + index, watch(index));
    const columns = sliceColumns(data.columns, fold.test.from, fold.test.to);
    const forecast = (scorer: Scorer, earlier: readonly BlockForecast[]): BlockForecast => {
      const scores = scoreDirection(scorer, columns);
      const calibration = calibrationKnownBefore(data, earlier, fold.test.from, fold.train);
      return { fold, scores, calibration, probabilities: calibrate(calibration, scores) };
    };
    forecasts.push({
      ...forecast(fitted.scorer, forecasts),
      fitted,
      linear: forecast(
        linearPart(fitted.scorer),
        forecasts.map(({ linear }) => linear),
      ),
    });
  });
  return forecasts;
}

/** The calibration that earlier test scores allow at `row`, from labels known a gap before it. */
export function calibrationKnownBefore(
  data: LabelledRows,
  earlier: readonly Pick<BlockForecast, 'fold' | 'scores'>[],
  row: number,
  train: Span,
): Calibration {
  const known = row - gapRows(data.horizon);
  const scores: number[] = [];
  const outcomes: number[] = [];
  for (const { fold, scores: said } of earlier) {
    for (let at = fold.test.from; at < Math.min(fold.test.to, known); at++) {
      scores.push(said[at - fold.test.from]!);
      outcomes.push(data.up[at]!);
    }
  }
  return fitCalibration(
    Float64Array.from(scores),
    Float64Array.from(outcomes),
    data.horizon,
    baseRate(data, train),
  );
}

/** Share of rising labels in a span of rows, with one of each added (Laplace's rule). */
export function baseRate(data: LabelledRows, span: Span): number {
  let up = 1;
  for (let row = span.from; row < span.to; row++) up += data.up[row]!;
  return up / (span.to - span.from + 2);
}
