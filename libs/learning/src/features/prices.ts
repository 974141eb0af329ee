import type { FeatureInput } from './feature.js';
import { exponentialMean, mapSeries, rollingDeviation, rollingMean, type Series } from './series.js';

/** Bars of history behind the volatility that other features are measured in. */
export const SCALE_SPAN = 48;

/** Log return of each bar's close over the one before; `NaN` for the first. */
export function logReturns(input: FeatureInput): Series {
  const { close } = input.candles;
  return input.shared('logReturns', () =>
    mapSeries(input.length, (i) => (i === 0 ? NaN : Math.log(close[i]! / close[i - 1]!))),
  );
}

/** Standard deviation of the log return over `span` bars. */
export function volatility(input: FeatureInput, span: number): Series {
  return input.shared(`volatility ${span}`, () => rollingDeviation(logReturns(input), span));
}

/** The yardstick of a normal move, one bar long: volatility over `SCALE_SPAN` bars, `NaN` where it is 0. */
export function moveScale(input: FeatureInput): Series {
  return input.shared('moveScale', () =>
    volatility(input, SCALE_SPAN).map((value) => (value > 1e-12 ? value : NaN)),
  );
}

export function meanClose(input: FeatureInput, span: number): Series {
  return input.shared(`meanClose ${span}`, () => rollingMean(input.candles.close, span));
}

/** Average of the close with weight 2/(span + 1), stated once 5 spans have passed. */
export function exponentialClose(input: FeatureInput, span: number): Series {
  return input.shared(`exponentialClose ${span}`, () =>
    exponentialMean(input.candles.close, 2 / (span + 1), 5 * span),
  );
}

/** Largest of high − low and the two gaps to the close before (Wilder 1978). */
export function trueRange(input: FeatureInput): Series {
  const { high, low, close } = input.candles;
  return input.shared('trueRange', () =>
    mapSeries(input.length, (i) =>
      i === 0 ? NaN : Math.max(high[i]!, close[i - 1]!) - Math.min(low[i]!, close[i - 1]!),
    ),
  );
}
