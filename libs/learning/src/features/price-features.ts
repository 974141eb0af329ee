import type { Feature } from './feature.js';
import {
  exponentialClose,
  logReturns,
  meanClose,
  moveScale,
  SCALE_SPAN,
  trueRange,
  volatility,
} from './prices.js';
import {
  exponentialMean,
  mapSeries,
  rollingDeviation,
  rollingHighest,
  rollingLowest,
  rollingMean,
} from './series.js';

/** Log return over `span` bars in units of the move that `span` bars usually make. */
function scaledReturn(span: number): Feature {
  return {
    name: `return_${span}`,
    description: `Log return of the last ${span} bar${span === 1 ? '' : 's'} ÷ (volatility × √${span})`,
    lookback: Math.max(span, SCALE_SPAN),
    compute: (input) => {
      const { close } = input.candles;
      const scale = moveScale(input);
      return mapSeries(input.length, (i) =>
        i < span ? NaN : Math.log(close[i]! / close[i - span]!) / (scale[i]! * Math.sqrt(span)),
      );
    },
  };
}

function distanceToMean(span: number): Feature {
  return {
    name: `mean_distance_${span}`,
    description: `Log distance of the close to its ${span}-bar simple average ÷ volatility`,
    lookback: Math.max(span - 1, SCALE_SPAN),
    compute: (input) => {
      const mean = meanClose(input, span);
      const scale = moveScale(input);
      return mapSeries(input.length, (i) => Math.log(input.candles.close[i]! / mean[i]!) / scale[i]!);
    },
  };
}

function logVolatility(span: number): Feature {
  return {
    name: `volatility_${span}`,
    description: `Natural logarithm of the log return's standard deviation over ${span} bars`,
    lookback: span,
    compute: (input) => volatility(input, span).map((value) => (value > 1e-12 ? Math.log(value) : NaN)),
  };
}

/** Relative strength index with Wilder's smoothing (Wilder 1978), 0…100. */
function relativeStrength(span: number): Feature {
  return {
    name: `rsi_${span}`,
    description: `Relative strength index over ${span} bars, 0 to 100`,
    lookback: 10 * span,
    compute: (input) => {
      const change = logReturns(input);
      const rises = exponentialMean(
        change.map((value) => (value !== value ? NaN : Math.max(value, 0))),
        1 / span,
        10 * span - 1,
      );
      const moves = exponentialMean(change.map(Math.abs), 1 / span, 10 * span - 1);
      return mapSeries(input.length, (i) => (moves[i]! > 0 ? (100 * rises[i]!) / moves[i]! : NaN));
    },
  };
}

function placeInRange(span: number): Feature {
  return {
    name: `range_place_${span}`,
    description: `Place of the close between the lowest low (0) and the highest high (1) of ${span} bars`,
    lookback: span - 1,
    compute: (input) => {
      const { high, low, close } = input.candles;
      const top = rollingHighest(high, span);
      const bottom = rollingLowest(low, span);
      return mapSeries(input.length, (i) =>
        top[i]! > bottom[i]! ? (close[i]! - bottom[i]!) / (top[i]! - bottom[i]!) : NaN,
      );
    },
  };
}

const lastReturn: Feature = {
  name: 'raw_return_1',
  description: 'Log return of the last bar, as it is',
  lookback: 1,
  compute: logReturns,
};

const returnAutocorrelation: Feature = {
  name: 'autocorrelation_48',
  description:
    'Mean product of neighbouring log returns over 48 bars ÷ their variance: trend above 0, reversal below',
  lookback: 49,
  compute: (input) => {
    const change = logReturns(input);
    const products = mapSeries(input.length, (i) => (i === 0 ? NaN : change[i]! * change[i - 1]!));
    const mean = rollingMean(products, 48);
    const scale = moveScale(input);
    return mapSeries(input.length, (i) => mean[i]! / scale[i]! ** 2);
  },
};

const volatilityRatio: Feature = {
  name: 'volatility_ratio',
  description: 'Natural logarithm of 12-bar volatility ÷ 168-bar volatility',
  lookback: 168,
  compute: (input) => {
    const short = volatility(input, 12);
    const long = volatility(input, 168);
    return mapSeries(input.length, (i) =>
      short[i]! > 1e-12 && long[i]! > 1e-12 ? Math.log(short[i]! / long[i]!) : NaN,
    );
  },
};

