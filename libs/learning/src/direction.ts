import { type Calibration, fitCalibration } from './evaluation/calibration.js';
import { crossValidationParts, type Span } from './evaluation/folds.js';
import { type LabelledRows, rowsOf } from './labelled-rows.js';
import { fitLogisticPath, type LogisticModel, scoreLogistic } from './linear/logistic.js';
import { directionBoosting, type TrainingParams } from './params.js';
import { type Columns, quantileCuts } from './trees/binned-matrix.js';
import {
  assertNotStopped,
  Booster,
  boost,
  type BoostingData,
  type BoostingCallbacks,
} from './trees/boosting.js';
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

/** A scorer with what turns its scores into probabilities, known at the end of its training rows. */
export interface CalibratedScorer {
  readonly scorer: Scorer;
  readonly calibration: Calibration;
}

export interface FittedDirection extends CalibratedScorer {
  /** The logistic model alone: the baseline that trees must be measured against. */
  readonly linear: CalibratedScorer;
  /** Share of the summed split gain (trees) or of |weight| (logistic) a feature. */
  readonly importance: Float64Array;
  /** Trees kept; for the logistic model, penalties tried. */
  readonly rounds: number;
  /** Mean log loss of the raw scores out of fold. */
  readonly validationLoss: number;
}

/** Penalties tried out of fold, in independent labels; strongest first. */
const LOGISTIC_PENALTIES = [300, 100, 30, 10] as const;

/** A stretch of the training rows with models that have not seen it. */
interface Part {
  readonly held: Span;
  readonly fit: BoostingData;
  readonly validation: BoostingData;
}

/**
 * Fits a direction scorer to the rows of `train`.
 *
 * Purged cross-validation inside `train` decides the penalty and the number of rounds and yields
 * the out-of-fold scores that calibrate; the scorer itself is then fitted to all of `train`.
 * @throws LearningError `CANCELLED`.
 */
export function fitDirection(
  data: LabelledRows,
  train: Span,
  kind: ModelKind,
  params: TrainingParams,
  seed: number,
  watch: BoostingCallbacks = {},
): FittedDirection {
  const parts = crossValidationParts(train, data.horizon).map(({ fit, held }): Part => ({
    held,
    fit: rowsOf(data, fit),
    validation: rowsOf(data, [held]),
  }));
  const whole = rowsOf(data, [train]);
  const heldOut = parts.map(({ held }) => ({ from: held.from - train.from, to: held.to - train.from }));
  const calibrated = (scorer: Scorer, scores: Float64Array): CalibratedScorer => ({
    scorer,
    calibration: fitCalibration(scores, whole.target, data.horizon, heldOut),
  });

  const line = chooseLine(parts, data.horizon, watch);
  const logistic = fitLogisticPath(whole.columns, whole.target, line.penalties).at(-1)!;
  const linear = calibrated({ kind: 'logistic', logistic }, concatenate(line.heldScores));
  if (kind === 'logistic') {
    const rounds = LOGISTIC_PENALTIES.length;
    watch.onRound?.({ round: rounds, rounds, validationLoss: line.loss });
    const importance = shares(Float64Array.from(logistic.weights, Math.abs));
    return { ...linear, linear, importance, rounds, validationLoss: line.loss };
  }

  const settings = {
    objective: logLossObjective,
    params: directionBoosting(params, data.horizon),
    cuts: whole.columns.map(quantileCuts),
  };
  const trees = chooseRounds(
    parts.map((part, index) => {
      return new Booster({
        ...settings,
        seed: seed + index,
        train: { ...part.fit, start: line.fitScores[index] },
        validation: { ...part.validation, start: line.heldScores[index] },
      });
    }),
    parts,
    params,
    watch,
  );
  const boosted = boost({
    ...settings,
    params: { ...settings.params, rounds: trees.rounds },
    seed,
    train: { ...whole, start: scoreLogistic(logistic, whole.columns) },
    shouldStop: watch.shouldStop,
  });
  return {
    ...calibrated({ kind, start: logistic, ensemble: boosted.ensemble }, concatenate(trees.heldScores)),
    linear,
    importance: shares(boosted.gain),
    rounds: trees.rounds,
    validationLoss: trees.loss,
  };
}

/** The penalty with the least log loss out of fold, as the path that leads to it, and what its models said. */
function chooseLine(parts: readonly Part[], horizon: number, watch: BoostingCallbacks) {
  const penalties = LOGISTIC_PENALTIES.map((penalty) => penalty * horizon);
  const paths = parts.map((part) => {
    assertNotStopped(watch, 0);
    return fitLogisticPath(part.fit.columns, part.fit.target, penalties);
  });
  const heldScores = penalties.map((_, p) =>
    parts.map(({ validation }, k) => scoreLogistic(paths[k]![p]!, validation.columns)),
  );
  const losses = heldScores.map((scores) => meanLoss(parts, scores));
  const best = losses.indexOf(Math.min(...losses));
  return {
    penalties: penalties.slice(0, best + 1),
    loss: losses[best]!,
    heldScores: heldScores[best]!,
    fitScores: parts.map(({ fit }, k) => scoreLogistic(paths[k]![best]!, fit.columns)),
  };
}

/** Grows one ensemble a part, tree by tree together, until none has lowered their common loss for a while. */
function chooseRounds(
  boosters: readonly Booster[],
  parts: readonly Part[],
  { rounds, patience }: TrainingParams,
  watch: BoostingCallbacks,
) {
  const scoresNow = (): Float64Array[] => boosters.map((booster) => booster.validationScores.slice());
  let best = { rounds: 0, heldScores: scoresNow(), loss: lossOf(boosters, parts) };
  for (let round = 1; round <= rounds && round - best.rounds <= patience; round++) {
    assertNotStopped(watch, round);
    for (const booster of boosters) booster.step();
    const loss = lossOf(boosters, parts);
    if (loss < best.loss) best = { rounds: round, heldScores: scoresNow(), loss };
    watch.onRound?.({ round, rounds, validationLoss: loss });
  }
  return best;
}

/** Mean loss of all parts' held rows. */
function lossOf(boosters: readonly Booster[], parts: readonly Part[]): number {
  return meanLoss(
    parts,
    boosters.map((booster) => booster.validationScores),
  );
}

function meanLoss(parts: readonly Part[], scores: readonly Float64Array[]): number {
  let sum = 0;
  let rows = 0;
  parts.forEach(({ validation: { target } }, k) => {
    sum += target.length * logLossObjective.loss(target, scores[k]!);
    rows += target.length;
  });
  return sum / rows;
}

/** Raw log odds of every row of `columns`. */
export function scoreDirection(scorer: Scorer, columns: Columns): Float64Array {
  if (scorer.kind === 'logistic') return scoreLogistic(scorer.logistic, columns);
  const line = scoreLogistic(scorer.start, columns);
  const trees = scoreRows(scorer.ensemble, columns);
  return line.map((score, row) => score + trees[row]!);
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function shares(values: Float64Array): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total > 0 ? values.map((value) => value / total) : values;
}
