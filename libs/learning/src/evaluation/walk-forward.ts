import {
  type CalibratedScorer,
  type FittedDirection,
  fitDirection,
  type ModelKind,
  scoreDirection,
} from '../direction.js';
import { type LabelledRows, sliceColumns } from '../labelled-rows.js';
import type { TrainingParams } from '../params.js';
import type { BoostingCallbacks } from '../trees/boosting.js';
import { type Calibration, calibrate } from './calibration.js';
import type { Fold } from './folds.js';

/** What one scorer said about the rows of a fold. */
export interface BlockForecast {
  readonly fold: Fold;
  /** Raw log odds of the test rows. */
  readonly scores: Float64Array;
  /** Fitted out of fold, inside the training rows. */
  readonly calibration: Calibration;
  readonly probabilities: Float64Array;
}

export interface FoldForecast extends BlockForecast {
  readonly fitted: FittedDirection;
  /** The same by the logistic model alone, on the same rows. */
  readonly linear: BlockForecast;
}

/** Trains one model a fold, on rows whose labels were known before the fold's test rows; nothing else enters. */
export function forecastFolds(
  data: LabelledRows,
  folds: readonly Fold[],
  kind: ModelKind,
  params: TrainingParams,
  seed: number,
  watch: (fold: number) => BoostingCallbacks,
): FoldForecast[] {
  return folds.map((fold, index) => {
    const fitted = fitDirection(data, fold.train, kind, params, seed + index, watch(index));
    const columns = sliceColumns(data.columns, fold.test.from, fold.test.to);
    const forecast = ({ scorer, calibration }: CalibratedScorer): BlockForecast => {
      const scores = scoreDirection(scorer, columns);
      return { fold, scores, calibration, probabilities: calibrate(calibration, scores) };
    };
    return { ...forecast(fitted), fitted, linear: forecast(fitted.linear) };
  });
}
