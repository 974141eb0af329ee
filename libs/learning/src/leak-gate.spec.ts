import { describe, expect, it } from '@jest/globals';
import { type MarketOptions, syntheticMarket } from '../test/synthetic-candles.js';
import { type ScoredBlock, stratifiedAuc } from './evaluation/bootstrap.js';
import { type Span, walkForwardFolds } from './evaluation/folds.js';
import { rankScores } from './evaluation/metrics.js';
import { forecastFolds } from './evaluation/walk-forward.js';
import { type LabelledRows, labelledRows } from './labelled-rows.js';
import type { TrainedModel } from './model-document.js';
import { parseTrainingParams, type TrainingParamsInput } from './params.js';
import { seededRandom } from './random.js';
import { trainModel } from './train-model.js';

const BARS = 17_520;
/** Hungry trees that learn single labels by heart: what a careless evaluation rewards. */
const HUNGRY: TrainingParamsInput = {
  max_depth: 6,
  max_leaves: 64,
  learning_rate: 0.1,
  lambda: 0.05,
  min_leaf_labels: 0.2,
  rounds: 100,
};

const train = (market: ReturnType<typeof syntheticMarket>, horizon: number): TrainedModel =>
  trainModel({ candles: market.candles, symbol: 'SYNTHETIC', timeframe: '1h', horizon, model: 'gbdt' });

/** The same rows dealt in any order: neighbours with overlapping labels land on both sides of a split. */
function shuffledRows(data: LabelledRows): LabelledRows {
  const random = seededRandom(1);
  const order = Uint32Array.from({ length: data.labelled }, (_, row) => row);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return {
    ...data,
    columns: data.columns.map((column) => Float32Array.from(order, (row) => column[row]!)),
    up: Float64Array.from(order, (row) => data.up[row]!),
  };
}

/** The AUC that the evaluation would report of the last of these rows' folds. */
function reportedAuc(data: LabelledRows, params: TrainingParamsInput): number {
  const folds = walkForwardFolds(data.labelled, data.horizon).slice(-1);
  const forecasts = forecastFolds(data, folds, 'gbdt', parseTrainingParams(params), 1, () => ({}));
  return stratifiedAuc(
    forecasts.map(({ fold: { test }, probabilities }) => scoredBlock(data, test, probabilities)),
  );
}

/** The AUC of the planted drift itself on the rows that the model was judged on. */
function bestAttainableAuc({ candles, drift }: ReturnType<typeof syntheticMarket>, horizon: number): number {
  const data = labelledRows(candles, horizon);
  return stratifiedAuc(
    walkForwardFolds(data.labelled, horizon).map(({ test }) =>
      scoredBlock(data, test, drift.slice(data.firstBar + test.from, data.firstBar + test.to)),
    ),
  );
}

function scoredBlock(data: LabelledRows, { from, to }: Span, scores: Float64Array): ScoredBlock {
  return { ranking: rankScores(scores), outcomes: data.up.subarray(from, to) };
}

describe('the leak gate: a coin-flip market with fat tails and a 24-bar label', () => {
  it('shows no skill and claims none', () => {
    const { evaluation } = train(syntheticMarket({ bars: BARS, seed: 23 }), 24);
    expect(evaluation.auc).toBeGreaterThan(0.47);
    expect(evaluation.auc).toBeLessThan(0.53);
    expect(evaluation.edge).toBe(false);
    expect(evaluation.verdict).toBe('no demonstrated edge');
  });

  it('would catch rows that know the future: a shuffled split claims 0.75 and more, an honest one does not', () => {
    const data = labelledRows(syntheticMarket({ bars: BARS / 2, seed: 11 }).candles, 24);
    expect(reportedAuc(shuffledRows(data), HUNGRY)).toBeGreaterThan(0.75);
    expect(Math.abs(reportedAuc(data, HUNGRY) - 0.5)).toBeLessThan(0.03);
  });

  it('would catch a leak even with the careful default settings', () => {
    const data = labelledRows(syntheticMarket({ bars: BARS, seed: 11 }).candles, 24);
    expect(reportedAuc(shuffledRows(data), { rounds: 100 })).toBeGreaterThan(0.53);
  });
});

describe('a planted signal', () => {
  it.each<[string, number, MarketOptions['drift'], number]>([
    ['a line', 1, ({ state }) => 0.2 * state, 0.9],
    ['a turn of the last bar', 1, ({ lastShock }) => -0.2 * Math.sign(lastShock), 0.9],
    ['a line, a day ahead', 24, ({ state }) => 0.2 * state, 0.9],
    ['a slow switch, a day ahead', 24, ({ state }) => 0.12 * Math.sign(state), 0.97],
  ])('is found within 0.02 of the best attainable AUC: %s', (_name, horizon, drift, persistence) => {
    const market = syntheticMarket({ bars: BARS, seed: 5, persistence, drift });
    const best = bestAttainableAuc(market, horizon);
    const { evaluation } = train(market, horizon);
    expect(best).toBeGreaterThan(0.58);
    expect(evaluation.auc).toBeGreaterThan(best - 0.02);
    expect(evaluation.auc).toBeLessThan(best + 0.02);
    expect(evaluation).toMatchObject({ edge: true, reasons: [] });
  });
});
