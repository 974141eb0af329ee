import { describe, expect, it } from '@jest/globals';
import type { Candles } from '../candles.js';
import { seededUniform } from '../random.js';
import {
  Atr,
  Ema,
  Highest,
  Lowest,
  OnBalanceVolume,
  RateOfChange,
  RealisedVolatility,
  Rsi,
  SeededEma,
  Sma,
  StandardDeviation,
  StochasticK,
  atr,
  ema,
  firstValid,
  highest,
  lowest,
  onBalanceVolume,
  rateOfChange,
  realisedVolatility,
  rsi,
  seededEma,
  sma,
  smaCrossings,
  standardDeviation,
  stochasticK,
} from './index.js';

function randomCandles(n: number): Candles {
  const uniform = seededUniform(11);
  const close = Float64Array.from({ length: n }, () => Math.round(10_000 + 2000 * uniform()) / 100);
  return {
    time: close.map((_, i) => i * 60_000),
    open: close,
    high: close.map((price) => price * (1 + 0.01 * uniform())),
    low: close.map((price) => price * (1 - 0.01 * uniform())),
    close,
    volume: close.map(() => Math.floor(100 * uniform())),
  };
}

const n = 14;
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: Float64Array, ddof: number): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - ddof));

/** Every indicator: over a whole series, bar by bar, the first valid bar, and by its definition at bar i. */
const indicators: readonly {
  name: string;
  batch: (candles: Candles) => Float64Array;
  stepper: () => (candles: Candles, i: number) => number;
  validFrom: number;
  definition?: (candles: Candles, i: number) => number;
}[] = [
  {
    name: 'sma',
    batch: ({ close }) => sma(close, n),
    stepper: () => onClose(new Sma(n)),
    validFrom: n - 1,
    definition: ({ close }, i) => mean(close.subarray(i - n + 1, i + 1)),
  },
  { name: 'ema', batch: ({ close }) => ema(close, n), stepper: () => onClose(new Ema(n)), validFrom: 0 },
  {
    name: 'seeded ema',
    batch: ({ close }) => seededEma(close, n),
    stepper: () => onClose(new SeededEma(n)),
    validFrom: n - 1,
  },
  { name: 'rsi', batch: ({ close }) => rsi(close, n), stepper: () => onClose(new Rsi(n)), validFrom: n },
  {
    name: 'standard deviation',
    batch: ({ close }) => standardDeviation(close, n),
    stepper: () => onClose(new StandardDeviation(n)),
    validFrom: n - 1,
    definition: ({ close }, i) => deviation(close.subarray(i - n + 1, i + 1), 0),
  },
  {
    name: 'realised volatility',
    batch: ({ close }) => realisedVolatility(close, n),
    stepper: () => onClose(new RealisedVolatility(n)),
    validFrom: n,
    definition: ({ close }, i) =>
      deviation(
        Float64Array.from({ length: n }, (_, k) => Math.log(close[i - k]! / close[i - k - 1]!)),
        1,
      ),
  },
  {
    name: 'rate of change',
    batch: ({ close }) => rateOfChange(close, n),
    stepper: () => onClose(new RateOfChange(n)),
    validFrom: n,
    definition: ({ close }, i) => close[i]! / close[i - n]! - 1,
  },
  {
    name: 'highest',
    batch: ({ close }) => highest(close, n),
    stepper: () => onClose(new Highest(n)),
    validFrom: n - 1,
    definition: ({ close }, i) => Math.max(...close.subarray(i - n + 1, i + 1)),
  },
  {
    name: 'lowest',
    batch: ({ close }) => lowest(close, n),
    stepper: () => onClose(new Lowest(n)),
    validFrom: n - 1,
    definition: ({ close }, i) => Math.min(...close.subarray(i - n + 1, i + 1)),
  },
  {
    name: 'atr',
    batch: (candles) => atr(candles, n),
    stepper: () => {
      const step = new Atr(n);
      return ({ high, low, close }, i) => step.next(high[i]!, low[i]!, close[i]!);
    },
    validFrom: n,
  },
  {
    name: 'stochastic %K',
    batch: (candles) => stochasticK(candles, n),
    stepper: () => {
      const step = new StochasticK(n);
      return ({ high, low, close }, i) => step.next(high[i]!, low[i]!, close[i]!);
    },
    validFrom: n - 1,
    definition: ({ high, low, close }, i) => {
      const top = Math.max(...high.subarray(i - n + 1, i + 1));
      const bottom = Math.min(...low.subarray(i - n + 1, i + 1));
      return (100 * (close[i]! - bottom)) / (top - bottom);
    },
  },
  {
    name: 'on-balance volume',
    batch: onBalanceVolume,
    stepper: () => {
      const step = new OnBalanceVolume();
      return ({ close, volume }, i) => step.next(close[i]!, volume[i]!);
    },
    validFrom: 0,
  },
];

