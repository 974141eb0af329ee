import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { candlesOf, runScript } from './engine/scripted.contract.js';
import {
  BacktestInputError,
  dayCounter,
  runBacktest,
  toResultDocument,
  type BacktestRequest,
  type Bar,
  type Candles,
} from './index.js';
import { seededUniform } from './random.js';

function walk(n: number, seed: number): Candles {
  const uniform = seededUniform(seed);
  let price = 100;
  return candlesOf(
    ...Array.from({ length: n }, () => {
      const open = price * (1 + 0.01 * (uniform() - 0.5));
      const close = open * (1 + 0.06 * (uniform() - 0.5));
      price = close;
      const reach = 1 + 0.02 * uniform();
      return [open, Math.max(open, close) * reach, Math.min(open, close) / reach, close] as const;
    }),
  );
}

/** A strategy that places every kind of order at random. */
const Monkey = {
  name: 'Monkey',
  requiresSignals: false,
  create: (params: unknown) => {
    const uniform = seededUniform((params as { seed: number }).seed);
    return {
      init: () => [],
      next(bar: Bar) {
        const roll = uniform();
        const { close } = bar;
        const near = (spread: number): number => close * (1 + spread * (uniform() - 0.5));
        const size = uniform() < 0.5 ? { fraction: uniform() } : { units: 20 * uniform() };
        const order = {
          size,
          exclusive: uniform() < 0.2,
          limit: uniform() < 0.3 ? near(0.04) : undefined,
          stop: uniform() < 0.3 ? near(0.04) : undefined,
          trailingStop: uniform() < 0.2 ? 0.05 * uniform() + 0.001 : undefined,
        };
        const bracket = 0.05 * uniform() + 0.001;
        if (roll < 0.2)
          bar.buy({ ...order, stopLoss: close * (1 - bracket), takeProfit: close * (1 + bracket) });
        else if (roll < 0.4)
          bar.sell({ ...order, stopLoss: close * (1 + bracket), takeProfit: close * (1 - bracket) });
        else if (roll < 0.5) bar.closePosition(uniform());
        else if (roll < 0.55) bar.cancelPending();
        else if (roll < 0.6) for (const trade of bar.openTrades) bar.setStopLoss(trade, near(0.1));
      },
    };
  },
};

describe('accounting', () => {
  it('adds up for any orders under any terms: capital and profits are the last equity', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          leverage: fc.constantFrom(1, 2, 10),
          commission: fc.constantFrom(0, 0.002, { relative: 0.001, fixed: 3 }),
          slippage: fc.constantFrom(0, 0.001),
          spread: fc.constantFrom(0, 0.002),
          lotStep: fc.constantFrom(1e-8, 0.01, 1),
          hedging: fc.boolean(),
          tradeOnClose: fc.boolean(),
        }),
        ({ seed, ...terms }) => {
          const candles = walk(150, seed);
          const result = runBacktest({
            candles,
            strategy: Monkey,
            params: { seed },
            initialCapital: 10_000,
            ...terms,
          });
          const profit = result.trades.reduce((sum, trade) => sum + trade.pnl, 0);
          expect(10_000 + profit).toBeCloseTo(result.equity.at(-1)!, 6);
          for (const trade of result.trades) {
            expect(trade.exitBar).toBeGreaterThanOrEqual(trade.entryBar);
            const lots = Math.abs(trade.size) / terms.lotStep;
            expect(Math.abs(lots - Math.round(lots))).toBeLessThan(1e-3);
            // Nothing fills outside of its bar, but for slippage and spread; the close before under trade-on-close.
            const { high, low } = candles;
            expect(trade.exitPrice).toBeLessThanOrEqual(high[trade.exitBar]! * 1.0011);
            expect(trade.exitPrice).toBeGreaterThanOrEqual(low[trade.exitBar]! * 0.9989);
          }
        },
      ),
      { numRuns: 150, seed: 42 },
    );
  });

  it('is bit-identical for the same request', () => {
    const request = {
      candles: walk(300, 5),
      strategy: Monkey,
      params: { seed: 9 },
      initialCapital: 10_000,
      leverage: 3,
    };
    expect(toResultDocument(runBacktest(request))).toEqual(toResultDocument(runBacktest(request)));
  });
});

describe('the range', () => {
  const candles = walk(60, 1);

  it('begins at the first tradable bar; the bars before it only warm the indicators', () => {
    const request = {
      candles,
      strategy: 'SmaCross',
      params: { fast_period: 2, slow_period: 5 },
      initialCapital: 10_000,
    };
    const result = runBacktest({ ...request, warmupFrom: 20 });
    expect(result.time[0]).toBe(candles.time[20]);
    expect(result.equity).toHaveLength(40);
    expect(Math.min(...result.trades.map((trade) => trade.entryBar))).toBeGreaterThan(0);
    expect(result.warnings.some((warning) => warning.includes('warming'))).toBe(false);
  });

  it('gives the seed’s own random numbers to the strategy', () => {
    const drawn: number[] = [];
    const strategy = {
      name: 'Dice',
      requiresSignals: false,
      create: () => ({
        init: (_: Candles, { random }: { random: () => number }) => {
          drawn.push(random());
          return [];
        },
        next: () => undefined,
      }),
    };
    for (const seed of [1, 1, 2]) runBacktest({ candles, strategy, initialCapital: 1, seed });
    expect(drawn[0]).toBe(drawn[1]);
    expect(drawn[0]).not.toBe(drawn[2]);
  });

  it('reports progress at most some two hundred times, and its end', () => {
    const calls: [number, number][] = [];
    const onProgress = (done: number, total: number) => calls.push([done, total]);
    runBacktest({ candles: walk(5000, 2), strategy: 'BuyAndHold', initialCapital: 10_000, onProgress });
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.length).toBeLessThanOrEqual(201);
    expect(calls.at(-1)).toEqual([5000, 5000]);
    expect(calls.every(([done], k) => k === 0 || done > calls[k - 1]![0])).toBe(true);
  });

  it('leaves open trades open when it is not finalised, in the equity but not in the statistics', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy() }, { finalise: false });
    expect(result.trades).toHaveLength(0);
    expect(result.openTrades).toHaveLength(1);
    expect(result.performance.tradeCount).toBe(0);
    expect(result.performance.exposure).toBeCloseTo(59 / 60, 12);
    expect(result.equity.at(-1)).not.toBe(10_000);
  });
});

