import {
  type FittedDirection,
  fitDirection,
  type FitWatch,
  type ModelKind,
  scoreDirection,
} from '../direction.js';
import { type LabelledRows, sliceColumns } from '../labelled-rows.js';
import type { TrainingParams } from '../params.js';
import { type Calibration, calibrate, fitCalibration } from './calibration.js';
import { type Fold, gapRows, type Span } from './folds.js';

/** What one fold's model said about the rows it was tested on. */
export interface FoldForecast {
  readonly fold: Fold;
  readonly fitted: FittedDirection;
  /** Raw log odds of the test rows. */
  readonly scores: Float64Array;
  /** Fitted to the scores of earlier folds only. */
  readonly calibration: Calibration;
  readonly probabilities: Float64Array;
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
    const scores = scoreDirection(fitted.scorer, sliceColumns(data.columns, fold.test.from, fold.test.to));
    const calibration = calibrationKnownBefore(data, forecasts, fold.test.from, fold.train);
    forecasts.push({ fold, fitted, scores, calibration, probabilities: calibrate(calibration, scores) });
  });
  return forecasts;
}

/** The calibration that earlier test scores allow at `row`, from labels known a gap before it. */
export function calibrationKnownBefore(
  data: LabelledRows,
  earlier: readonly Pick<FoldForecast, 'fold' | 'scores'>[],
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
