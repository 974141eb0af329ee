/** Arithmetic mean; NaN of nothing. */
export function mean(values: Float64Array): number {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  return sum / n;
}

/** Skewness m₃ / m₂^1.5 and kurtosis m₄ / m₂² (3 for a normal sample) from the population moments. */
export function shapeOf(values: Float64Array): { readonly skewness: number; readonly kurtosis: number } {
  const n = values.length;
  const centre = mean(values);
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    const distance = values[i]! - centre;
    const square = distance * distance;
    second += square;
    third += square * distance;
    fourth += square * square;
  }
  const variance = second / n;
  return {
    skewness: third / n / (variance * Math.sqrt(variance)),
    kurtosis: fourth / n / (variance * variance),
  };
}

/** Sample variance, over n - 1; NaN of fewer than two. */
export function sampleVariance(values: Float64Array): number {
  const n = values.length;
  if (n < 2) return NaN;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (values[i]! - centre) * (values[i]! - centre);
  return sum / (n - 1);
}

/** Sample standard deviation, over n - 1; NaN of fewer than two. */
export function sampleDeviation(values: Float64Array): number {
  return Math.sqrt(sampleVariance(values));
}

/** Root of the mean squared negative part: the deviation below zero of the Sortino ratio. */
export function downsideDeviation(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += Math.min(value, 0) ** 2;
  return Math.sqrt(sum / values.length);
}

/** Sample covariance of two series of one length, over n - 1. */
export function sampleCovariance(a: Float64Array, b: Float64Array): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / (a.length - 1);
}

/** Geometric mean of returns: (Π (1 + r))^(1/n) - 1; 0 when a return is -100 % or worse, NaN of nothing. */
export function geometricMean(returns: Float64Array): number {
  let sum = 0;
  for (const each of returns) {
    if (each <= -1) return 0;
    sum += Math.log1p(each);
  }
  return Math.expm1(sum / returns.length);
}

/** The q-quantile of ascending values by linear interpolation (Hyndman and Fan type 7); NaN of nothing. */
export function quantile(ascending: Float64Array, q: number): number {
  if (ascending.length === 0) return NaN;
  const at = (ascending.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below]! + (at - below) * (ascending[above]! - ascending[below]!);
}
