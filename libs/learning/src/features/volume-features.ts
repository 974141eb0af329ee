import { sma } from '@app/backtest';
import type { Feature, FeatureInput, Series } from './feature.js';
import { logReturns } from './prices.js';

/** Volume with 0 in place of what is not a volume, so that one odd bar spoils no average. */
function cleanVolume(input: FeatureInput): Series {
  return input.shared('cleanVolume', () => input.candles.volume.map((value) => (value > 0 ? value : 0)));
}

function relativeVolume(span: number): Feature {
  return {
    name: `volume_${span}`,
    description: `Natural logarithm of the last bar’s volume ÷ its ${span}-bar mean`,
    lookback: span - 1,
    compute: (input) => {
      const volume = cleanVolume(input);
      const mean = sma(volume, span);
      return input.map((bar) => Math.log(volume[bar]! / mean[bar]!));
    },
  };
}

const volumeFlow: Feature = {
  name: 'volume_flow_24',
  description: 'Volume of rising less falling bars ÷ all volume over 24 bars, −1 to 1',
  lookback: 24,
  compute: (input) => {
    const volume = cleanVolume(input);
    const change = logReturns(input);
    const signed = sma(
      input.map((bar) => Math.sign(change[bar]!) * volume[bar]!),
      24,
    );
    const all = sma(volume, 24);
    return input.map((bar) => signed[bar]! / all[bar]!);
  },
};

export const volumeFeatures: readonly Feature[] = [relativeVolume(24), relativeVolume(168), volumeFlow];
