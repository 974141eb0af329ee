import type { Candles } from '@app/backtest';
import { assertLearnable, assertTrainable } from './check-trainable.js';
import { fitDirection, type ModelKind } from './direction.js';
import { evaluate } from './evaluation/evaluate.js';
import { walkForwardFolds } from './evaluation/folds.js';
import { permutationImportance } from './evaluation/importance.js';
import { forecastFolds } from './evaluation/walk-forward.js';
import { FEATURE_VERSION, FEATURES } from './features/registry.js';
import { fitEvaluatedInterval } from './interval.js';
import { type LabelledRows, labelledRows } from './labelled-rows.js';
import type { TrainedModel } from './model-document.js';
import { parseTrainingParams, type TrainingParamsInput } from './params.js';
import type { BoostingCallbacks } from './trees/boosting.js';

export interface TrainingProgress {
  /** Of the fit that runs now, 1-based. */
  readonly round: number;
  readonly rounds: number;
  /** `null` where a fit minimises something else. */
  readonly validationLogLoss: number | null;
  /** A few words for people: `walk-forward 3 of 6`, `return interval`, `final model`. */
  readonly phase: string;
  /** Of the whole training, 0 to 1, never falling. */
  readonly fraction: number;
}

export interface TrainingRequest {
  readonly candles: Candles;
  readonly symbol: string;
  readonly timeframe: string;
  /** Bars between a prediction and the close that it is about. */
  readonly horizon: number;
  readonly model: ModelKind;
  readonly params?: TrainingParamsInput | undefined;
  readonly seed?: number | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Asked at least once a boosting round; `true` ends training with `CANCELLED`. */
  readonly shouldStop?: (() => boolean) | undefined;
}

/**
 * Trains a direction model with a return interval on all of `candles` and judges the procedure by
 * walk-forward on rows that the judged models had not seen.
 *
 * Deterministic: the same request gives the same model.
 * @throws LearningError `INVALID_CANDLES`, `INVALID_PARAMS`, `TOO_FEW_ROWS`, `DATA_GAPS`,
 *   `ONE_CLASS_ONLY`, `CONSTANT_FEATURES` or `CANCELLED`.
 */
export function trainModel(request: TrainingRequest): TrainedModel {
  const { candles, horizon, model: kind, seed = 1 } = request;
  const params = parseTrainingParams(request.params);
  assertTrainable(candles, horizon);
  const data = labelledRows(candles, horizon, params.higher_timeframes);
  assertLearnable(data);
  const folds = walkForwardFolds(data.labelled, horizon);
  const progress = stagedProgress(request, folds.length + 3);

  const forecasts = forecastFolds(data, folds, kind, params, seed, (fold) =>
    progress(`walk-forward ${fold + 1} of ${folds.length}`),
  );
  const interval = fitEvaluatedInterval(data, folds, params, seed, () => progress('return interval'));
  const whole = { from: 0, to: data.labelled };
  const final = fitDirection(data, whole, kind, params, seed + folds.length, progress('final model'));
  const lastReturn = data.columns[FEATURES.findIndex((feature) => feature.name === 'raw_return_1')]!;
  const evaluation = evaluate({
    data,
    kind,
    forecasts,
    lastReturn,
    close: candles.close,
    time: candles.time,
    interval,
    params,
    seed,
  });
  const permuted = permutationImportance(forecasts.at(-1)!, data, seed);
  const { rise, fall } = meanMoves(data);
  const at = (bar: number): string => new Date(candles.time[bar]!).toISOString();
  const trained: TrainedModel = {
    symbol: request.symbol,
    timeframe: request.timeframe,
    horizon,
    kind,
    seed,
    params,
    feature_version: FEATURE_VERSION,
    features: FEATURES.map((feature) => feature.name),
    trained_from: at(0),
    trained_to: at(candles.time.length - 1),
    rows: data.labelled,
    scorer: final.scorer,
    calibration: final.calibration,
    interval: interval.model,
    mean_rise: rise,
    mean_fall: fall,
    importance: FEATURES.map((feature, f) => ({
      feature: feature.name,
      gain: final.importance[f]!,
      permutation: permuted[f]!,
    })).sort((a, b) => b.gain - a.gain),
    evaluation,
    warnings: [],
  };
  request.onProgress?.({
    round: final.rounds,
    rounds: final.rounds,
    validationLogLoss: final.validationLoss,
    phase: 'done',
    fraction: 1,
  });
  return trained;
}

/** Mean of the scaled return over rising labels, and over the others. */
function meanMoves(data: LabelledRows): { rise: number; fall: number } {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let row = 0; row < data.labelled; row++) {
    const side = data.up[row]!;
    sums[side]! += data.move[row]! / data.scale[row]!;
    counts[side]!++;
  }
  return { rise: sums[1]! / counts[1]!, fall: sums[0]! / counts[0]! };
}

/**
 * Each call opens the next stage, one of `stages` equal ones (or none, with a share of 0), and
 * returns what the fit within it reports to: an early stop jumps ahead, nothing goes back.
 */
function stagedProgress(
  request: Pick<TrainingRequest, 'onProgress' | 'shouldStop'>,
  stages: number,
): (phase: string, share?: number) => BoostingCallbacks {
  let done = 0;
  return (phase, share = 1) => {
    const start = done;
    done += share;
    return {
      shouldStop: request.shouldStop,
      onRound: ({ round, rounds, validationLoss }) =>
        request.onProgress?.({
          round,
          rounds,
          validationLogLoss: validationLoss,
          phase,
          fraction: Math.min(1, (start + (share * round) / rounds) / stages),
        }),
    };
  };
}