function onClose(step: { next(value: number): number }): (candles: Candles, i: number) => number {
  return ({ close }, i) => step.next(close[i]!);
}

const candles = randomCandles(400);

describe.each(indicators)('$name', ({ batch, stepper, validFrom, definition }) => {
  const whole = batch(candles);

  it('is NaN while it warms up and never after', () => {
    expect(firstValid(whole)).toBe(validFrom);
    expect(whole.subarray(validFrom).every((value) => Number.isFinite(value))).toBe(true);
  });

  it('gives the same values bar by bar', () => {
    const step = stepper();
    expect(Float64Array.from(candles.close, (_, i) => step(candles, i))).toEqual(whole);
  });

  it('does not change when later bars do not exist', () => {
    for (const length of [1, n, n + 1, 100, 399]) {
      const cut = (column: Float64Array): Float64Array => column.slice(0, length);
      const { high, low, close, volume } = candles;
      const prefix = { ...candles, high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
      expect(batch(prefix)).toEqual(whole.slice(0, length));
    }
  });

  if (definition !== undefined) {
    it('is what its definition says', () => {
      for (let i = validFrom; i < 400; i++) expect(whole[i]).toBeCloseTo(definition(candles, i), 9);
    });
  }
});

describe('sma', () => {
  it('has no drift: after a huge price has left the window its sum is exact again', () => {
    const values = Float64Array.from([0.1, 0.2, 1e15, 0.1, 0.2, 0.3, 0.1, 0.2, 0.3]);
    expect(sma(values, 3)[8]).toBe(0.6 / 3);
  });

  it('of equal windows is equal', () => {
    const values = Float64Array.from({ length: 3000 }, (_, i) => [1.07, 1.0721, 1.0699][i % 3]!);
    const average = sma(values, 3);
    expect(new Set(average.subarray(2)).size).toBe(1);
  });
});

describe('smaCrossings', () => {
  it('turns where two averages cross, and nowhere else', () => {
    const { close } = randomCandles(3000);
    const fast = sma(close, 5);
    const slow = sma(close, 12);
    let side = 0;
    const expected = Int8Array.from(close, (_, i) => {
      if (fast[i - 1]! <= slow[i - 1]! && fast[i]! > slow[i]!) side = 1;
      else if (slow[i - 1]! <= fast[i - 1]! && slow[i]! > fast[i]!) side = -1;
      return side;
    });
    expect(smaCrossings(close, 5, 12)).toEqual(expected);
    expect(expected.filter((at, i) => at !== expected[i - 1]).length).toBeGreaterThan(100);
  });
});

describe('rsi', () => {
  it('is 100 without losses', () => {
    expect(rsi(Float64Array.from([1, 2, 3, 4]), 2)[3]).toBe(100);
  });
});

describe('atr', () => {
  it('averages true ranges by hand', () => {
    const bars = {
      high: Float64Array.from([10, 12, 11, 15]),
      low: Float64Array.from([9, 10, 8, 13]),
      close: Float64Array.from([10, 11, 9, 14]),
      volume: new Float64Array(4),
    };
    // True ranges 2, 3, then 15 - 9 = 6: (2 + 3) / 2 = 2.5, then (2.5 + 6) / 2.
    expect([...atr(bars, 2)]).toEqual([NaN, NaN, 2.5, 4.25]);
  });
});