describe('bad input', () => {
  const good = walk(10, 3);
  const edited = (column: keyof Candles, i: number, value: number): Candles => {
    const copy = good[column].slice();
    copy[i] = value;
    return { ...good, [column]: copy };
  };
  const base: BacktestRequest = { candles: good, strategy: 'BuyAndHold', initialCapital: 10_000 };

  it.each<[string, Partial<BacktestRequest>]>([
    ['EMPTY_RANGE', { candles: candlesOf() }],
    ['EMPTY_RANGE', { warmupFrom: 10 }],
    ['LENGTH_MISMATCH', { candles: { ...good, low: new Float64Array(9) } }],
    ['UNSORTED_TIME', { candles: edited('time', 4, Date.UTC(2023, 0, 1)) }],
    ['DUPLICATE_TIME', { candles: edited('time', 4, good.time[3]!) }],
    ['NOT_FINITE', { candles: edited('close', 4, NaN) }],
    ['NOT_FINITE', { candles: edited('high', 4, Infinity) }],
    ['NOT_FINITE', { candles: edited('time', 4, NaN) }],
    ['NON_POSITIVE_PRICE', { candles: edited('low', 4, 0) }],
    ['NON_POSITIVE_PRICE', { candles: edited('open', 4, -1) }],
    ['HIGH_BELOW_LOW', { candles: edited('high', 4, 1) }],
    ['RANGE_SHORTER_THAN_WARM_UP', { strategy: 'SmaCross' }],
    ['UNKNOWN_STRATEGY', { strategy: 'Nope' }],
    ['INVALID_PARAMS', { params: { x: 1 } }],
    ['SIGNALS_REQUIRED', { strategy: 'MLPredictive' }],
    ['SIGNALS_MISMATCH', { strategy: 'SignalReplay', signals: new Float64Array(3) }],
    ['INVALID_OPTION', { initialCapital: 0 }],
    ['INVALID_OPTION', { leverage: 0.5 }],
    ['INVALID_OPTION', { commission: -0.1 }],
    ['INVALID_OPTION', { commission: { fixed: -1 } }],
    ['INVALID_OPTION', { slippage: 1 }],
    ['INVALID_OPTION', { sizing: { fraction: 2 } }],
    ['INVALID_OPTION', { lotStep: 0.3 }],
    ['INVALID_OPTION', { leverage: 4, maintenanceMargin: 0.25 }],
  ])('is refused as %s: %#', (code, change) => {
    expect.assertions(2);
    try {
      runBacktest({ ...base, ...change });
    } catch (error) {
      expect(error).toBeInstanceOf(BacktestInputError);
      expect((error as BacktestInputError).code).toBe(code);
    }
  });

  it('that is merely odd is counted in the warnings', () => {
    const warnings = runBacktest({ ...base, candles: edited('volume', 2, NaN) }).warnings;
    expect(warnings).toContainEqual(expect.stringContaining('1 bars have a volume'));
  });
});

describe('the document', () => {
  const candles = walk(9000, 4);
  const result = runBacktest({ candles, strategy: 'SmaCross', initialCapital: 10_000, commission: 0.001 });

  it('names things as the wire does', () => {
    const document = toResultDocument(result);
    expect(document.performance.total_return).toBe(result.performance.totalReturn);
    expect(Object.keys(document.performance)).toContain('conditional_value_at_risk');
    expect(document.trades[0]).toMatchObject({
      entry_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/),
      exit_reason: 'signal',
    });
    expect(document.monthly_returns[0]?.month).toBe('2024-01');
  });

  it('thins long curves but keeps both ends, the peak and the deepest drawdown', () => {
    const { equity_curve, drawdown_curve } = toResultDocument(result);
    expect(equity_curve.length).toBeLessThanOrEqual(2000);
    expect(equity_curve[0]?.time).toBe('2024-01-01T00:00:00.000Z');
    expect(equity_curve.at(-1)?.equity).toBe(result.equity.at(-1));
    expect(Math.max(...equity_curve.map((point) => point.equity))).toBe(result.performance.peakEquity);
    expect(Math.max(...drawdown_curve.map((point) => point.drawdown))).toBe(result.performance.maxDrawdown);
    expect(toResultDocument(result, { maxPoints: Infinity }).equity_curve).toHaveLength(9000);
  });
});

describe('dayCounter', () => {
  it('counts calendar days of the run from 1', () => {
    const hours = Float64Array.from({ length: 72 }, (_, i) => Date.UTC(2024, 0, 1, 12) + i * 3_600_000);
    const dayAt = dayCounter(hours, 12);
    expect(dayAt(1)).toEqual({ day: 1, days: 3 });
    expect(dayAt(24)).toEqual({ day: 1, days: 3 });
    expect(dayAt(25)).toEqual({ day: 2, days: 3 });
    expect(dayAt(60)).toEqual({ day: 3, days: 3 });
  });
});
