import { describe, expect, it } from '@jest/globals';
import { type Candles, sliceCandles } from '@app/backtest';
import { syntheticMarket } from '../test/synthetic-candles.js';
import { minimumRows } from './check-trainable.js';
import type { TrainedModel } from './model-document.js';
import { parseModel, serialiseModel } from './model-document.js';
import { predictLatest, predictSeries, assertModelFits } from './predict.js';
import { trainModel, type TrainingProgress, type TrainingRequest } from './train-model.js';

const market = syntheticMarket({
  bars: 4000,
  seed: 9,
  persistence: 0.9,
  drift: ({ state }) => 0.4 * state,
});
const request: TrainingRequest = {
  candles: market.candles,
  symbol: 'SYN_USDT',
  timeframe: '1h',
  horizon: 2,
  model: 'gbdt',
};
const progress: TrainingProgress[] = [];
const model = trainModel({ ...request, onProgress: (p) => progress.push(p) });

function refusalOf(changed: Partial<TrainingRequest>): unknown {
  try {
    trainModel({ ...request, ...changed });
  } catch (error) {
    return (error as { code: unknown }).code;
  }
  return null;
}

/** The first `bars` candles with every close set by `f`; opens, highs and lows follow. */
function withCloses(bars: number, f: (bar: number) => number): Candles {
  const { time, volume } = sliceCandles(market.candles, 0, bars);
  const close = Float64Array.from({ length: bars }, (_, bar) => f(bar));
  return { time, open: close, high: close, low: close, close, volume };
}

describe('training', () => {
  it('is the same model for the same seed', () => {
    expect(trainModel(request)).toEqual(model);
    expect(trainModel({ ...request, seed: 2 }).scorer).not.toEqual(model.scorer);
  });

  it('reports rounds with a validation loss, and a fraction that never falls and ends at 1', () => {
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBeGreaterThan(0);
    expect(progress.at(-1)).toMatchObject({ fraction: 1, phase: 'done' });
    expect(progress.find(({ phase }) => phase === 'walk-forward 3 of 4')).toMatchObject({
      round: 1,
      rounds: 300,
      validationLogLoss: expect.closeTo(0.65, 0),
    });
  });

  it('ends when it is told to', () => {
    let rounds = 0;
    expect(refusalOf({ onProgress: () => rounds++, shouldStop: () => rounds >= 30 })).toBe('CANCELLED');
    expect(rounds).toBe(30);
  });

  it('tells skill, baselines, reliability, importance and interval, all out of sample', () => {
    const { evaluation, importance } = model;
    expect(evaluation.edge).toBe(true);
    expect(evaluation.auc_low).toBeGreaterThan(0.5);
    expect(evaluation.auc).toBeGreaterThan(evaluation.auc_low);
    expect(evaluation.auc).toBeLessThan(evaluation.auc_high);
    expect(evaluation.log_loss).toBeLessThan(evaluation.baselines.base_rate.log_loss);
    expect(evaluation.ece).toBeLessThan(0.05);
    expect(evaluation.reliability.reduce((sum, bin) => sum + bin.count, 0)).toBe(evaluation.rows);
    expect(Math.abs(evaluation.interval.observed - 0.8)).toBeLessThan(0.06);
    // The state shows in the volume: dealing that column out must hurt most.
    const hurt = [...importance].sort((a, b) => b.permutation - a.permutation);
    expect(hurt.slice(0, 2).map(({ feature }) => feature)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^volume_(24|168)$/)]),
    );
  });

  it('asks for stronger evidence after many trials', () => {
    const tried = trainModel({ ...request, model: 'logistic', params: { trials: 50 } }).evaluation;
    const once = trainModel({ ...request, model: 'logistic' }).evaluation;
    expect(tried).toMatchObject({ trials: 50, confidence: 0.999 });
    expect(tried.auc_low).toBeLessThan(once.auc_low);
  });
});

