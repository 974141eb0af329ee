import { describe, expect, it } from '@jest/globals';
import { candlesOf, runScript, tradeRows } from './scripted.contract.js';

const one = { size: { units: 1 } };
const first = [100, 101, 99, 100] as const;

describe('stop loss and take profit', () => {
  it('fill inside the bar at their prices', () => {
    const stopped = runScript(candlesOf(first, [100, 104, 98, 99], [99, 99, 90, 92]), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95, takeProfit: 110 }),
    });
    expect(tradeRows(stopped)).toEqual([[1, 1, 100, 2, 95, 'stop_loss']]);
    const won = runScript(candlesOf(first, [100, 104, 98, 99], [99, 112, 97, 111]), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95, takeProfit: 110 }),
    });
    expect(tradeRows(won)).toEqual([[1, 1, 100, 2, 110, 'take_profit']]);
  });

  it('guard a market entry on its own bar', () => {
    const result = runScript(candlesOf(first, [100, 104, 94, 99], [99, 99, 99, 99]), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 100, 1, 95, 'stop_loss']]);
  });

  it('take the stop, and count the bar, when both lie inside it', () => {
    const result = runScript(candlesOf(first, [100, 112, 94, 99]), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95, takeProfit: 110 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 100, 1, 95, 'stop_loss']]);
    expect(result.counters.ambiguousBars).toBe(1);
  });

  it('take the stop for a short alike', () => {
    const result = runScript(candlesOf(first, [100, 106, 88, 99]), {
      0: (bar) => bar.sell({ ...one, stopLoss: 105, takeProfit: 90 }),
    });
    expect(tradeRows(result)).toEqual([[-1, 1, 100, 1, 105, 'stop_loss']]);
    expect(result.counters.ambiguousBars).toBe(1);
  });

  it('let a target that the open already reached come first: that order is known', () => {
    const result = runScript(candlesOf(first, [100, 101, 99, 100], [115, 116, 90, 91]), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95, takeProfit: 110 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 100, 2, 115, 'take_profit']]);
    expect(result.counters.ambiguousBars).toBe(0);
  });

  it('fill a stop at the open when the market gaps through it', () => {
    const result = runScript(candlesOf(first, [100, 101, 99, 100], [80, 120, 79, 90]), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95, takeProfit: 110 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 100, 2, 80, 'stop_loss']]);
    expect(result.counters.ambiguousBars).toBe(0);
  });

  it('cancel each other', () => {
    const result = runScript(candlesOf(first, [100, 101, 94, 100], [100, 112, 94, 100], first), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95, takeProfit: 110 }),
      2: (bar) => expect(bar.position).toBe(0),
    });
    expect(result.trades).toHaveLength(1);
  });

  it('on the wrong side reject the order', () => {
    const result = runScript(candlesOf(first, first), {
      0: (bar) => {
        bar.buy({ stopLoss: 101 });
        bar.sell({ takeProfit: 101 });
        bar.buy({ limit: 90, takeProfit: 85 });
      },
    });
    expect(result.trades).toHaveLength(0);
    expect(result.counters.rejectedOrders).toEqual({ invalid_bracket: 3 });
  });

  it('yield to a market close at the open of the same bar', () => {
    const result = runScript(candlesOf(first, first, [100, 101, 90, 91]), {
      0: (bar) => bar.buy({ ...one, stopLoss: 95 }),
      1: (bar) => {
        bar.closePosition();
        bar.setStopLoss(bar.openTrades[0]!, 98);
      },
    });
    expect(tradeRows(result)).toEqual([[1, 1, 100, 2, 100, 'signal']]);
  });
});

describe('the bracket of an entry inside a bar', () => {
  it('stops a limit entry out on the same bar: the price passed the limit on its way', () => {
    const result = runScript(candlesOf(first, [100, 101, 88, 92], [92, 92, 92, 92]), {
      0: (bar) => bar.buy({ ...one, limit: 95, stopLoss: 90, takeProfit: 105 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 95, 1, 90, 'stop_loss']]);
    expect(result.counters.ambiguousBars).toBe(0);
  });

  it('leaves the target of a limit entry for the next bar: the high may have come before', () => {
    const result = runScript(candlesOf(first, [100, 106, 94, 97], [97, 98, 96, 97]), {
      0: (bar) => bar.buy({ ...one, limit: 95, stopLoss: 90, takeProfit: 105 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 95, 2, 97, 'end_of_data']]);
    expect(result.counters.ambiguousBars).toBe(1);
  });

  it('fills the target of a limit entry when the close is beyond it', () => {
    const result = runScript(candlesOf(first, [100, 107, 94, 106], [97, 98, 96, 97]), {
      0: (bar) => bar.buy({ ...one, limit: 95, stopLoss: 90, takeProfit: 105 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 95, 1, 105, 'take_profit']]);
  });

  it('fills the target of a stop entry on the same bar: it lies further on the way', () => {
    const result = runScript(candlesOf(first, [100, 112, 99, 108], [97, 98, 96, 97]), {
      0: (bar) => bar.buy({ ...one, stop: 105, stopLoss: 95, takeProfit: 110 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 105, 1, 110, 'take_profit']]);
    expect(result.counters.ambiguousBars).toBe(0);
  });

  it('takes the stop loss of a stop entry, and counts the bar, when the low may have come before', () => {
    const result = runScript(candlesOf(first, [100, 112, 94, 108], [97, 98, 96, 97]), {
      0: (bar) => bar.buy({ ...one, stop: 105, stopLoss: 95, takeProfit: 110 }),
    });
    expect(tradeRows(result)).toEqual([[1, 1, 105, 1, 95, 'stop_loss']]);
    expect(result.counters.ambiguousBars).toBe(1);
  });
});

describe('a trailing stop', () => {
  it('follows the best price from the next bar on and never goes back', () => {
    const candles = candlesOf(first, [100, 110, 99, 108], [108, 120, 107, 118], [118, 119, 107, 110], first);
    const result = runScript(candles, { 0: (bar) => bar.buy({ ...one, trailingStop: 0.1 }) });
    // Best 110 gives a stop at 99, best 120 one at 108, which the fourth bar reaches.
    expect(tradeRows(result)).toEqual([[1, 1, 100, 3, 108, 'trailing_stop']]);
  });

  it('begins below the entry and yields to a tighter stop loss', () => {
    const candles = candlesOf(first, [100, 101, 93, 94], [94, 94, 94, 94]);
    const result = runScript(candles, { 0: (bar) => bar.buy({ ...one, trailingStop: 0.1, stopLoss: 95 }) });
    expect(tradeRows(result)).toEqual([[1, 1, 100, 1, 95, 'stop_loss']]);
    const wide = runScript(candles, { 0: (bar) => bar.buy({ ...one, trailingStop: 0.06, stopLoss: 80 }) });
    expect(tradeRows(wide)).toEqual([[1, 1, 100, 1, 94, 'trailing_stop']]);
  });

  it('mirrors for a short', () => {
    const candles = candlesOf(first, [100, 101, 80, 82], [82, 90, 81, 89], first);
    const result = runScript(candles, { 0: (bar) => bar.sell({ ...one, trailingStop: 0.1 }) });
    expect(tradeRows(result)).toEqual([[-1, 1, 100, 2, 88, 'trailing_stop']]);
  });
});
