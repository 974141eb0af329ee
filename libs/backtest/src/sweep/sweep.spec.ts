import { describe, expect, it } from '@jest/globals';
import { dayMs } from '../statistics/periods.js';
import {
  axisValues,
  deflatedSharpe,
  expandSpace,
  expectedMaxSharpe,
  heatMap,
  heatMaps,
  meanFigures,
  overfittingWarning,
  rankRuns,
  walkForwardWindows,
  type SweepFigures,
  type SweepRun,
} from './index.js';

const figures = (known: Partial<SweepFigures>): SweepFigures => ({
  total_return: null,
  cagr: null,
  sharpe_ratio: null,
  sortino_ratio: null,
  calmar_ratio: null,
  max_drawdown: null,
  profit_factor: null,
  expectancy: null,
  win_rate: null,
  sqn: null,
  trade_count: 0,
  ...known,
});

const run = (params: Record<string, unknown>, sharpe_ratio: number | null, max_drawdown = 0.1): SweepRun => ({
  params,
  inSample: figures({ sharpe_ratio, max_drawdown }),
  outOfSample: null,
});

describe('a parameter space', () => {
  it('steps through a range without binary dust, its end included', () => {
    expect(axisValues('x', { min: 0.1, max: 0.5, step: 0.1 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(axisValues('x', { min: 5, max: 6, step: 4 })).toEqual([5]);
  });

  it.each([
    [{ min: 1, max: 0, step: 1 }],
    [{ min: 0, max: 1, step: 0 }],
    [[]],
    [{ min: 0, max: 1e9, step: 1 }],
  ])('refuses %j', (axis) => {
    expect(() => axisValues('x', axis)).toThrow(expect.objectContaining({ code: 'INVALID_SPACE' }));
  });

  it('makes every combination of a grid, the last parameter fastest', () => {
    const points = expandSpace({ a: [1, 2], b: ['x', 'y'] }, { method: 'grid', maxRuns: 100 });
    expect(Array.from({ length: points.count }, (_, k) => points.at(k))).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 2, b: 'x' },
      { a: 2, b: 'y' },
    ]);
  });

  it('draws different points at random, the same for a seed', () => {
    const space = { a: { min: 1, max: 1000, step: 1 }, b: { min: 1, max: 1000, step: 1 } };
    const draw = (seed: number): string[] => {
      const points = expandSpace(space, { method: 'random', maxRuns: 200, seed });
      return Array.from({ length: points.count }, (_, k) => JSON.stringify(points.at(k)));
    };
    expect(new Set(draw(1)).size).toBe(200);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(2)).not.toEqual(draw(1));
    expect(expandSpace(space, { method: 'random', maxRuns: 200 }).gridSize).toBe(1_000_000);
  });

  it('drawn at random as often as it has points is the whole grid', () => {
    const points = expandSpace({ a: [1, 2, 3] }, { method: 'random', maxRuns: 10 });
    expect(points.count).toBe(3);
    expect(() => points.at(3)).toThrow(RangeError);
  });
});

describe('walk-forward windows', () => {
  const time = Float64Array.from({ length: 100 }, (_, i) => Date.UTC(2024, 0, 1) + i * dayMs);

  it('choose on one span, judge on the next and roll by the judged span', () => {
    expect(walkForwardWindows(time, 40, 20)).toEqual([
      { trainFrom: 0, trainTo: 40, testFrom: 40, testTo: 60 },
      { trainFrom: 20, trainTo: 60, testFrom: 60, testTo: 80 },
      { trainFrom: 40, trainTo: 80, testFrom: 80, testTo: 100 },
    ]);
  });

  it('keep a last span that has at least half of its days', () => {
    expect(walkForwardWindows(time, 40, 45).map(({ testTo }) => testTo)).toEqual([85]);
    expect(walkForwardWindows(time, 40, 40).map(({ testTo }) => testTo)).toEqual([80]);
    expect(walkForwardWindows(time, 50, 35).map(({ testTo }) => testTo)).toEqual([85]);
    expect(walkForwardWindows(time, 45, 30).map(({ testTo }) => testTo)).toEqual([75, 100]);
  });

  it('are none when the data are too short', () => {
    expect(walkForwardWindows(time, 100, 20)).toEqual([]);
  });
});

