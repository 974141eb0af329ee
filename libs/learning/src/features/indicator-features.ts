import { atr, ema, highest, lowest, rsi, sma, standardDeviation } from '@app/backtest';
import type { Feature } from './feature.js';
import { exponentialClose, meanClose, moveScale, trueRange } from './prices.js';

/** Bars after which Wilder's average of `span` has forgotten all but (1 − 1/span)^(10 span) < 0.01 %. */
const wilderMemory = (span: number): number => 10 * span;

function relativeStrength(span: number): Feature {
  return {
    name: `rsi_${span}`,
    description: `Relative strength index over ${span} bars (Wilder), 0 to 100`,
    lookback: wilderMemory(span),
    compute: (input) => rsi(input.candles.close, span),
  };
}

const macdLine: Feature = {
  name: 'macd',
  description: 'MACD: 12-bar less 26-bar exponential average ÷ (close × 48-bar volatility)',
  lookback: 130,
  compute: (input) => {
    const fast = exponentialClose(input, 12);
    const slow = exponentialClose(input, 26);
    const scale = moveScale(input);
    return input.map((bar) => (fast[bar]! - slow[bar]!) / (input.candles.close[bar]! * scale[bar]!));
  },
};

const macdHistogram: Feature = {
  name: 'macd_histogram',
  description: 'MACD less its 9-bar exponential average ÷ (close × 48-bar volatility)',
  lookback: 175,
  compute: (input) => {
    const fast = exponentialClose(input, 12);
    const slow = exponentialClose(input, 26);
    const line = input.map((bar) => fast[bar]! - slow[bar]!);
    const signal = ema(line, 9);
    const scale = moveScale(input);
    return input.map((bar) => (line[bar]! - signal[bar]!) / (input.candles.close[bar]! * scale[bar]!));
  },
};

const averageTrueRange: Feature = {
  name: 'atr_14',
  description: 'Natural logarithm of the average true range over 14 bars (Wilder) ÷ close',
  lookback: wilderMemory(14),
  compute: (input) => {
    const range = atr(input.candles, 14);
    return input.map((bar) => Math.log(range[bar]! / input.candles.close[bar]!));
  },
};

const bollingerPlace: Feature = {
  name: 'bollinger_20',
  description: 'Close less its 20-bar mean ÷ two population standard deviations: ±1 at the bands',
  lookback: 19,
  compute: (input) => {
    const mean = meanClose(input, 20);
    const deviation = standardDeviation(input.candles.close, 20);
    return input.map((bar) =>
      deviation[bar]! > 1e-12 * mean[bar]!
        ? (input.candles.close[bar]! - mean[bar]!) / (2 * deviation[bar]!)
        : NaN,
    );
  },
};

function placeInRange(span: number): Feature {
  return {
    name: `range_place_${span}`,
    description: `Place of the close between the lowest low (0) and the highest high (1) of ${span} bars`,
    lookback: span - 1,
    compute: (input) => {
      const top = highest(input.candles.high, span);
      const bottom = lowest(input.candles.low, span);
      return input.map((bar) => (input.candles.close[bar]! - bottom[bar]!) / (top[bar]! - bottom[bar]!));
    },
  };
}

const barBody: Feature = {
  name: 'bar_body',
  description: 'Close less open ÷ high less low of the last bar, −1 to 1',
  lookback: 0,
  compute: (input) => {
    const { open, high, low, close } = input.candles;
    return input.map((bar) => (close[bar]! - open[bar]!) / (high[bar]! - low[bar]!));
  },
};

const barPlace: Feature = {
  name: 'bar_place',
  description: 'Place of the close between low (0) and high (1) of the last bar',
  lookback: 0,
  compute: (input) => {
    const { high, low, close } = input.candles;
    return input.map((bar) => (close[bar]! - low[bar]!) / (high[bar]! - low[bar]!));
  },
};

const barRange: Feature = {
  name: 'bar_range',
  description: 'Natural logarithm of the last bar’s true range ÷ its 48-bar mean',
  lookback: 48,
  compute: (input) => {
    const range = trueRange(input);
    const mean = sma(range, 48);
    return input.map((bar) => Math.log(range[bar]! / mean[bar]!));
  },
};

export const indicatorFeatures: readonly Feature[] = [
  ...[7, 14].map(relativeStrength),
  macdLine,
  macdHistogram,
  averageTrueRange,
  bollingerPlace,
  ...[14, 72].map(placeInRange),
  barBody,
  barPlace,
  barRange,
];
