import { type Candles, sliceCandles } from '@app/backtest';
import { assertCandles } from './check-trainable.js';
import { scoreDirection } from './direction.js';
import { LearningError } from './errors.js';
import { calibrate } from './evaluation/calibration.js';
import { type Direction, directionOf } from './evaluation/direction-word.js';
import { WARM_UP_BARS } from './features/registry.js';
import { forecastInterval } from './interval.js';
import { type LabelledRows, labelledRows, sliceColumns } from './labelled-rows.js';
import type { TrainedModel } from './model-document.js';

export interface LatestPrediction {
  /** Calibrated chance that the close `horizon` bars later is higher. */
  readonly probability: number;
  readonly direction: Direction;
  /** As a fraction of the last close. */
  readonly expected_return: number;
  readonly interval: { readonly low: number; readonly high: number; readonly coverage: number };
  /** Opening time of the last bar, in milliseconds since the epoch; the prediction holds at its close. */
  readonly as_of: number;
}

/** Bars that a prediction looks at: more than the longest mean, or a dozen candles 84 times as long, needs. */
const HISTORY_BARS = 2048;

/** @throws LearningError `MODEL_MISMATCH` when the model was trained on another symbol or timeframe. */
export function assertModelFits(model: TrainedModel, wanted: { symbol: string; timeframe: string }): void {
  if (model.symbol !== wanted.symbol || model.timeframe !== wanted.timeframe) {
    throw new LearningError(
      'MODEL_MISMATCH',
      `The model was trained on ${model.symbol} ${model.timeframe}, not on ${wanted.symbol} ${wanted.timeframe}.`,
    );
  }
}

/**
 * What the model says at the close of the last candle.
 * @throws LearningError `INVALID_CANDLES`, or `TOO_FEW_ROWS` when not even the warm-up is there.
 */
export function predictLatest(model: TrainedModel, candles: Candles): LatestPrediction {
  assertCandles(candles);
  const bars = candles.time.length;
  if (bars <= WARM_UP_BARS) {
    throw new LearningError(
      'TOO_FEW_ROWS',
      `A prediction needs ${WARM_UP_BARS + 1} candles; there are ${bars}.`,
    );
  }
  const data = rowsFor(model, sliceCandles(candles, Math.max(0, bars - HISTORY_BARS), bars));
  const columns = sliceColumns(data.columns, data.rows - 1, data.rows);
  const probability = calibrate(model.calibration, scoreDirection(model.scorer, columns))[0]!;
  const scale = data.scale.subarray(data.rows - 1);
  const { low, high } = forecastInterval(model.interval, columns, scale);
  const expected = scale[0]! * (probability * model.mean_rise + (1 - probability) * model.mean_fall);
  return {
    probability,
    direction: directionOf(probability, model.calibration),
    expected_return: Math.expm1(expected),
    interval: { low: Math.expm1(low[0]!), high: Math.expm1(high[0]!), coverage: model.interval.coverage },
    as_of: candles.time[bars - 1]!,
  };
}

/** The probability of rising known at each bar's close, as long as the candles; `NaN` during the warm-up. */
export function predictSeries(model: TrainedModel, candles: Candles): Float64Array {
  assertCandles(candles);
  const data = rowsFor(model, candles);
  const probabilities = new Float64Array(candles.time.length).fill(NaN);
  probabilities.set(calibrate(model.calibration, scoreDirection(model.scorer, data.columns)), data.firstBar);
  return probabilities;
}

function rowsFor(model: TrainedModel, candles: Candles): LabelledRows {
  return labelledRows(candles, model.horizon, model.params.higher_timeframes === true);
}
