import type { ModelAge, Timeframe } from '@app/contracts';

/** Days of candles that may come after a model's last one before it counts as old. */
export const ageLimitDays: Readonly<Record<Timeframe, number>> = {
  '1m': 2,
  '5m': 3,
  '15m': 5,
  '30m': 7,
  '1h': 10,
  '2h': 12,
  '4h': 15,
  '6h': 18,
  '12h': 24,
  '1d': 30,
  '1w': 90,
};

const dayMs = 86_400_000;

/** The least `endMs` of a model that is not old for candles that end at `newestMs`. */
function oldestFreshEndMs(timeframe: Timeframe, newestMs: number): number {
  return newestMs - ageLimitDays[timeframe] * dayMs;
}

/**
 * How much the market has moved on since a model learned: the time from the end of the last candle
 * that it saw to the end of the newest one that there is. A clock plays no part, so a model of all
 * the candles there are is fresh, however old they are.
 */
export function modelAgeOf(timeframe: Timeframe, endMs: number, newestMs: number): ModelAge {
  const days = Math.round((100 * Math.max(0, newestMs - endMs)) / dayMs) / 100;
  const limit = ageLimitDays[timeframe];
  const isStale = endMs < oldestFreshEndMs(timeframe, newestMs);
  const note = isStale
    ? `This model is old: it has not seen the last ${inDays(days)} of candles, and models of ${timeframe} candles count as fresh for ${inDays(limit)}.`
    : null;
  return { days, limit_days: limit, is_stale: isStale, note };
}

function inDays(days: number): string {
  const rounded = days < 10 ? Math.round(days * 10) / 10 : Math.round(days);
  return `${rounded} ${rounded === 1 ? 'day' : 'days'}`;
}
