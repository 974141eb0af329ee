import { type Candles, sliceCandles } from '@app/backtest';
import { assertLearnable, assertTrainable } from './check-trainable.js';
import { fitDirection, type ModelKind, scoreDirection } from './direction.js';
import { LearningError } from './errors.js';
import { calibrate, UNCALIBRATED } from './evaluation/calibration.js';
import { embargoRows } from './evaluation/folds.js';
import { labelledRows, sliceColumns } from './labelled-rows.js';
import { parseTrainingParams, type TrainingParamsInput } from './params.js';

export interface WalkForwardRequest {
  readonly candles: Candles;
  /** The first bar that needs a probability; everything before it is history to learn from. */
  readonly firstBar: number;
  readonly horizon: number;
  /** Bars after which a new model is trained. */
  readonly retrainEvery: number;
  readonly model?: ModelKind | undefined;
  readonly params?: TrainingParamsInput | undefined;
  readonly seed?: number | undefined;
  /** Bars of history that each training uses at most; all of it if absent. */
  readonly historyBars?: number | undefined;
  /**
   * `out-of-fold` (default): probabilities calibrated inside each training part, and the base rate
   * where that shows no evidence. `none`: each model's own probabilities, for a strategy that
   * wants to trade on a hunch; the backtest then measures the hunch.
   */
  readonly calibration?: 'out-of-fold' | 'none' | undefined;
  readonly onProgress?: ((progress: WalkForwardProgress) => void) | undefined;
  readonly shouldStop?: (() => boolean) | undefined;
}

export interface WalkForwardProgress {
  /** The model that trains now, 1-based. */
  readonly model: number;
  readonly models: number;
  readonly fraction: number;
}

/**
 * For each bar from `firstBar` on, the probability of rising that a model says at the bar's close
 * which was trained only on labels fully known before that model's first bar; `NaN` before.
 * As long as the candles.
 * @throws LearningError as `trainModel`; `TOO_FEW_ROWS` counts the candles before `firstBar`.
 */
export function walkForwardProbabilities(request: WalkForwardRequest): Float64Array {
  const { horizon, retrainEvery, seed = 1, model = 'gbdt', calibration = 'out-of-fold' } = request;
  const params = parseTrainingParams(request.params);
  if (!Number.isInteger(retrainEvery) || retrainEvery < 1) {
    throw new LearningError(
      'INVALID_PARAMS',
      `retrainEvery is ${retrainEvery}; it must be a whole number of bars, at least 1.`,
    );
  }
  const bars = request.candles.time.length;
  const skipped = Math.max(0, request.firstBar - (request.historyBars ?? request.firstBar));
  const candles = skipped > 0 ? sliceCandles(request.candles, skipped, bars) : request.candles;
  const firstBar = request.firstBar - skipped;
  assertTrainable(sliceCandles(candles, 0, firstBar), horizon);
  const data = labelledRows(candles, horizon, params.higher_timeframes);
  assertLearnable({
    ...data,
    up: data.up.subarray(0, firstBar - data.firstBar - horizon),
    labelled: firstBar - data.firstBar - horizon,
  });

  const firstRow = firstBar - data.firstBar;
  const starts = stepsFrom(firstRow, data.rows, retrainEvery);
  const probabilities = new Float64Array(bars).fill(NaN);
  starts.forEach((from, index) => {
    const report = (share: number): void =>
      request.onProgress?.({
        model: index + 1,
        models: starts.length,
        fraction: (index + share) / starts.length,
      });
    const train = { from: 0, to: from - embargoRows(horizon) };
    const fitted = fitDirection(data, train, model, params, seed + index, {
      onRound: ({ round, rounds }) => report(round / rounds),
      shouldStop: request.shouldStop,
    });
    const columns = sliceColumns(data.columns, from, starts[index + 1] ?? data.rows);
    const map = calibration === 'none' ? UNCALIBRATED : fitted.calibration;
    probabilities.set(calibrate(map, scoreDirection(fitted.scorer, columns)), skipped + data.firstBar + from);
    report(1);
  });
  return probabilities;
}

function stepsFrom(first: number, end: number, step: number): number[] {
  return Array.from({ length: Math.ceil((end - first) / step) }, (_, i) => first + i * step);
}
