import type { Candles } from '@app/backtest';
import type { Columns } from '../trees/binned-matrix.js';
import { calendarFeatures } from './calendar-features.js';
import { type Feature, FeatureInput } from './feature.js';
import { indicatorFeatures } from './indicator-features.js';
import { returnFeatures } from './return-features.js';
import { volumeFeatures } from './volume-features.js';

/** Changes whenever a feature's meaning does; a model of another version is refused. */
export const FEATURE_VERSION = 1;

/** Every feature, in the order in which models see them. */
export const FEATURES: readonly Feature[] = [
  ...returnFeatures,
  ...indicatorFeatures,
  ...volumeFeatures,
  ...calendarFeatures,
];

/** Bars before the first one on which every feature can be known. */
export const WARM_UP_BARS = Math.max(...FEATURES.map((feature) => feature.lookback));

/** All features of all bars as 32-bit columns in the registry's order; `NaN` where they say nothing. */
export function featureColumns(candles: Candles): Columns {
  const input = new FeatureInput(candles);
  return FEATURES.map(({ lookback, compute }) =>
    Float32Array.from(compute(input), (value, bar) =>
      bar >= lookback && Number.isFinite(value) ? value : NaN,
    ),
  );
}
