import { sma } from '@app/backtest';
import type { Feature, FeatureInput, Series } from './feature.js';
import { logReturns } from './prices.js';

/** Volume with 0 in place of what is not a volume, so that one odd bar spoils no average. */
function cleanVolume(input: FeatureInput): Series {
  return input.shared('cleanVolume', () => input.candles.volume.map((value) => (value > 0 ? value : 0)));
}

/** A month of hours: long enough to show that volume as such is high, not only the last bar's. */
const LEVEL_SPAN = 720;

const volumeLevel: Feature = {
  name: 'volume_level',
  description: `Natural logarithm of the 24-bar mean volume ÷ its ${LEVEL_SPAN}-bar mean`,
  lookback: LEVEL_SPAN - 1,
  mayLack: true,
  compute: (input) => {
    const volume = cleanVolume(input);
    const short = sma(volume, 24);
    const long = sma(volume, LEVEL_SPAN);
    return input.map((bar) => Math.log(short[bar]! / long[bar]!));
  },
};

function relativeVolume(span: number): Feature {
  return {
    ...(span === LEVEL_SPAN && { mayLack: true }),
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

export const volumeFeatures: readonly Feature[] = [
  ...[24, 168, LEVEL_SPAN].map(relativeVolume),
  volumeLevel,
  volumeFlow,
];
