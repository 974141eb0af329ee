import { type Fold, embargoRows, holdOutValidation, type Span } from './evaluation/folds.js';
import { type LabelledRows, sliceColumns } from './labelled-rows.js';
import { intervalBoosting, type TrainingParams } from './params.js';
import { boost, type BoostingCallbacks } from './trees/boosting.js';
import type { Columns } from './trees/binned-matrix.js';
import { type Ensemble, scoreRows } from './trees/ensemble.js';
import { pinballObjective, quantileOf } from './trees/objective.js';

/** Trees for both ends of the return interval, in units of the usual move. */
export interface IntervalModel {
  low: Ensemble;
  high: Ensemble;
  /** Added to both ends outwards, in the same units, so that the coverage held out of sample. */
  widening: number;
  coverage: number;
}

export interface IntervalForecast {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Quantile trees for the ends of a central interval, on returns divided by their usual size. */
function fitInterval(
  data: LabelledRows,
  train: Span,
  params: TrainingParams,
  seed: number,
  watch: BoostingCallbacks = {},
): IntervalModel {
  const { fit, validation } = holdOutValidation(train, data.horizon);
  const part = (span: Span): { columns: Columns; target: Float64Array } => ({
    columns: sliceColumns(data.columns, span.from, span.to),
    target: scaledMoves(data, span),
  });
  const fitPart = part(fit);
  const validationPart = part(validation);
  const settings = intervalBoosting(params, data.horizon);
  const tail = (1 - params.coverage) / 2;
  const [low, high] = [tail, 1 - tail].map(
    (level, index) =>
      boost({
        train: fitPart,
        validation: validationPart,
        objective: pinballObjective(level),
        params: settings,
        seed: seed + index,
        onRound: ({ round, rounds }) =>
          watch.onRound?.({ round: round + index * rounds, rounds: 2 * rounds, validationLoss: null }),
        shouldStop: watch.shouldStop,
      }).ensemble,
  );
  return { low: low!, high: high!, widening: 0, coverage: params.coverage };
}

/** Both ends of the log-return interval of every row; they never cross. */
export function forecastInterval(
  model: IntervalModel,
  columns: Columns,
  scale: Float64Array,
): IntervalForecast {
  const low = scoreRows(model.low, columns);
  const high = scoreRows(model.high, columns);
  for (let row = 0; row < scale.length; row++) {
    const a = low[row]! - model.widening;
    const b = high[row]! + model.widening;
    low[row] = Math.min(a, b) * scale[row]!;
    high[row] = Math.max(a, b) * scale[row]!;
  }
  return { low, high };
}

/**
 * How far both ends must move outwards for the wanted coverage on rows the trees never saw
 * (conformalised quantile regression, Romano, Patterson and Candès 2019); negative: inwards.
 */
export function conformalWidening(model: IntervalModel, data: LabelledRows, span: Span): number {
  const columns = sliceColumns(data.columns, span.from, span.to);
  const low = scoreRows(model.low, columns);
  const high = scoreRows(model.high, columns);
  const moves = scaledMoves(data, span);
  const misses = moves.map((move, i) => Math.max(low[i]! - move, move - high[i]!));
  const level = Math.min(1, model.coverage * (1 + 1 / misses.length));
  return quantileOf(misses, level);
}

/** Share of the span's returns inside their interval, and the interval's mean width as a log return. */
export function intervalCoverage(
  model: IntervalModel,
  data: LabelledRows,
  span: Span,
): { covered: number; width: number } {
  const { low, high } = forecastInterval(
    model,
    sliceColumns(data.columns, span.from, span.to),
    data.scale.subarray(span.from, span.to),
  );
  let inside = 0;
  let width = 0;
  for (let i = 0; i < low.length; i++) {
    const move = data.move[span.from + i]!;
    if (move >= low[i]! && move <= high[i]!) inside++;
    width += high[i]! - low[i]!;
  }
  return { covered: inside / low.length, width: width / low.length };
}

/**
 * The interval with its own out-of-sample test: trees of the rows before a calibration span are
 * widened on that span and judged on the last period; the shipped trees take the newest widening.
 */
export function fitEvaluatedInterval(
  data: LabelledRows,
  folds: readonly Fold[],
  params: TrainingParams,
  seed: number,
  watch: (step: number) => BoostingCallbacks,
): { model: IntervalModel; covered: number; width: number } {
  const last = folds.find((fold) => fold.role === 'last')!.test;
  const calibrationFrom = folds.find((fold) => fold.role === 'development')!.test.from;
  const judged = fitInterval(
    data,
    { from: 0, to: calibrationFrom - embargoRows(data.horizon) },
    params,
    seed,
    watch(0),
  );
  judged.widening = conformalWidening(judged, data, {
    from: calibrationFrom,
    to: last.from - embargoRows(data.horizon),
  });
  const { covered, width } = intervalCoverage(judged, data, last);
  const model = fitInterval(data, { from: 0, to: data.labelled }, params, seed + 2, watch(1));
  model.widening = conformalWidening(judged, data, { from: calibrationFrom, to: data.labelled });
  return { model, covered, width };
}

function scaledMoves(data: LabelledRows, span: Span): Float64Array {
  return Float64Array.from(
    { length: span.to - span.from },
    (_, i) => data.move[span.from + i]! / data.scale[span.from + i]!,
  );
}
