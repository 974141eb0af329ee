import type { SyntheticProfile } from './synthetic-candles.js';

/** The made-up markets of the sample data. */
export const sampleProfiles: readonly SyntheticProfile[] = [
  profile('BTC_USDT', 46_200, 0.55, 0.6, 9e7, 2),
  profile('ETH_USDT', 3_680, 0.68, 0.55, 5e7, 2),
  profile('SOL_USDT', 170, 0.95, 0.45, 1.4e7, 2),
  profile('BNB_USDT', 510, 0.6, 0.45, 1e7, 2),
  profile('XRP_USDT', 0.83, 0.8, 0.4, 1e7, 4),
  profile('ADA_USDT', 1.31, 0.82, 0.45, 6e6, 4),
  profile('DOGE_USDT', 0.17, 0.92, 0.4, 8e6, 5),
  profile('AVAX_USDT', 109, 0.92, 0.45, 5e6, 3),
];

export const sampleStartMs = Date.UTC(2022, 0, 1);
/** Exclusive. */
export const sampleEndMs = Date.UTC(2026, 0, 1);
export const sampleSeed = 1;

function profile(
  symbol: string,
  startPrice: number,
  yearlyVolatility: number,
  marketShare: number,
  hourlyTurnover: number,
  priceDecimals: number,
): SyntheticProfile {
  return { symbol, startPrice, yearlyVolatility, marketShare, hourlyTurnover, priceDecimals };
}
