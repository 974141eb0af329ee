import { describe, expect, it } from '@jest/globals';
import { syntheticMarket } from '../test/synthetic-candles.js';
import { areaUnderCurve } from './evaluation/metrics.js';
import {
  walkForwardProbabilities,
  type WalkForwardProgress,
  type WalkForwardRequest,
} from './walk-forward-probabilities.js';

const { candles } = syntheticMarket({
  bars: 3000,
  seed: 21,
  persistence: 0.9,
  drift: ({ state }) => 0.4 * state,
});
const request: WalkForwardRequest = {
  candles,
  firstBar: 2000,
  horizon: 2,
  retrainEvery: 250,
  model: 'logistic',
};
const probabilities = walkForwardProbabilities(request);

describe('walk-forward probabilities', () => {
  it('cover every bar from the first on, and none before', () => {
    expect(probabilities).toHaveLength(3000);
    expect(probabilities.findIndex((p) => !Number.isNaN(p))).toBe(2000);
    expect(probabilities.subarray(2000).every((p) => p > 0 && p < 1)).toBe(true);
  });

  it('find a planted signal', () => {
    const outcomes = Float64Array.from({ length: 990 }, (_, i) =>
      candles.close[2000 + i + 2]! > candles.close[2000 + i]! ? 1 : 0,
    );
    expect(areaUnderCurve(probabilities.slice(2000, 2990), outcomes)).toBeGreaterThan(0.6);
  });

  it.each(['logistic', 'gbdt'] as const)('do not change when the future does (%s)', (model) => {
    const bar = 2400;
    const changed = { ...candles, close: candles.close.map((c, i) => (i > bar ? c * (1 + (i % 3)) : c)) };
    changed.high = candles.high.map((h, i) => (i > bar ? 9 * h : h));
    const before = walkForwardProbabilities({ ...request, model });
    const after = walkForwardProbabilities({ ...request, model, candles: changed });
    expect(after.subarray(0, bar + 1)).toEqual(before.subarray(0, bar + 1));
    expect(after.subarray(bar + 1)).not.toEqual(before.subarray(bar + 1));
  });

  it('report each model once it trains, never falling back', () => {
    const progress: WalkForwardProgress[] = [];
    walkForwardProbabilities({ ...request, onProgress: (p) => progress.push(p) });
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    // 1000 bars by 250.
    expect(progress.at(-1)).toEqual({ model: 4, models: 4, fraction: 1 });
  });

  it('can learn from recent history only', () => {
    const recent = walkForwardProbabilities({ ...request, historyBars: 1200 });
    expect(recent.findIndex((p) => !Number.isNaN(p))).toBe(2000);
    expect(recent.subarray(2000)).not.toEqual(probabilities.subarray(2000));
  });

  it('refuse a first bar with too little before it', () => {
    expect(() => walkForwardProbabilities({ ...request, firstBar: 400 })).toThrow(
      expect.objectContaining({ code: 'TOO_FEW_ROWS' }),
    );
  });
});
