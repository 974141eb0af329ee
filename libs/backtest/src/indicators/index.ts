export * from './batch.js';
export { RealisedVolatility, StandardDeviation } from './dispersion.js';
export { Highest, Lowest } from './extremes.js';
export { OnBalanceVolume, RateOfChange } from './momentum.js';
export { Ema, SeededEma, Sma, WilderAverage } from './moving-average.js';
export { Atr, StochasticK } from './range.js';
export { Rsi } from './rsi.js';
