import { describe, expect, test } from '@jest/globals';
import { runSubject, sweepSubject } from './run-subject.js';

const run = { strategy: 'SmaCross', symbol: 'BTC_USDT', timeframe: '4h' };

describe('the subject of a backtest', () => {
  test('names the parameters that the request names', () => {
    const params = { fast_period: 20, slow_period: 80, stop_loss: 0.05 };
    expect(runSubject({ ...run, params })).toBe('SmaCross on BTC_USDT 4h · fast 20, slow 80, stop loss 0.05');
  });

  test('is the name of the run when the request names none', () => {
    expect(runSubject({ ...run, params: {} })).toBe('SmaCross on BTC_USDT 4h');
  });

  test('leaves out a parameter that is no single value', () => {
    expect(runSubject({ ...run, params: { targets: [{ time: 1, target: 0.5 }], none: null } })).toBe(
      'SmaCross on BTC_USDT 4h',
    );
  });

  test('of a sweep names what varies', () => {
    const space = { fast_period: { min: 8, max: 16, step: 4 }, slow_period: [24, 48] };
    expect(sweepSubject({ ...run, space }, 6)).toBe('SmaCross on BTC_USDT 4h · 6 runs over fast, slow');
  });
});