describe('bad input', () => {
  it.each([
    ['TOO_FEW_ROWS', { candles: sliceCandles(market.candles, 0, minimumRows(2) - 1) }],
    ['TOO_FEW_ROWS', { horizon: 100 }],
    ['ONE_CLASS_ONLY', { candles: withCloses(1000, (bar) => 100 + bar) }],
    ['ONE_CLASS_ONLY', { candles: withCloses(1000, () => 100) }],
    [
      'CONSTANT_FEATURES',
      { candles: { ...withCloses(1000, () => 100), volume: new Float64Array(1000).fill(7) } },
    ],
    ['INVALID_CANDLES', { candles: withCloses(1000, (bar) => (bar === 500 ? NaN : 100)) }],
    ['INVALID_CANDLES', { candles: withCloses(1000, (bar) => (bar === 500 ? 0 : 100)) }],
    ['INVALID_PARAMS', { horizon: 1.5 }],
    ['INVALID_PARAMS', { params: { learning_rate: 0 } }],
    ['INVALID_PARAMS', { params: { leaning_rate: 0.1 } as object }],
  ] satisfies [string, Partial<TrainingRequest>][])('is refused as %s', (code, changed) => {
    expect(refusalOf(changed)).toBe(code);
  });

  it('names a hole in the candles', () => {
    const { time } = market.candles;
    const torn = { ...market.candles, time: time.map((at, bar) => (bar < 2000 ? at : at + 60 * 3_600_000)) };
    expect(() => trainModel({ ...request, candles: torn })).toThrow(
      expect.objectContaining({
        code: 'DATA_GAPS',
        message: expect.stringContaining('about 60 candles are missing'),
      }),
    );
  });

  it('takes weekends of a market that closes as they are', () => {
    const days = Float64Array.from(
      { length: 4000 },
      (_, i) => Date.UTC(2000, 0, 3) + (Math.floor(i / 5) * 7 + (i % 5)) * 86_400_000,
    );
    expect(refusalOf({ candles: { ...market.candles, time: days }, model: 'logistic' })).toBeNull();
  });
});

describe('a model at rest', () => {
  const text = serialiseModel(model);
  const codeOf = (json: string): unknown => {
    try {
      parseModel(json);
    } catch (error) {
      return (error as { code: unknown }).code;
    }
    return null;
  };
  /** The document with its model changed and the checksum made to fit. */
  const resealed = (change: (changed: TrainedModel) => void): string => {
    const copy = structuredClone(model);
    change(copy);
    return serialiseModel(copy);
  };

  it('comes back as it was', () => {
    expect(parseModel(text)).toEqual(model);
    expect(parseModel(serialiseModel(parseModel(text)))).toEqual(model);
  });

  it.each([
    ['MODEL_MALFORMED', text.slice(0, -20)],
    ['MODEL_MALFORMED', '{"hello":1}'],
    ['MODEL_MALFORMED', text.replace('headroom-model', 'other-model')],
    ['MODEL_CHECKSUM', text.replace('"horizon":2', '"horizon":3')],
    ['MODEL_VERSION', text.replace('"format_version":2', '"format_version":1')],
    ['MODEL_VERSION', resealed((changed) => (changed.feature_version = 99))],
    ['MODEL_MALFORMED', resealed((changed) => (changed.horizon = -1))],
    [
      'MODEL_MALFORMED',
      // A child that is its own parent would never end.
      resealed(
        (changed) =>
          (changed.interval.low = {
            ...changed.interval.low,
            roots: [0],
            feature: [0],
            threshold: [0],
            missingLeft: [0],
            left: [0],
            value: [0],
          }),
      ),
    ],
  ])('is refused as %s when it is broken or foreign', (code, json) => {
    expect(codeOf(json)).toBe(code);
  });

  it('fits its own symbol and timeframe only', () => {
    expect(() => assertModelFits(model, { symbol: 'SYN_USDT', timeframe: '1h' })).not.toThrow();
    expect(() => assertModelFits(model, { symbol: 'ETH_USDT', timeframe: '1h' })).toThrow(
      expect.objectContaining({ code: 'MODEL_MISMATCH' }),
    );
  });
});

describe('predicting', () => {
  it('says the same of the last bar alone and at the end of a series', () => {
    const latest = predictLatest(model, market.candles);
    expect(latest.probability).toBeCloseTo(predictSeries(model, market.candles).at(-1)!, 4);
    expect(latest.as_of).toBe(market.candles.time.at(-1));
    expect(latest.interval.low).toBeLessThan(latest.expected_return);
    expect(latest.interval.high).toBeGreaterThan(latest.expected_return);
  });

  it('knows no bar after the one it speaks about', () => {
    const whole = predictSeries(model, market.candles);
    const cut = predictSeries(model, sliceCandles(market.candles, 0, 3000));
    expect(cut).toEqual(whole.subarray(0, 3000));
  });

  it('keeps silent during the warm-up and refuses less', () => {
    expect(predictSeries(model, market.candles).findIndex((p) => !Number.isNaN(p))).toBe(175);
    expect(() => predictLatest(model, sliceCandles(market.candles, 0, 175))).toThrow(
      expect.objectContaining({ code: 'TOO_FEW_ROWS' }),
    );
  });

  it('names a direction where the planted drift is strong', () => {
    const probabilities = predictSeries(model, market.candles);
    const strong = market.drift.findLastIndex((drift) => drift > 0.8);
    const weak = market.drift.findLastIndex((drift) => drift < -0.8);
    expect(probabilities[strong]).toBeGreaterThan(0.55);
    expect(probabilities[weak]).toBeLessThan(0.45);
    expect(predictLatest(model, sliceCandles(market.candles, 0, strong + 1)).direction).toBe('up');
    expect(predictLatest(model, sliceCandles(market.candles, 0, weak + 1)).direction).toBe('down');
  });
});
