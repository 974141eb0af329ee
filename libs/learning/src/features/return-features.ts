import { sma } from '@app/backtest';
import type { Feature } from './feature.js';
import { logReturns, meanClose, moveScale, SCALE_SPAN, volatility } from './prices.js';

function scaledReturn(span: number): Feature {
  return {
    name: `return_${span}`,
    description: `Log return of the last ${span} bar${span === 1 ? '' : 's'} ÷ (48-bar volatility × √${span})`,
    lookback: Math.max(span, SCALE_SPAN),
    compute: (input) => {
      const { close } = input.candles;
      const scale = moveScale(input);
      return input.map((bar) => Math.log(close[bar]! / close[bar - span]!) / (scale[bar]! * Math.sqrt(span)));
    },
  };
}

const rawReturn: Feature = {
  name: 'raw_return_1',
  description: 'Log return of the last bar, as it is',
  lookback: 1,
  compute: logReturns,
};

const autocorrelation: Feature = {
  name: 'autocorrelation_48',
  description: 'Mean product of neighbouring log returns over 48 bars ÷ their variance: above 0 in a trend',
  lookback: SCALE_SPAN + 1,
  compute: (input) => {
    const change = logReturns(input);
    const product = sma(
      input.map((bar) => (bar === 0 ? 0 : change[bar]! * change[bar - 1]!)),
      SCALE_SPAN,
    );
    const scale = moveScale(input);
    return input.map((bar) => product[bar]! / scale[bar]! ** 2);
  },
};

function distanceToMean(span: number): Feature {
  return {
    name: `mean_distance_${span}`,
    description: `Log distance of the close to its ${span}-bar simple average ÷ 48-bar volatility`,
    lookback: Math.max(span - 1, SCALE_SPAN),
    compute: (input) => {
      const mean = meanClose(input, span);
      const scale = moveScale(input);
      return input.map((bar) => Math.log(input.candles.close[bar]! / mean[bar]!) / scale[bar]!);
    },
  };
}

function logVolatility(span: number): Feature {
  return {
    name: `volatility_${span}`,
    description: `Natural logarithm of the log return’s standard deviation over ${span} bars`,
    lookback: span,
    compute: (input) => volatility(input, span).map(Math.log),
  };
}

const volatilityRatio: Feature = {
  name: 'volatility_ratio',
  description: 'Natural logarithm of 12-bar volatility ÷ 168-bar volatility',
  lookback: 168,
  compute: (input) => {
    const short = volatility(input, 12);
    const long = volatility(input, 168);
    return input.map((bar) => Math.log(short[bar]! / long[bar]!));
  },
};

export const returnFeatures: readonly Feature[] = [
  ...[1, 2, 4, 8, 24, 72, 168].map(scaledReturn),
  rawReturn,
  autocorrelation,
  ...[10, 50, 168].map(distanceToMean),
  ...[12, 48, 168].map(logVolatility),
  volatilityRatio,
];
