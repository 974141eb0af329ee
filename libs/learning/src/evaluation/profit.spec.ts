import { expect, it } from '@jest/globals';
import type { LabelledRows } from '../labelled-rows.js';
import { signalProfit } from './profit.js';
import type { BlockForecast } from './walk-forward.js';

const data: LabelledRows = {
  firstBar: 1,
  rows: 8,
  labelled: 6,
  horizon: 2,
  columns: [],
  up: new Float64Array(6),
  move: new Float64Array(6),
  scale: new Float64Array(8),
};
//                             row: 0    1    2    3    4    5    6    7
const close = Float64Array.of(99, 100, 105, 110, 100, 121, 110, 121, 130);

function forecast(probabilities: number[], slope = 1): BlockForecast {
  return {
    fold: { role: 'last', train: { from: 0, to: 0 }, test: { from: 0, to: 6 } },
    scores: new Float64Array(6),
    calibration: { method: 'platt', intercept: 0, slope, evidence: 9 },
    probabilities: Float64Array.from(probabilities),
  };
}

it('holds for a label span where the model says up, pays the fee on each change, and no rows between count', () => {
  // Decisions at rows 0, 2 and 4 (closes 100, 110, 121): hold, cash, hold until row 6 (121).
  const profit = signalProfit([forecast([0.7, 0, 0.2, 1, 0.7, 0])], data, close, 0.01);
  expect(profit.trades).toBe(2);
  expect(profit.after_fees).toBeCloseTo(0.99 ** 4 * (110 / 100) * (121 / 121) - 1, 12);
  expect(profit.buy_and_hold).toBeCloseTo(0.99 ** 2 * (121 / 100) - 1, 12);
});

it('stays in cash while the model has no evidence', () => {
  expect(signalProfit([forecast([0.9, 0.9, 0.9, 0.9, 0.9, 0.9], 0)], data, close, 0.01)).toMatchObject({
    after_fees: 0,
    trades: 0,
  });
});
