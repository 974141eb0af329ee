import { type Span, holdOutValidation } from './evaluation/folds.js';
import { type LabelledRows, sliceColumns } from './labelled-rows.js';
import { fitLogistic, type LogisticModel, scoreLogistic } from './linear/logistic.js';
import { directionBoosting, type TrainingParams } from './params.js';
import { boost } from './trees/boosting.js';
import type { Columns } from './trees/binned-matrix.js';
import { type Ensemble, scoreRows } from './trees/ensemble.js';
import { logLossObjective } from './trees/objective.js';

export type ModelKind = 'gbdt' | 'logistic';

/** What turns features into a raw log-odds score of "up". */
export type Scorer = { kind: 'gbdt'; ensemble: Ensemble } | { kind: 'logistic'; logistic: LogisticModel };

export interface FittedDirection {
  readonly scorer: Scorer;
  /** Share of the summed split gain (trees) or of |weight| (logistic) a feature. */
  readonly importance: Float64Array;
  readonly rounds: number;
  readonly validationLoss: number;
}

export interface FitRound {
  readonly round: number;
  readonly rounds: number;
  readonly validationLoss: number;
}

export interface FitWatch {
  readonly onRound?: ((round: FitRound) => void) | undefined;
  readonly shouldStop?: (() => boolean) | undefined;
}

/** Penalties tried on the validation part, in independent labels. */
const LOGISTIC_PENALTIES = [3, 30, 300] as const;

/**
 * Fits a direction scorer to the rows of `train`; its newest fifth decides when boosting stops or
 * which penalty the logistic model takes, with a purged gap before it.
 */
export function fitDirection(
  data: LabelledRows,
  train: Span,
  kind: ModelKind,
  params: TrainingParams,
  seed: number,
  watch: FitWatch = {},
): FittedDirection {
  const { fit, validation } = holdOutValidation(train, data.horizon);
  const fitColumns = sliceColumns(data.columns, fit.from, fit.to);
  const fitTarget = data.up.subarray(fit.from, fit.to);
  const validationColumns = sliceColumns(data.columns, validation.from, validation.to);
  const validationTarget = data.up.subarray(validation.from, validation.to);

  if (kind === 'gbdt') {
    const boosted = boost({
      train: { columns: fitColumns, target: fitTarget },
      validation: { columns: validationColumns, target: validationTarget },
      objective: logLossObjective,
      params: directionBoosting(params, data.horizon),
      seed,
      onRound: ({ round, rounds, validationLoss }) =>
        watch.onRound?.({ round, rounds, validationLoss: validationLoss ?? NaN }),
      shouldStop: watch.shouldStop,
    });
    const rounds = boosted.ensemble.roots.length;
    return {
      scorer: { kind, ensemble: boosted.ensemble },
      importance: shares(boosted.gain),
      rounds,
      validationLoss: boosted.validationLosses[rounds]!,
    };
  }

  const tried = LOGISTIC_PENALTIES.map((penalty, index) => {
    const logistic = fitLogistic(fitColumns, fitTarget, penalty * data.horizon);
    const loss = logLossObjective.loss(validationTarget, scoreLogistic(logistic, validationColumns));
    watch.onRound?.({ round: index + 1, rounds: LOGISTIC_PENALTIES.length, validationLoss: loss });
    return { logistic, loss };
  });
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  return {
    scorer: { kind, logistic: best.logistic },
    importance: shares(Float64Array.from(best.logistic.weights, Math.abs)),
    rounds: tried.length,
    validationLoss: best.loss,
  };
}

/** Raw log odds of every row of `columns`. */
export function scoreDirection(scorer: Scorer, columns: Columns): Float64Array {
  return scorer.kind === 'gbdt'
    ? scoreRows(scorer.ensemble, columns)
    : scoreLogistic(scorer.logistic, columns);
}

function shares(values: Float64Array): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total > 0 ? values.map((value) => value / total) : values;
}
