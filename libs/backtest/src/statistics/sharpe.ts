import { mean, sampleDeviation, shapeOf } from './moments.js';
import { normalCdf } from './normal.js';

/** Mean over sample deviation of period returns, not annualised; NaN where the deviation is zero. */
export function sharpePerPeriod(returns: Float64Array): number {
  const deviation = sampleDeviation(returns);
  return deviation > 1e-15 ? mean(returns) / deviation : NaN;
}

/**
 * Probability that the true Sharpe ratio exceeds `threshold` (per period), given the length, skewness and
 * kurtosis of the returns (Bailey and López de Prado, The Sharpe Ratio Efficient Frontier, 2012).
 */
export function probabilisticSharpe(returns: Float64Array, threshold = 0): number {
  const sharpe = sharpePerPeriod(returns);
  const { skewness, kurtosis } = shapeOf(returns);
  const spread = Math.sqrt(1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2);
  return normalCdf(((sharpe - threshold) * Math.sqrt(returns.length - 1)) / spread);
}
