import { describe, expect, it } from '@jest/globals';
import { candlesOf, runScript, tradeRows } from './scripted.contract.js';
import { floorToLot, roundHalfEven } from './sizing.js';

const flat = [100, 100, 100, 100] as const;
const candles = candlesOf(flat, flat, flat);

describe('the size of an entry', () => {
  it('is all of the equity by default, its commission included', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy() }, { commission: 0.01 });
    // 10,000 / (100 · 1.01) = 99.0099
    expect(result.trades[0]?.size).toBe(99);
  });

  it('is a fraction of the equity', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy() }, { sizing: { fraction: 0.25 } });
    expect(result.trades[0]?.size).toBe(25);
  });

  it('is a number of units, of the order before the run', () => {
    const result = runScript(
      candles,
      { 0: (bar) => bar.buy({ size: { units: 7 } }) },
      { sizing: { units: 3 } },
    );
    expect(result.trades[0]?.size).toBe(7);
  });

  it('risks a fraction of the equity down to the stop loss', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy({ stopLoss: 95 }) }, { sizing: { risk: 0.02 } });
    // 2 % of 10,000 over a distance of 5
    expect(result.trades[0]?.size).toBe(40);
  });

  it('by risk needs a stop loss', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy() }, { sizing: { risk: 0.02 } });
    expect(result.counters.rejectedOrders).toEqual({ risk_needs_stop_loss: 1 });
  });

  it('by risk is capped by what the margin affords', () => {
    const result = runScript(
      candles,
      { 0: (bar) => bar.buy({ stopLoss: 99.9 }) },
      { sizing: { risk: 0.02 } },
    );
    expect(result.trades[0]?.size).toBe(100);
  });

  it('keeps to the lot step', () => {
    const bitcoin = candlesOf([70_000, 70_000, 70_000, 70_000], [70_000, 70_000, 70_000, 70_000]);
    const buy = { 0: (bar: { buy: () => void }) => bar.buy() };
    expect(runScript(bitcoin, buy, { lotStep: 1e-8 }).trades[0]?.size).toBe(0.14285714);
    expect(runScript(bitcoin, buy, { lotStep: 0.001 }).trades[0]?.size).toBe(0.142);
    expect(runScript(bitcoin, buy, { lotStep: 1 }).counters.rejectedOrders).toEqual({ below_lot_step: 1 });
  });

  it('grows with the leverage', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy() }, { leverage: 3 });
    expect(result.trades[0]?.size).toBe(300);
  });

  it('is judged at the fill, not at the close that follows', () => {
    const rising = candlesOf(flat, [100, 200, 100, 200]);
    expect(runScript(rising, { 0: (bar) => bar.buy() }).trades[0]?.size).toBe(100);
  });

  it('beyond the free margin rejects an order of units', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy({ size: { units: 101 } }) });
    expect(result.counters.rejectedOrders).toEqual({ insufficient_margin: 1 });
  });

  it('that is no positive number rejects the order', () => {
    const result = runScript(candles, {
      0: (bar) => {
        bar.buy({ size: { units: 0 } });
        bar.buy({ size: { fraction: 1.5 } });
        bar.buy({ size: { units: NaN } });
        bar.buy({ limit: -1 });
      },
    });
    expect(result.counters.rejectedOrders).toEqual({ invalid_size: 3, invalid_price: 1 });
  });
});

describe('netting', () => {
  const n = (units: number): { size: { units: number } } => ({ size: { units } });
  const bars = candlesOf([10, 10, 10, 10], [10, 10, 10, 10], [20, 20, 20, 20], [30, 30, 30, 30]);

  it('reduces the opposite trade, the cut part a trade of its own', () => {
    const result = runScript(bars, { 0: (bar) => bar.buy(n(10)), 1: (bar) => bar.sell(n(4)) });
    expect(tradeRows(result)).toEqual([
      [4, 1, 10, 2, 20, 'opposite_entry'],
      [6, 1, 10, 3, 30, 'end_of_data'],
    ]);
  });

  it('opens with what is left after closing the opposite trades, the oldest first', () => {
    const result = runScript(bars, {
      0: (bar) => {
        bar.buy(n(3));
        bar.buy(n(4));
      },
      1: (bar) => bar.sell(n(10)),
    });
    expect(tradeRows(result)).toEqual([
      [3, 1, 10, 2, 20, 'opposite_entry'],
      [4, 1, 10, 2, 20, 'opposite_entry'],
      [-3, 2, 20, 3, 30, 'end_of_data'],
    ]);
  });

  it('splits the entry commission by size', () => {
    const script = {
      0: (bar: { buy: (o: object) => void }) => bar.buy(n(10)),
      1: (bar: { sell: (o: object) => void }) => bar.sell(n(4)),
    };
    const result = runScript(bars, script, { commission: 0.01 });
    // Entry 10 · 10 · 1 % = 1; exits 4 · 20 · 1 % and 6 · 30 · 1 %.
    expect(result.trades[0]?.commission).toBeCloseTo(0.4 + 0.8, 12);
    expect(result.trades[1]?.commission).toBeCloseTo(0.6 + 1.8, 12);
  });

  it('is off when hedging: both sides stand', () => {
    const script = {
      0: (bar: { buy: (o: object) => void }) => bar.buy(n(10)),
      1: (bar: { sell: (o: object) => void }) => bar.sell(n(4)),
    };
    const result = runScript(bars, script, { hedging: true });
    expect(tradeRows(result)).toEqual([
      [-4, 2, 20, 3, 30, 'end_of_data'],
      [10, 1, 10, 3, 30, 'end_of_data'],
    ]);
  });

  it('is not needed by an exclusive order, which closes everything first', () => {
    const result = runScript(bars, {
      0: (bar) => bar.buy(n(10)),
      1: (bar) => bar.sell({ ...n(4), exclusive: true }),
    });
    expect(tradeRows(result)).toEqual([
      [10, 1, 10, 2, 20, 'signal'],
      [-4, 2, 20, 3, 30, 'end_of_data'],
    ]);
  });

  it('closes a portion in whole lots', () => {
    const result = runScript(bars, { 0: (bar) => bar.buy(n(5)), 1: (bar) => bar.closePosition(0.5) });
    // Half of 5 is 2.5, which rounds to the even 2.
    expect(tradeRows(result)).toEqual([
      [2, 1, 10, 2, 20, 'signal'],
      [3, 1, 10, 3, 30, 'end_of_data'],
    ]);
  });
});

describe('rounding', () => {
  it('rounds down to whole lots without binary dust', () => {
    expect(floorToLot(0.30000001, 0.1)).toBe(0.3);
    expect(floorToLot(7.9, 2)).toBe(6);
    expect(floorToLot(NaN, 1)).toBe(0);
  });

  it('rounds halves to even', () => {
    expect([0.5, 1.5, 2.5, 2.51, -0.2].map(roundHalfEven)).toEqual([0, 2, 2, 3, -0]);
  });
});
