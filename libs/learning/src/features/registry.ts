import type { Candles } from '@app/backtest';
import type { Columns } from '../trees/binned-matrix.js';
import { calendarFeatures } from './calendar-features.js';
import { type Feature, FeatureInput } from './feature.js';
import { higherTimeframeFeatures } from './higher-timeframe-features.js';
import { indicatorFeatures } from './indicator-features.js';
import { returnFeatures } from './return-features.js';
import { volumeFeatures } from './volume-features.js';

/** Changes whenever a feature's meaning does; a model of another version is refused. */
export const FEATURE_VERSION = 2;

/** Every feature, in the order in which models see them. */
export const FEATURES: readonly Feature[] = [
  ...returnFeatures,
  ...indicatorFeatures,
  ...volumeFeatures,
  ...calendarFeatures,
  ...higherTimeframeFeatures,
];

/** Bars before the first one on which every feature is known, but for those that may lack. */
export const WARM_UP_BARS = Math.max(
  ...FEATURES.filter((feature) => !feature.mayLack).map((feature) => feature.lookback),
);

/**
 * All features of all bars as 32-bit columns in the registry's order; `NaN` where they say nothing,
 * and in the columns of longer candles unless those are asked for.
 */
export function featureColumns(candles: Candles, higherTimeframes = false): Columns {
  const input = new FeatureInput(candles);
  return FEATURES.map(({ lookback, optional, compute }) =>
    optional && !higherTimeframes
      ? new Float32Array(input.length).fill(NaN)
      : Float32Array.from(compute(input), (value, bar) =>
          bar >= lookback && Number.isFinite(value) ? value : NaN,
        ),
  );
}
