import type { Feature } from './feature.js';
import { logReturns } from './prices.js';
import { mapSeries, rollingMean } from './series.js';

function relativeVolume(span: number): Feature {
  return {
    name: `volume_${span}`,
    description: `Natural logarithm of the last bar’s volume ÷ its ${span}-bar mean`,
    lookback: span - 1,
    compute: ({ length, candles: { volume } }) => {
      const mean = rollingMean(volume, span);
      return mapSeries(length, (i) =>
        volume[i]! > 0 && mean[i]! > 0 ? Math.log(volume[i]! / mean[i]!) : NaN,
      );
    },
  };
}

const volumeFlow: Feature = {
  name: 'volume_flow_24',
  description: 'Volume of rising less falling bars ÷ all volume over 24 bars, −1 to 1',
  lookback: 24,
  compute: (input) => {
    const { volume } = input.candles;
    const change = logReturns(input);
    const signed = rollingMean(
      mapSeries(input.length, (i) => Math.sign(change[i]!) * volume[i]!),
      24,
    );
    const all = rollingMean(volume, 24);
    return mapSeries(input.length, (i) => (all[i]! > 0 ? signed[i]! / all[i]! : NaN));
  },
};

export const volumeFeatures: readonly Feature[] = [relativeVolume(24), relativeVolume(168), volumeFlow];
