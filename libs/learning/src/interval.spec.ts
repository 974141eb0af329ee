import { describe, expect, it } from '@jest/globals';
import { conformalWidening, forecastInterval, type IntervalModel, intervalCoverage } from './interval.js';
import type { LabelledRows } from './labelled-rows.js';
import { emptyEnsemble } from './trees/ensemble.js';

/** Constant ends at ∓1 usual moves. */
const model: IntervalModel = { low: emptyEnsemble(-1), high: emptyEnsemble(1), widening: 0, coverage: 0.8 };

/** Ten rows whose scaled returns are the given ones and whose usual move is 0.02. */
const data: LabelledRows = {
  firstBar: 0,
  rows: 10,
  labelled: 10,
  horizon: 1,
  columns: [new Float32Array(10)],
  up: new Float64Array(10),
  move: Float64Array.of(-1.5, -0.9, -0.5, -0.1, 0, 0.2, 0.6, 0.9, 1.2, 3).map((z) => 0.02 * z),
  scale: new Float64Array(10).fill(0.02),
};
const all = { from: 0, to: 10 };

describe('the return interval', () => {
  it('speaks in log returns of the present volatility', () => {
    const { low, high } = forecastInterval(model, [new Float32Array(2)], Float64Array.of(0.02, 0.05));
    expect([...low, ...high]).toEqual([-0.02, -0.05, 0.02, 0.05].map((value) => expect.closeTo(value, 12)));
  });

  it('counts what lies inside', () => {
    expect(intervalCoverage(model, data, all)).toEqual({ covered: 0.7, width: expect.closeTo(0.04, 12) });
  });

  it('is widened to the miss that the wanted share does not exceed', () => {
    // Misses |z| − 1 ascending: −1 −0.9 −0.8 −0.5 −0.4 −0.1 −0.1 0.2 0.5 2; level 0.8·1.1 = 0.88 is place 7.92.
    const widening = conformalWidening(model, data, all);
    expect(widening).toBeCloseTo(0.2 + 0.92 * 0.3, 12);
    expect(intervalCoverage({ ...model, widening }, data, all).covered).toBe(0.8);
  });

  it('never lets its ends cross', () => {
    const { low, high } = forecastInterval(
      { ...model, widening: -3 },
      [new Float32Array(1)],
      Float64Array.of(1),
    );
    expect(low[0]).toBeLessThan(high[0]!);
  });
});
