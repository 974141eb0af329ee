import { describe, expect, it } from '@jest/globals';
import { candlesOf, runScript, tradeRows } from './scripted.contract.js';

const units = (n: number): { size: { units: number } } => ({ size: { units: n } });

describe('a market order', () => {
  const candles = candlesOf([10, 12, 9, 11], [20, 25, 18, 24], [30, 33, 29, 31]);

  it('decided at a close fills at the next open', () => {
    const result = runScript(candles, { 0: (bar) => bar.buy(units(5)), 1: (bar) => bar.closePosition() });
    expect(tradeRows(result)).toEqual([[5, 1, 20, 2, 30, 'signal']]);
    expect([...result.equity]).toEqual([10_000, 10_020, 10_050]);
  });

  it('fills at the close it was decided on under trade-on-close', () => {
    const script = { 0: (bar: Parameters<Parameters<typeof runScript>[1][0]>[0]) => bar.buy(units(5)) };
    const result = runScript(candles, script, { tradeOnClose: true });
    expect(tradeRows(result)).toEqual([[5, 0, 11, 2, 31, 'end_of_data']]);
  });

  it('decided at the last close never fills', () => {
    const result = runScript(candles, { 2: (bar) => bar.buy() });
    expect(result.trades).toHaveLength(0);
    expect(result.warnings).toContain('The strategy never traded');
  });
});

describe('a stop entry', () => {
  it('waits for its price and fills there', () => {
    const candles = candlesOf([10, 11, 9, 10], [10, 11, 9, 10], [10, 13, 9, 12], [12, 12, 12, 12]);
    const result = runScript(candles, { 0: (bar) => bar.buy({ ...units(1), stop: 12 }) });
    expect(tradeRows(result)).toEqual([[1, 2, 12, 3, 12, 'end_of_data']]);
  });

  it('fills at the open when the market gaps through it', () => {
    const candles = candlesOf([10, 11, 9, 10], [15, 16, 14, 15]);
    const up = runScript(candles, { 0: (bar) => bar.buy({ ...units(1), stop: 12 }) });
    expect(up.trades[0]?.entryPrice).toBe(15);
    const down = runScript(candlesOf([10, 11, 9, 10], [6, 7, 5, 6]), {
      0: (bar) => bar.sell({ ...units(1), stop: 8 }),
    });
    expect(down.trades[0]?.entryPrice).toBe(6);
  });
});

describe('a limit entry', () => {
  it('fills at its price when the bar comes down to it', () => {
    const candles = candlesOf([10, 11, 9, 10], [10, 11, 8, 9], [9, 9, 9, 9]);
    const result = runScript(candles, { 0: (bar) => bar.buy({ ...units(1), limit: 8.5 }) });
    expect(result.trades[0]?.entryPrice).toBe(8.5);
  });

  it('fills better, at the open, when the market gaps through it', () => {
    const result = runScript(candlesOf([10, 11, 9, 10], [7, 8, 6, 7]), {
      0: (bar) => bar.buy({ ...units(1), limit: 8.5 }),
    });
    expect(result.trades[0]?.entryPrice).toBe(7);
    const short = runScript(candlesOf([10, 11, 9, 10], [14, 15, 13, 14]), {
      0: (bar) => bar.sell({ ...units(1), limit: 12 }),
    });
    expect(short.trades[0]?.entryPrice).toBe(14);
  });

  it('stays until it fills or is cancelled', () => {
    const flat = [10, 11, 9, 10] as const;
    const candles = candlesOf(flat, flat, flat, [10, 10, 5, 6]);
    expect(runScript(candles, { 0: (bar) => bar.buy({ limit: 8 }) }).trades).toHaveLength(1);
    const cancelled = runScript(candles, {
      0: (bar) => bar.buy({ limit: 8 }),
      1: (bar) => {
        expect(bar.pendingOrders).toBe(1);
        bar.cancelPending();
      },
    });
    expect(cancelled.trades).toHaveLength(0);
  });
});

describe('a stop-limit entry', () => {
  it('fills at the stop when that is within the limit', () => {
    const result = runScript(candlesOf([10, 11, 9, 10], [10, 14, 9, 13]), {
      0: (bar) => bar.buy({ ...units(1), stop: 12, limit: 12.5 }),
    });
    expect(result.trades[0]?.entryPrice).toBe(12);
  });

  it('rests at its limit when the market gaps beyond it, and counts the bar that came back', () => {
    const candles = candlesOf([10, 11, 9, 10], [14, 15, 12, 13], [13, 13.5, 12, 13], [13, 13, 13, 13]);
    const result = runScript(candles, { 0: (bar) => bar.buy({ ...units(1), stop: 12, limit: 12.5 }) });
    expect(tradeRows(result)).toEqual([[1, 2, 12.5, 3, 13, 'end_of_data']]);
    expect(result.counters.ambiguousBars).toBe(1);
  });
});

describe('costs', () => {
  const candles = candlesOf([100, 100, 100, 100], [100, 120, 90, 110], [110, 110, 110, 110]);
  const roundTrip = {
    0: (bar: { buy: (o: object) => void }) => bar.buy(units(10)),
    1: (bar: { closePosition: () => void }) => bar.closePosition(),
  };

  it('charge a relative commission on both fills', () => {
    const [trade] = runScript(candles, roundTrip, { commission: 0.01 }).trades;
    expect(trade?.commission).toBeCloseTo(10 + 11, 12);
    expect(trade?.pnl).toBeCloseTo(100 - 21, 12);
  });

  it('charge a fixed fee on both fills, beside a relative one', () => {
    const [trade] = runScript(candles, roundTrip, { commission: { fixed: 5, relative: 0.01 } }).trades;
    expect(trade?.commission).toBeCloseTo(5 + 10 + 5 + 11, 12);
  });

  it('move market fills against the trader by the slippage', () => {
    const [trade] = runScript(candles, roundTrip, { slippage: 0.01 }).trades;
    expect(trade?.entryPrice).toBeCloseTo(101, 12);
    expect(trade?.exitPrice).toBeCloseTo(108.9, 12);
  });

  it('leave limit fills free of slippage', () => {
    const result = runScript(
      candles,
      { 0: (bar) => bar.buy({ ...units(1), limit: 95 }) },
      { slippage: 0.01 },
    );
    expect(result.trades[0]?.entryPrice).toBe(95);
  });

  it('move stop fills against the trader by the slippage', () => {
    const result = runScript(
      candles,
      { 0: (bar) => bar.buy({ ...units(1), stop: 105 }) },
      { slippage: 0.01 },
    );
    expect(result.trades[0]?.entryPrice).toBeCloseTo(106.05, 12);
  });

  it('charge the spread once, on the entry', () => {
    const long = runScript(candles, roundTrip, { spread: 0.02 }).trades[0];
    expect([long?.entryPrice, long?.exitPrice]).toEqual([102, 110]);
    const short = runScript(candles, { 0: (bar) => bar.sell(units(10)) }, { spread: 0.02 }).trades[0];
    expect([short?.entryPrice, short?.exitPrice]).toEqual([98, 110]);
  });
});
