import { expect, test } from 'vitest';
import type { ParamField } from './draft';
import { emptySweep, pointCount, suggestedAxis, sweepDraftOf, sweepRequestOf } from './sweep-draft';

const field = (changes: Partial<ParamField>): ParamField => ({
  name: 'period',
  kind: 'integer',
  choices: [],
  description: '',
  preset: 20,
  minimum: 2,
  maximum: 500,
  ...changes,
});
const fields = [
  field({ name: 'fast_period' }),
  field({ name: 'slow_period' }),
  field({ name: 'allow_short', kind: 'boolean', preset: false, minimum: undefined, maximum: undefined }),
];

const request = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  start_date: '2023-01-01',
  end_date: '2024-01-01',
  initial_capital: 10_000,
  timeframe: '1h',
  commission: 0.001,
  commission_fixed: 0,
  slippage: 0,
  spread: 0,
  size: 1,
  lot_step: 1e-8,
  leverage: 1,
  hedging: false,
  trade_on_close: false,
  finalise: true,
  seed: 0,
  priority: 0,
  allow_leakage: false,
  params: { stop_loss: 0.05 },
  space: { fast_period: { min: 5, max: 20, step: 5 }, slow_period: [30, 60], allow_short: [true, false] },
  method: 'random',
  max_runs: 12,
  objective: 'calmar_ratio',
  walk_forward: { train_days: 90, test_days: 30 },
};

test('a sweep that is run again is asked for exactly as it was', () => {
  expect(sweepRequestOf(sweepDraftOf(request), fields)).toEqual(request);
});

test('counts the points of the grid', () => {
  // 5, 10, 15, 20; 30, 60; true, false
  expect(pointCount(sweepDraftOf(request), fields)).toBe(16);
  expect(pointCount(emptySweep(), fields)).toBe(0);
});

test('counts no points while a range is upside down', () => {
  const sweep = sweepDraftOf({ ...request, space: { fast_period: { min: 20, max: 5, step: 5 } } });
  expect(pointCount(sweep, fields)).toBe(0);
});

test('counts the last value of a range of fractions in', () => {
  const width = field({ name: 'width', kind: 'number', minimum: 0.1, maximum: 10 });
  const sweep = sweepDraftOf({ ...request, space: { width: { min: 1, max: 3, step: 0.1 } } });
  expect(pointCount(sweep, [width])).toBe(21);
});

test('suggests a range around the preset that stays within what is allowed', () => {
  expect(suggestedAxis(field({ preset: 20 }), 'range')).toMatchObject({ min: 10, max: 40, step: 5 });
  expect(suggestedAxis(field({ preset: 2, minimum: 2, maximum: 3 }), 'range')).toMatchObject({
    min: 2,
    max: 3,
    step: 1,
  });
});
