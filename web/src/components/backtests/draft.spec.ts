import { expect, test } from 'vitest';
import { draftOf, emptyDraft, requestOf } from './draft';

/** Every field of a run, none as the form would have it by itself. */
const request = {
  strategy: 'SmaCross',
  symbol: 'ETH_USDT',
  start_date: '2023-03-01',
  end_date: '2023-09-01',
  initial_capital: 2500,
  timeframe: '4h',
  commission: 0.002,
  commission_fixed: 1.5,
  slippage: 0.0005,
  spread: 0.0002,
  size: { risk: 0.02 },
  lot_step: 0.001,
  leverage: 3,
  maintenance_margin: 0.1,
  periods_per_year: 252,
  hedging: true,
  trade_on_close: true,
  finalise: false,
  seed: 7,
  priority: -5,
  allow_leakage: true,
  check_lookahead: true,
  cache: false,
  params: { fast_period: 5, slow_period: 50 },
  model_id: '3f8f2a52-0c63-4f5d-a5a1-6a8a2f1b9a11',
  title: 'again',
};

test('a run that is run again is asked for exactly as it was', () => {
  expect(requestOf(draftOf(request))).toEqual(request);
});

test.each([0.5, { units: 12 }, { risk: 0.01 }])('a size of %j survives the form', (size) => {
  expect(requestOf(draftOf({ ...request, size }))).toMatchObject({ size });
});

test('leaves out what was left empty', () => {
  const body = requestOf({ ...emptyDraft(), params: { period: '', width: undefined, fast: 3 } });
  expect(body).toMatchObject({ params: { fast: 3 } });
  for (const name of ['model_id', 'title', 'maintenance_margin', 'periods_per_year'])
    expect(body).not.toHaveProperty(name);
});
