import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runBacktest, strategies, type BacktestRequest, type Bar, type Candles } from '../index.js';
import { checkLookAhead } from '../look-ahead.js';
import { seededUniform } from '../random.js';

/** A seeded random walk in hours with swings that every strategy trades on. */
function walk(n: number, seed = 7): Candles {
  const uniform = seededUniform(seed);
  let price = 30_000;
  const rows = Array.from({ length: n }, (_, i) => {
    const open = price;
    price *= 1 + 0.02 * (uniform() - 0.5) + 0.004 * Math.sin(i / 25);
    return [
      open,
      Math.max(open, price) * (1 + 0.003 * uniform()),
      Math.min(open, price) * (1 - 0.003 * uniform()),
      price,
    ];
  });
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!);
  return {
    time: Float64Array.from(rows, (_, i) => Date.UTC(2024, 0, 1) + i * 3_600_000),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(n).fill(1),
  };
}

const candles = walk(1000);
const uniform = seededUniform(3);
const probabilities = candles.close.map(() => uniform());

function requestOf(strategy: string): BacktestRequest {
  const params: unknown =
    strategy === 'SignalReplay' ? { kind: 'probability', long_above: 0.7, short_below: 0.2 } : {};
  return { candles, strategy, params, initialCapital: 10_000, commission: 0.001, signals: probabilities };
}

describe.each([...strategies.values()])('$name', (definition) => {
  const request = requestOf(definition.name);

  it('trades, and capital and profits add up to the last equity', () => {
    const result = runBacktest(request);
    expect(result.trades.length).toBeGreaterThan(0);
    const profit = result.trades.reduce((sum, trade) => sum + trade.pnl, 0);
    expect(10_000 + profit).toBeCloseTo(result.equity.at(-1)!, 6);
  });

  it('decides the same when the future does not exist yet', () => {
    const report = checkLookAhead(request, 24);
    expect(report.violation).toBeNull();
    expect(report.decisions).toBeGreaterThan(0);
    expect(report.prefixesChecked).toBeGreaterThan(10);
  });

  it('has a schema whose every field is optional, and refuses unknown fields', () => {
    expect(definition.paramsSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(definition.paramsSchema).not.toHaveProperty('required');
    expect(() => definition.create({ no_such_param: 1 })).toThrow(/no_such_param/);
  });

  it('asks for signals where it cannot trade without them', () => {
    const withoutSignals = (): unknown => runBacktest({ ...request, signals: undefined });
    if (definition.requiresSignals) expect(withoutSignals).toThrow(/needs a signal/);
    else expect(withoutSignals).not.toThrow();
  });
});

it('every strategy in this folder is on offer', async () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !/(index|spec)\.ts$/.test(name));
  const modules = (await Promise.all(
    files.map((name) => import(`./${name.replace(/\.ts$/, '.js')}`)),
  )) as Record<string, unknown>[];
  const defined = modules
    .flatMap((module) => Object.values(module))
    .filter((value) => typeof value === 'object' && value !== null && 'paramsSchema' in value);
  expect(new Set(defined)).toEqual(new Set(strategies.values()));
});

describe('params', () => {
  it.each([
    ['SmaCross', { fast_period: 20, slow_period: 10 }],
    ['MacdTrend', { fast_period: 30 }],
    ['RsiReversion', { oversold: 60 }],
    ['MLPredictive', { exit_threshold: 0.9 }],
  ])('of %s that contradict each other are refused by name', (strategy, params) => {
    expect(() => runBacktest({ ...requestOf(strategy), params })).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS' }),
    );
  });
});

describe('checkLookAhead', () => {
  it('finds a strategy that reads the next close', () => {
    const cheat = {
      name: 'Cheat',
      requiresSignals: false,
      create: () => {
        let close = new Float64Array() as Float64Array;
        return {
          init(all: Candles) {
            close = all.close;
            return [];
          },
          next(bar: Bar) {
            if (close[bar.index + 1]! > bar.close) bar.buy({ exclusive: true });
            else bar.closePosition();
          },
        };
      },
    };
    const { violation } = checkLookAhead({ candles, strategy: cheat, initialCapital: 10_000 });
    expect(violation).not.toBeNull();
    expect(violation?.bar).toBe(violation!.prefixLength - 1);
    expect(violation?.withAllBars).toMatch(/^buy/);
    expect(violation?.withPrefix).toMatch(/^close/);
  });

  it('finds an indicator that is scaled by the whole series', () => {
    const cheat = {
      name: 'Normalised',
      requiresSignals: false,
      create: () => {
        let mean = 0;
        return {
          init({ close }: Candles) {
            mean = close.reduce((sum, value) => sum + value, 0) / close.length;
            return [];
          },
          next(bar: Bar) {
            if (bar.position === 0 && bar.close < mean) bar.buy();
            else if (bar.position > 0 && bar.close > mean) bar.closePosition();
          },
        };
      },
    };
    expect(checkLookAhead({ candles, strategy: cheat, initialCapital: 10_000 }).violation).not.toBeNull();
  });
});
