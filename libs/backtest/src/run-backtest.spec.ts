import { describe, expect, it } from '@jest/globals';
import { runBacktest, strategies, type Candles } from './index.js';

function wave(n: number): Candles {
  const time = Float64Array.from({ length: n }, (_, i) => Date.UTC(2024, 0, 1) + i * 3_600_000);
  const close = Float64Array.from(
    { length: n },
    (_, i) => 40_000 * (1 + 0.1 * Math.sin(i / 9) + 0.03 * Math.sin(i / 2)),
  );
  const open = close.map((_, i) => close[Math.max(0, i - 1)]!);
  return {
    time,
    open,
    close,
    high: close.map((c, i) => Math.max(c, open[i]!) * 1.002),
    low: close.map((c, i) => Math.min(c, open[i]!) * 0.998),
    volume: new Float64Array(n).fill(1),
  };
}

describe('runBacktest', () => {
  it.each([...strategies.keys()])('%s: capital and profits add up to the last equity', (strategy) => {
    const candles = wave(1000);
    const signals = candles.close.map((_, i) => 0.5 + 0.4 * Math.sin(i / 30));
    const result = runBacktest({
      candles,
      strategy,
      params: {},
      initialCapital: 10_000,
      commission: 0.001,
      slippage: 0.0005,
      signals,
    });
    const profit = result.trades.reduce((sum, trade) => sum + trade.pnl, 0);
    expect(10_000 + profit).toBeCloseTo(result.equity.at(-1)!, 6);
    expect(result.trades.length).toBeGreaterThan(0);
  });
});
