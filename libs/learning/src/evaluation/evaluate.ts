import type { ModelKind } from '../direction.js';
import type { LabelledRows } from '../labelled-rows.js';
import type { Evaluation } from '../model-document.js';
import type { TrainingParams } from '../params.js';
import { seededRandom } from '../random.js';
import { naiveForecasts } from './baselines.js';
import { isSilent } from './calibration.js';
import { bootstrapIntervals, type ScoredBlock, stratifiedAuc } from './bootstrap.js';
import {
  accuracy,
  areaUnderCurve,
  brierScore,
  calibrationError,
  logLoss,
  logLossOf,
  rankScores,
  reliabilityTable,
} from './metrics.js';
import { signalProfit } from './profit.js';
import { verdictOf } from './verdict.js';
import type { FoldForecast } from './walk-forward.js';

const BASELINES = ['base_rate', 'always_up', 'last_sign', 'logistic'] as const;
type BaselineName = (typeof BASELINES)[number];

export interface EvaluationInput {
  readonly data: LabelledRows;
  readonly kind: ModelKind;
  readonly forecasts: readonly FoldForecast[];
  readonly lastReturn: Float32Array;
  readonly close: Float64Array;
  readonly time: Float64Array;
  readonly interval: { readonly covered: number; readonly width: number };
  readonly params: TrainingParams;
  readonly seed: number;
}

/** Everything that may be said of a model, from rows that none of its folds' models had seen. */
export function evaluate(input: EvaluationInput): Evaluation {
  const { data, params } = input;
  const judged = input.forecasts;
  const outcomes = judged.map(({ fold }) => data.up.subarray(fold.test.from, fold.test.to));
  const naive = judged.map(({ fold }) => naiveForecasts(data, input.lastReturn, fold));
  const said: Record<BaselineName, Float64Array[]> = {
    base_rate: naive.map((forecast) => forecast.base_rate),
    always_up: naive.map((forecast) => forecast.always_up),
    last_sign: naive.map((forecast) => forecast.last_sign),
    logistic: judged.map(({ linear }) => linear.probabilities),
  };
  const model = judged.map((forecast) => forecast.probabilities);
  const blocks = scoredBlocks(model, outcomes);
  const gaps = BASELINES.map((name) =>
    said[name].map((block, b) => lossGaps(block, model[b]!, outcomes[b]!)),
  );
  const confidence = 1 - 0.05 / params.trials;
  const intervals = bootstrapIntervals(blocks, gaps, data.horizon, confidence, seededRandom(input.seed));

  const outcome = concatenate(outcomes);
  const probability = concatenate(model);
  const reliability = reliabilityTable(probability, outcome);
  const baselines = Object.fromEntries(
    BASELINES.map((name, index) => [
      name,
      {
        ...skill(said[name], outcomes),
        log_loss_gap: mean(concatenate(gaps[index]!)),
        log_loss_gap_low: intervals.differences[index]!.low,
        log_loss_gap_high: intervals.differences[index]!.high,
      },
    ]),
  ) as Evaluation['baselines'];
  const last = judged.at(-1)!;
  const lastOutcomes = outcomes.at(-1)!;
  const at = (row: number): string => new Date(input.time[data.firstBar + row]!).toISOString();

  const figures = {
    ...skill(model, outcomes),
    auc_low: intervals.auc.low,
    auc_high: intervals.auc.high,
    confidence,
    raw_auc: stratifiedAuc(
      scoredBlocks(
        judged.map((forecast) => forecast.scores),
        outcomes,
      ),
    ),
    ece: calibrationError(reliability),
    base_rate: mean(outcome),
    rows: outcome.length,
    independent_labels: Math.floor(outcome.length / data.horizon),
    trials: params.trials,
    baselines,
    last_period: {
      ...skill([last.probabilities], [lastOutcomes]),
      from: at(last.fold.test.from),
      to: at(last.fold.test.to - 1),
      rows: lastOutcomes.length,
      base_rate: mean(lastOutcomes),
    },
    folds: judged.map((forecast) => {
      const { fold } = forecast;
      const up = data.up.subarray(fold.test.from, fold.test.to);
      return {
        role: fold.role,
        train_rows: fold.train.to - fold.train.from,
        from: at(fold.test.from),
        to: at(fold.test.to - 1),
        rows: up.length,
        rounds: forecast.fitted.rounds,
        auc: areaUnderCurve(forecast.scores, up),
        log_loss: logLoss(forecast.probabilities, up),
        evidence: forecast.calibration.evidence,
        silent: isSilent(forecast.calibration),
        calibration: forecast.calibration.method,
      };
    }),
    reliability,
    interval: {
      coverage: params.coverage,
      observed: input.interval.covered,
      mean_width: input.interval.width,
    },
    profit: signalProfit(judged, data, input.close, params.fee),
  };
  return {
    ...figures,
    ...verdictOf(figures, input.kind, mean(lastLossGap(naive.at(-1)!.base_rate, last, lastOutcomes))),
  };
}

function lastLossGap(base: Float64Array, last: FoldForecast, outcomes: Float64Array): Float64Array {
  return lossGaps(base, last.probabilities, outcomes);
}

/** Row by row, the baseline's log loss less the model's: above 0 where the model did better. */
function lossGaps(baseline: Float64Array, model: Float64Array, outcomes: Float64Array): Float64Array {
  return outcomes.map((outcome, i) => logLossOf(baseline[i]!, outcome) - logLossOf(model[i]!, outcome));
}

function scoredBlocks(scores: readonly Float64Array[], outcomes: readonly Float64Array[]): ScoredBlock[] {
  return scores.map((block, b) => ({ ranking: rankScores(block), outcomes: outcomes[b]! }));
}

function skill(
  probabilities: readonly Float64Array[],
  outcomes: readonly Float64Array[],
): { auc: number; log_loss: number; brier: number; accuracy: number } {
  const said = concatenate(probabilities);
  const happened = concatenate(outcomes);
  return {
    auc: stratifiedAuc(scoredBlocks(probabilities, outcomes)),
    log_loss: logLoss(said, happened),
    brier: brierScore(said, happened),
    accuracy: accuracy(said, happened),
  };
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

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
