import { describe, expect, it } from '@jest/globals';
import { strategies } from '@app/backtest';
import { backtestOptimizeRequest } from '@app/contracts';
import { partsOf } from './optimization-payload.js';
import { checkSweep } from './space-checks.js';

const fields = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  start_date: '2024-01-01',
  end_date: '2024-04-10',
  initial_capital: 10_000,
};
/** A hundred days of hours. */
const candles = { bars: 2400, fromMs: Date.UTC(2024, 0, 1), toMs: Date.UTC(2024, 3, 10) };

const check = (more: object) => {
  const request = backtestOptimizeRequest.parse({ ...fields, ...more });
  return checkSweep(request, strategies.get(request.strategy)!, candles);
};

describe('a space', () => {
  it('of a grid has all of its points', () => {
    const space = { fast_period: { min: 5, max: 15, step: 5 }, slow_period: [20, 40] };
    expect(check({ space }).points).toBe(6);
  });

  it('may contradict itself here and there, but not everywhere', () => {
    expect(check({ space: { fast_period: [10, 30], slow_period: [20, 40] } }).points).toBe(4);
    expect(() => check({ space: { fast_period: [50, 60], slow_period: [20, 40] } })).toThrow(
      expect.objectContaining({ status: 422, code: 'INVALID_SPACE' }),
    );
  });

  it.each<[string, object, string, RegExp]>([
    [
      'an unknown parameter',
      { space: { speed: [1] } },
      'space.speed',
      /no such parameter; it has fast_period/,
    ],
    ['a value below the schema', { space: { fast_period: [5, 0] } }, 'space.fast_period', /^0: Too small/],
    [
      'a fraction for whole bars',
      { space: { fast_period: { min: 5, max: 6, step: 0.5 } } },
      'space.fast_period',
      /^5.5: Invalid/,
    ],
    ['a word for a number', { space: { slow_period: ['long'] } }, 'space.slow_period', /^"long": Invalid/],
    ['a value that comes twice', { space: { fast_period: [5, 5] } }, 'space.fast_period', /names 5 twice/],
    [
      'a range that runs backwards',
      { space: { fast_period: { min: 9, max: 5, step: 1 } } },
      'space.fast_period',
      /from 9 to 5/,
    ],
    [
      'too many values',
      { space: { fast_period: { min: 1, max: 4000, step: 1 } } },
      'space.fast_period',
      /more than 2000/,
    ],
    ['a grid above max_runs', { space: { fast_period: [5, 6, 7] }, max_runs: 2 }, 'max_runs', /3 points/],
    [
      'fixed params that are unknown',
      { space: { fast_period: [5] }, params: { speed: 1 } },
      'params',
      /speed/,
    ],
    [
      'fixed params out of range',
      { space: { fast_period: [5] }, params: { slow_period: 0 } },
      'params.slow_period',
      /Too small/,
    ],
  ])('with %s is refused by name', (_, more, path, message) => {
    expect(() => check(more)).toThrow(
      expect.objectContaining({
        status: 422,
        extras: { errors: [{ path, message: expect.stringMatching(message) }] },
      }),
    );
  });

  it.each([
    ['no parameter', { space: {} }],
    ['a parameter without values', { space: { fast_period: [] } }],
    ['a step of zero', { space: { fast_period: { min: 1, max: 2, step: 0 } } }],
    ['an unknown objective', { space: { fast_period: [5] }, objective: 'fame' }],
    ['an unknown method', { space: { fast_period: [5] }, method: 'guess' }],
    ['more runs than are allowed', { space: { fast_period: [5] }, max_runs: 10_001 }],
    ['windows of no days', { space: { fast_period: [5] }, walk_forward: { train_days: 0, test_days: 5 } }],
  ])('with %s does not fit the request schema', (_, more) => {
    expect(backtestOptimizeRequest.safeParse({ ...fields, ...more }).success).toBe(false);
  });
});

describe('walk-forward windows', () => {
  const space = { fast_period: [5, 6] };
  const walk = (train_days: number, test_days: number) =>
    check({ space, walk_forward: { train_days, test_days } });

  it('that do not fit the candles are refused', () => {
    expect(() => walk(90, 30)).toThrow(
      expect.objectContaining({ status: 422, code: 'WALK_FORWARD_TOO_LONG' }),
    );
    expect(walk(90, 15).points).toBe(2);
  });

  it('that make too many runs are refused', () => {
    const many = { fast_period: { min: 1, max: 1000, step: 1 } };
    const params = { slow_period: 2000 };
    expect(() => check({ space: many, params, walk_forward: { train_days: 1, test_days: 1 } })).toThrow(
      expect.objectContaining({ status: 422, code: 'TOO_MANY_RUNS' }),
    );
  });
});

describe('the number of parts', () => {
  it('is one for a second of work, and grows in fours with it, at most one a point', () => {
    expect(partsOf({ points: 1000, work: 4e6 })).toBe(1);
    expect(partsOf({ points: 1000, work: 3.5e7 })).toBe(4);
    expect(partsOf({ points: 1000, work: 3.5e8 })).toBe(36);
    expect(partsOf({ points: 3, work: 3.5e8 })).toBe(3);
    expect(partsOf({ points: 10_000, work: 1e12 })).toBe(1000);
  });
});
