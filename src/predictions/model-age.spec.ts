import { describe, expect, it } from '@jest/globals';
import { timeframes } from '@app/contracts';
import { ageLimitDays, modelAgeOf } from './model-age.js';

const day = 86_400_000;
const newest = Date.UTC(2025, 11, 31);

describe('the age of a model', () => {
  it('has a limit for every timeframe, from 2 days of minutes to 30 of days, never shorter for longer candles', () => {
    expect(ageLimitDays).toMatchObject({ '1m': 2, '1d': 30 });
    const limits = timeframes.map((timeframe) => ageLimitDays[timeframe]);
    expect(limits).toEqual([...limits].sort((a, b) => a - b));
  });

  it('is none when the model has seen every candle that there is', () => {
    expect(modelAgeOf('1h', newest, newest)).toEqual({
      days: 0,
      limit_days: 10,
      is_stale: false,
      note: null,
    });
  });

  it('may reach the limit and not pass it', () => {
    expect(modelAgeOf('1m', newest - 2 * day, newest).is_stale).toBe(false);
    expect(modelAgeOf('1m', newest - 2 * day - 60_000, newest)).toMatchObject({
      is_stale: true,
      note: 'This model is old: it has not seen the last 2 days of candles, and models of 1m candles count as fresh for 2 days.',
    });
  });

  it('counts candles that have come, not days on a calendar', () => {
    expect(modelAgeOf('1d', newest - 45.5 * day, newest)).toMatchObject({ days: 45.5, is_stale: true });
    expect(modelAgeOf('1d', newest + day, newest).days).toBe(0);
  });
});
