import { describe, expect, it } from '@jest/globals';
import { candlesOf, runScript, tradeRows } from './scripted.contract.js';

const flat = [100, 100, 100, 100] as const;
const buy = { 0: (bar: { buy: () => void }) => bar.buy() };
const sell = { 0: (bar: { sell: () => void }) => bar.sell() };

describe('a margin call', () => {
  it('closes a leveraged long where its equity meets the maintenance margin', () => {
    // 400 units with 10,000: the equity at p is 10,000 + 400 (p - 100); a tenth of the value 400 p is
    // left at p = 30,000 / 360 = 83.33.
    const result = runScript(candlesOf(flat, [100, 100, 90, 90], [90, 90, 80, 85], flat), buy, {
      leverage: 4,
      maintenanceMargin: 0.1,
    });
    expect(result.trades[0]?.exitReason).toBe('margin_call');
    expect(result.trades[0]?.exitBar).toBe(2);
    expect(result.trades[0]?.exitPrice).toBeCloseTo(30_000 / 360, 10);
    expect(result.counters.marginCalls).toBe(1);
  });

  it('fills at the open when the market gaps beyond it, and may leave a debt', () => {
    const result = runScript(candlesOf(flat, flat, [60, 60, 60, 60], flat), buy, { leverage: 4 });
    expect(tradeRows(result)).toEqual([[400, 1, 100, 2, 60, 'margin_call']]);
    expect([...result.equity]).toEqual([10_000, 10_000, -6000, -6000]);
    expect(result.warnings).toContain('The equity was gone before the end; nothing was traded after that');
    expect(result.performance.cagr).toBeNull();
  });

  it('closes a short that rises too far, even without leverage', () => {
    // 100 units short: equity 20,000 - 100 p meets half of 100 p at p = 133.33.
    const result = runScript(candlesOf(flat, flat, [100, 140, 100, 120], flat), sell);
    expect(result.trades[0]?.exitPrice).toBeCloseTo(20_000 / 150, 10);
    expect(result.counters.marginCalls).toBe(1);
  });

  it('never comes to an unleveraged long', () => {
    const result = runScript(candlesOf(flat, flat, [100, 100, 0.01, 0.01]), buy);
    expect(result.counters.marginCalls).toBe(0);
  });

  it('lets trading go on with what is left', () => {
    const script = { ...buy, 2: buy[0] };
    const result = runScript(candlesOf(flat, flat, [80, 80, 80, 80], [80, 80, 80, 80]), script, {
      leverage: 4,
    });
    expect(result.trades.map((trade) => trade.size)).toEqual([400, 100]);
  });
});