const movingAverageConvergence: Feature = {
  name: 'macd',
  description: 'MACD line: 12-bar less 26-bar exponential average ÷ (close × volatility)',
  lookback: 130,
  compute: (input) => {
    const fast = exponentialClose(input, 12);
    const slow = exponentialClose(input, 26);
    const scale = moveScale(input);
    return mapSeries(input.length, (i) => (fast[i]! - slow[i]!) / (input.candles.close[i]! * scale[i]!));
  },
};

const convergenceHistogram: Feature = {
  name: 'macd_histogram',
  description: 'MACD line less its 9-bar exponential average ÷ (close × volatility)',
  lookback: 175,
  compute: (input) => {
    const fast = exponentialClose(input, 12);
    const slow = exponentialClose(input, 26);
    const line = mapSeries(input.length, (i) => fast[i]! - slow[i]!);
    const signal = exponentialMean(line, 2 / 10, 45);
    const scale = moveScale(input);
    return mapSeries(input.length, (i) => (line[i]! - signal[i]!) / (input.candles.close[i]! * scale[i]!));
  },
};

const averageTrueRange: Feature = {
  name: 'atr_14',
  description: 'Average true range over 14 bars (Wilder) ÷ close, natural logarithm',
  lookback: 140,
  compute: (input) => {
    const average = exponentialMean(trueRange(input), 1 / 14, 139);
    return mapSeries(input.length, (i) =>
      average[i]! > 0 ? Math.log(average[i]! / input.candles.close[i]!) : NaN,
    );
  },
};

const bollingerPlace: Feature = {
  name: 'bollinger_20',
  description: 'Close less its 20-bar mean ÷ two population standard deviations: ±1 at the bands',
  lookback: 19,
  compute: (input) => {
    const mean = meanClose(input, 20);
    const deviation = rollingDeviation(input.candles.close, 20);
    return mapSeries(input.length, (i) =>
      deviation[i]! > 1e-12 * mean[i]! ? (input.candles.close[i]! - mean[i]!) / (2 * deviation[i]!) : NaN,
    );
  },
};

/** Shape of the last bar: where its body and its close lie in its range. */
const barBody: Feature = {
  name: 'bar_body',
  description: 'Close less open ÷ high less low of the last bar, −1 to 1',
  lookback: 0,
  compute: ({ length, candles: { open, high, low, close } }) =>
    mapSeries(length, (i) => (high[i]! > low[i]! ? (close[i]! - open[i]!) / (high[i]! - low[i]!) : NaN)),
};

const barPlace: Feature = {
  name: 'bar_place',
  description: 'Place of the close between low (0) and high (1) of the last bar',
  lookback: 0,
  compute: ({ length, candles: { high, low, close } }) =>
    mapSeries(length, (i) => (high[i]! > low[i]! ? (close[i]! - low[i]!) / (high[i]! - low[i]!) : NaN)),
};

const barRange: Feature = {
  name: 'bar_range',
  description: 'Natural logarithm of the last bar’s true range ÷ its 48-bar mean',
  lookback: 48,
  compute: (input) => {
    const range = trueRange(input);
    const mean = rollingMean(range, 48);
    return mapSeries(input.length, (i) =>
      range[i]! > 0 && mean[i]! > 0 ? Math.log(range[i]! / mean[i]!) : NaN,
    );
  },
};

export const priceFeatures: readonly Feature[] = [
  ...[1, 2, 4, 8, 24, 72, 168].map(scaledReturn),
  lastReturn,
  returnAutocorrelation,
  ...[10, 50, 168].map(distanceToMean),
  ...[12, 48, 168].map(logVolatility),
  volatilityRatio,
  ...[7, 14].map(relativeStrength),
  movingAverageConvergence,
  convergenceHistogram,
  averageTrueRange,
  bollingerPlace,
  ...[14, 72].map(placeInRange),
  barBody,
  barPlace,
  barRange,
];