describe('ranking', () => {
  it('puts the best first and the undefined last', () => {
    const runs = [run({ a: 1 }, null), run({ a: 2 }, 0.5), run({ a: 3 }, 2)];
    expect(rankRuns(runs, 'sharpe_ratio').map(({ params }) => params.a)).toEqual([3, 2, 1]);
  });

  it('takes less drawdown for better', () => {
    const runs = [run({ a: 1 }, 1, 0.5), run({ a: 2 }, 1, 0.2)];
    expect(rankRuns(runs, 'max_drawdown').map(({ params }) => params.a)).toEqual([2, 1]);
  });

  it('maps the best figure of every pair', () => {
    const runs = [run({ a: 2, b: 1, c: 1 }, 1), run({ a: 2, b: 1, c: 2 }, 3), run({ a: 10, b: 1 }, null)];
    expect(heatMap(runs, 'a', 'b', 'sharpe_ratio')).toEqual({
      xParam: 'a',
      yParam: 'b',
      x: [2, 10],
      y: [1],
      values: [[3, null]],
    });
  });

  it('maps every two parameters that vary, and the only one by itself', () => {
    const runs = [run({ a: 1, b: 5, c: 0 }, 1), run({ a: 2, b: 6, c: 0 }, 2)];
    const pairs = heatMaps(runs, { a: [1, 2], b: [5, 6], c: [0] }, 'sharpe_ratio');
    expect(pairs).toEqual([
      {
        xParam: 'a',
        yParam: 'b',
        x: [1, 2],
        y: [5, 6],
        values: [
          [1, null],
          [null, 2],
        ],
      },
    ]);
    expect(heatMaps(runs, { a: [1, 2] }, 'sharpe_ratio')).toEqual([
      { xParam: 'a', yParam: null, x: [1, 2], y: [null], values: [[1, 2]] },
    ]);
    expect(heatMaps(runs, { a: { min: 1, max: 1000, step: 1 }, b: [5, 6] }, 'sharpe_ratio')).toHaveLength(1);
  });

  it('takes means over the windows in which a figure is defined', () => {
    const all = [
      figures({ sharpe_ratio: 1, cagr: null, trade_count: 3 }),
      figures({ sharpe_ratio: 2, cagr: 0.5, trade_count: 4 }),
    ];
    expect(meanFigures(all)).toEqual(figures({ sharpe_ratio: 1.5, cagr: 0.5, trade_count: 7 }));
  });
});

describe('the deflated Sharpe ratio', () => {
  it('expects of the best of N the maximum of N normal draws', () => {
    // Expected maximum of 1,000 standard normal draws: 3.241 (Bailey and López de Prado's approximation 3.255).
    expect(expectedMaxSharpe(1000, 1)).toBeCloseTo(3.2551, 3);
    expect(expectedMaxSharpe(1, 1)).toBe(0);
  });

  it('reproduces the published example', () => {
    // The authors' example: 100 trials with variance ½ of the annual Sharpe ratios over 250 days, skewness -3,
    // kurtosis 10, annual Sharpe 2.5 over 1,250 days: threshold 0.1132 a day.
    expect(expectedMaxSharpe(100, 0.5 / 250)).toBeCloseTo(0.1132, 4);
  });

  it('falls as more is tried', () => {
    const returns = Float64Array.from({ length: 500 }, (_, i) => 0.001 + 0.01 * Math.sin(i * 1.7));
    const few = deflatedSharpe(returns, Float64Array.from([0, 0.05]))!;
    const many = deflatedSharpe(
      returns,
      Float64Array.from({ length: 200 }, (_, k) => (k % 2) * 0.05),
    )!;
    expect(many).toBeLessThan(few);
  });
});

describe('the overfitting warning', () => {
  it('tells of a gap between the data it was chosen on and those after', () => {
    const warning = overfittingWarning({
      trials: 50,
      deflatedSharpe: 0.99,
      inSample: [2, 2.2],
      outOfSample: [0.1, 0.3],
    });
    expect(warning).toContain('2.10 where they were chosen and 0.20');
  });

  it('tells of a best that chance explains', () => {
    expect(overfittingWarning({ trials: 50, deflatedSharpe: 0.6, inSample: [], outOfSample: [] })).toContain(
      '60 %',
    );
  });

  it('is silent where both hold up', () => {
    expect(
      overfittingWarning({ trials: 9, deflatedSharpe: 0.97, inSample: [1.5], outOfSample: [1.2] }),
    ).toBeNull();
  });
});
