import { ema, realisedVolatility, sma } from '@app/backtest';
import type { FeatureInput, Series } from './feature.js';

/** Bars of history behind the volatility that other features are measured in. */
export const SCALE_SPAN = 48;

/** Below this, a deviation of log returns is rounding, and the market stood still. */
const STILL = 1e-12;

/** Log return of each bar's close over the one before; 0 for the first bar, which has none. */
export function logReturns(input: FeatureInput): Series {
  const { close } = input.candles;
  return input.shared('logReturns', () =>
    input.map((bar) => (bar === 0 ? 0 : Math.log(close[bar]! / close[bar - 1]!))),
  );
}

/** Sample deviation of the log return over `span` bars; `NaN` while the market stands still. */
export function volatility(input: FeatureInput, span: number): Series {
  return input.shared(`volatility ${span}`, () =>
    realisedVolatility(input.candles.close, span).map((value) => (value > STILL ? value : NaN)),
  );
}

/** The yardstick of a normal move, one bar long: volatility over `SCALE_SPAN` bars. */
export function moveScale(input: FeatureInput): Series {
  return volatility(input, SCALE_SPAN);
}

export function meanClose(input: FeatureInput, span: number): Series {
  return input.shared(`meanClose ${span}`, () => sma(input.candles.close, span));
}

export function exponentialClose(input: FeatureInput, span: number): Series {
  return input.shared(`exponentialClose ${span}`, () => ema(input.candles.close, span));
}

/** Highest less lowest price since the close before (Wilder 1978); the first bar has only its own. */
export function trueRange(input: FeatureInput): Series {
  const { high, low, close } = input.candles;
  return input.shared('trueRange', () =>
    input.map((bar) => {
      const before = close[bar - 1] ?? close[bar]!;
      return Math.max(high[bar]!, before) - Math.min(low[bar]!, before);
    }),
  );
}
