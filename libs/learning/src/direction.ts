import { type Span, holdOutValidation } from './evaluation/folds.js';
import { type LabelledRows, sliceColumns } from './labelled-rows.js';
import { fitLogisticPath, type LogisticModel, scoreLogistic } from './linear/logistic.js';
import { directionBoosting, type TrainingParams } from './params.js';
import type { Columns } from './trees/binned-matrix.js';
import { boost, type BoostingData } from './trees/boosting.js';
import { type Ensemble, scoreRows } from './trees/ensemble.js';
import { logLossObjective } from './trees/objective.js';

export type ModelKind = 'gbdt' | 'logistic';

/**
 * What turns features into a raw log-odds score of "up".
 *
 * Trees are boosted on top of the logistic model: they learn only what a line leaves over, so a
 * linear truth costs them nothing, and where they find nothing the linear model is what remains.
 */
export type Scorer =
  { kind: 'gbdt'; start: LogisticModel; ensemble: Ensemble } | { kind: 'logistic'; logistic: LogisticModel };

export interface FittedDirection {
  readonly scorer: Scorer;
  /** Share of the summed split gain (trees) or of |weight| (logistic) a feature. */
  readonly importance: Float64Array;
  /** Trees kept; for the logistic model, penalties tried. */
  readonly rounds: number;
  readonly validationLoss: number;
}

export interface FitRound {
  readonly round: number;
  readonly rounds: number;
  readonly validationLoss: number | null;
}

export interface FitWatch {
  readonly onRound?: ((round: FitRound) => void) | undefined;
  readonly shouldStop?: (() => boolean) | undefined;
}

/** Penalties tried on the validation part, in independent labels; strongest first. */
const LOGISTIC_PENALTIES = [300, 30, 3] as const;

/**
 * Fits a direction scorer to the rows of `train`; its newest fifth decides when boosting stops and
 * which penalty the logistic model takes, with a purged gap before it.
 * @throws LearningError `CANCELLED`.
 */
export function fitDirection(
  data: LabelledRows,
  train: Span,
  kind: ModelKind,
  params: TrainingParams,
  seed: number,
  watch: FitWatch = {},
): FittedDirection {
  const spans = holdOutValidation(train, data.horizon);
  const part = ({ from, to }: Span): BoostingData => ({
    columns: sliceColumns(data.columns, from, to),
    target: data.up.subarray(from, to),
  });
  const fit = part(spans.fit);
  const validation = part(spans.validation);
  const linear = fitPenalised(fit, validation, data.horizon);
  if (kind === 'logistic') {
    const rounds = LOGISTIC_PENALTIES.length;
    watch.onRound?.({ round: rounds, rounds, validationLoss: linear.loss });
    return {
      scorer: { kind, logistic: linear.logistic },
      importance: shares(Float64Array.from(linear.logistic.weights, Math.abs)),
      rounds,
      validationLoss: linear.loss,
    };
  }
  const startedAtLine = (data: BoostingData): BoostingData => ({
    ...data,
    start: scoreLogistic(linear.logistic, data.columns),
  });
  const boosted = boost({
    train: startedAtLine(fit),
    validation: startedAtLine(validation),
    objective: logLossObjective,
    params: directionBoosting(params, data.horizon),
    seed,
    ...watch,
  });
  const rounds = boosted.ensemble.roots.length;
  return {
    scorer: { kind, start: linear.logistic, ensemble: boosted.ensemble },
    importance: shares(boosted.gain),
    rounds,
    validationLoss: boosted.validationLosses[rounds]!,
  };
}

/** The logistic model with the penalty that the validation part likes best. */
function fitPenalised(
  fit: BoostingData,
  validation: BoostingData,
  horizon: number,
): { logistic: LogisticModel; loss: number } {
  const penalties = LOGISTIC_PENALTIES.map((penalty) => penalty * horizon);
  return fitLogisticPath(fit.columns, fit.target, penalties)
    .map((logistic) => ({
      logistic,
      loss: logLossObjective.loss(validation.target, scoreLogistic(logistic, validation.columns)),
    }))
    .reduce((best, next) => (next.loss < best.loss ? next : best));
}

/** Raw log odds of every row of `columns`. */
export function scoreDirection(scorer: Scorer, columns: Columns): Float64Array {
  if (scorer.kind === 'logistic') return scoreLogistic(scorer.logistic, columns);
  const line = scoreLogistic(scorer.start, columns);
  const trees = scoreRows(scorer.ensemble, columns);
  return line.map((score, row) => score + trees[row]!);
}

/** The logistic model inside a scorer: the baseline that trees must be measured against. */
export function linearPart(scorer: Scorer): Scorer {
  return scorer.kind === 'logistic' ? scorer : { kind: 'logistic', logistic: scorer.start };
}

function shares(values: Float64Array): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total > 0 ? values.map((value) => value / total) : values;
}
