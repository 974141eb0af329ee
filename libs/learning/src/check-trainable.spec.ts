import { describe, expect, it } from '@jest/globals';
import { type Candles, sliceCandles } from '@app/backtest';
import { syntheticMarket } from '../test/synthetic-candles.js';
import { assertTrainable, minimumRows, TrainabilityScan } from './check-trainable.js';

const HOUR_MS = 3_600_000;
const { candles } = syntheticMarket({ bars: 1200, seed: 1 });

/** The code with which a scan in pieces refuses, and how it puts it. */
function refusalOf(all: Candles, horizon = 2, pieceBars = 100): { code: string; message: string } | null {
  try {
    const scan = new TrainabilityScan(horizon, HOUR_MS);
    for (let from = 0; from < all.time.length; from += pieceBars) {
      scan.add(sliceCandles(all, from, Math.min(all.time.length, from + pieceBars)));
    }
    scan.finish();
    return null;
  } catch (error) {
    return error as { code: string; message: string };
  }
}

const still = { open: 7, high: 8, low: 6, close: 7, volume: 5 };
const constant: Candles = {
  time: candles.time,
  ...(Object.fromEntries(
    Object.entries(still).map(([name, value]) => [name, new Float64Array(1200).fill(value)]),
  ) as Record<keyof typeof still, Float64Array>),
};

describe('a look through candles before training', () => {
  it('finds nothing in good ones, in pieces of any size', () => {
    for (const bars of [1, 7, 1200]) expect(refusalOf(candles, 2, bars)).toBeNull();
    expect(() => assertTrainable(candles, 2)).not.toThrow();
  });

  it('counts the candles of all pieces', () => {
    const few = sliceCandles(candles, 0, minimumRows(2) - 1);
    expect(refusalOf(few)).toMatchObject({
      code: 'TOO_FEW_ROWS',
      message: `Training on labels of 2 bars needs ${minimumRows(2)} candles; there are ${minimumRows(2) - 1}.`,
    });
  });

  it('sees a hole between two pieces', () => {
    const time = candles.time.map((at, bar) => (bar < 600 ? at : at + 60 * HOUR_MS));
    expect(refusalOf({ ...candles, time }, 2, 600)).toMatchObject({
      code: 'DATA_GAPS',
      message: expect.stringContaining('about 60 candles are missing'),
    });
  });

  it('sees pieces in the wrong order', () => {
    const scan = new TrainabilityScan(2, HOUR_MS);
    scan.add(sliceCandles(candles, 600, 700));
    expect(() => scan.add(sliceCandles(candles, 0, 100))).toThrow(
      expect.objectContaining({ code: 'INVALID_CANDLES' }),
    );
  });

  it('sees that nothing moves', () => {
    expect(refusalOf(constant)?.code).toBe('CONSTANT_FEATURES');
  });

  it('sees labels of one class, also across pieces', () => {
    const volume = candles.volume;
    expect(refusalOf({ ...constant, volume })?.code).toBe('ONE_CLASS_ONLY');
    const rising = { ...constant, high: constant.high.map((_, bar) => 10 + bar) };
    rising.close = rising.high;
    expect(refusalOf(rising, 24, 10)).toMatchObject({
      code: 'TOO_FEW_ROWS',
    });
    expect(refusalOf(rising, 4, 3)).toMatchObject({
      code: 'ONE_CLASS_ONLY',
      message: expect.stringContaining('All 1196 labels are "up"'),
    });
  });

  it('takes the weekends of an exchange as they are, and no hole as long in a market that never closes', () => {
    const weekdays = candles.time.map(
      (_, i) => Date.UTC(2024, 0, 1) + (Math.floor(i / 120) * 168 + (i % 120)) * HOUR_MS,
    );
    expect(refusalOf({ ...candles, time: weekdays })).toBeNull();
    const once = candles.time.map((at, bar) => (bar < 600 ? at : at + 49 * HOUR_MS));
    expect(refusalOf({ ...candles, time: once })?.code).toBe('DATA_GAPS');
  });
});
