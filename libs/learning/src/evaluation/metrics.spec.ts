import { describe, expect, it } from '@jest/globals';
import {
  accuracy,
  areaUnderCurve,
  brierScore,
  calibrationError,
  logLoss,
  reliabilityTable,
} from './metrics.js';

describe('metrics', () => {
  it('counts the area under the curve pair by pair, ties half', () => {
    // Risers 0.8 and 0.4, fallers 0.6 and 0.4: three pairs right … 0.8>0.6, 0.8>0.4, 0.4=0.4 half, 0.4<0.6 none.
    expect(areaUnderCurve(Float64Array.of(0.8, 0.4, 0.6, 0.4), Float64Array.of(1, 1, 0, 0))).toBe(2.5 / 4);
  });

  it('says one half when there is nothing to compare', () => {
    expect(areaUnderCurve(Float64Array.of(0.1, 0.9), Float64Array.of(1, 1))).toBe(0.5);
    expect(areaUnderCurve(Float64Array.of(0.5, 0.5, 0.5), Float64Array.of(1, 0, 1))).toBe(0.5);
  });

  it('measures log loss in nats and the Brier score as mean squares', () => {
    const probabilities = Float64Array.of(0.8, 0.5);
    const outcomes = Float64Array.of(1, 0);
    expect(logLoss(probabilities, outcomes)).toBeCloseTo(-(Math.log(0.8) + Math.log(0.5)) / 2, 12);
    expect(brierScore(probabilities, outcomes)).toBeCloseTo((0.04 + 0.25) / 2, 12);
    expect(accuracy(probabilities, outcomes)).toBe(1);
  });

  it('stays finite when a sure forecast is wrong', () => {
    expect(logLoss(Float64Array.of(1), Float64Array.of(0))).toBeCloseTo(-Math.log(1e-12), 6);
  });

  it('weighs the distance of said and observed by rows', () => {
    // 60 rows say 0.2 and 18 rise (0.3); 40 say 0.7 and 24 rise (0.6): 0.6·0.1 + 0.4·0.1
    const said = Float64Array.from({ length: 100 }, (_, i) => (i < 60 ? 0.2 : 0.7));
    const rose = Float64Array.from({ length: 100 }, (_, i) => (i < 18 || (i >= 60 && i < 84) ? 1 : 0));
    const table = reliabilityTable(said, rose);
    expect(table).toEqual([
      { from: 0.2, to: 0.2, count: 60, mean_probability: expect.closeTo(0.2, 12), observed: 0.3 },
      { from: 0.7, to: 0.7, count: 40, mean_probability: expect.closeTo(0.7, 12), observed: 0.6 },
    ]);
    expect(calibrationError(table)).toBeCloseTo(0.1, 12);
  });

  it('divides many probabilities into ten bins of equal count', () => {
    const said = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);
    expect(reliabilityTable(said, said.map(Math.round)).map((bin) => bin.count)).toEqual(Array(10).fill(100));
  });
});
