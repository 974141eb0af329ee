import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runBacktest, runTargets, toResultDocument } from '../index.js';
import { seededUniform } from '../random.js';
import { candlesOf } from './scripted.contract.js';

describe('runTargets', () => {
  it('is bit-identical with the order engine under any terms', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          leverage: fc.constantFrom(1, 3, 20),
          commission: fc.constantFrom(0, 0.002, { relative: 0.001, fixed: 700 }),
          slippage: fc.constantFrom(0, 0.001),
          spread: fc.constantFrom(0, 0.002),
          lotStep: fc.constantFrom(1e-8, 1, 50),
          finalise: fc.boolean(),
          warmupFrom: fc.constantFrom(0, 17),
        }),
        ({ seed, ...terms }) => {
          const uniform = seededUniform(seed);
          let price = 100;
          const candles = candlesOf(
            ...Array.from({ length: 200 }, () => {
              const open = price * (1 + 0.05 * (uniform() - 0.5));
              price = open * (1 + 0.2 * (uniform() - 0.5));
              return [open, Math.max(open, price) * 1.02, Math.min(open, price) * 0.98, price] as const;
            }),
          );
          const targets = candles.close.map(() => [NaN, NaN, 1, -1, 0][Math.floor(5 * uniform())]!);
          const request = { candles, initialCapital: 10_000, ...terms };
          const fast = toResultDocument(runTargets({ ...request, targets }));
          const full = toResultDocument(
            runBacktest({ ...request, strategy: 'SignalReplay', signals: targets }),
          );
          expect(fast).toEqual(full);
        },
      ),
      { numRuns: 120, seed: 7 },
    );
  });

  it('refuses targets of another length', () => {
    const candles = candlesOf([1, 1, 1, 1], [1, 1, 1, 1]);
    expect(() => runTargets({ candles, initialCapital: 1, targets: new Float64Array(3) })).toThrow(
      expect.objectContaining({ code: 'SIGNALS_MISMATCH' }),
    );
  });
});
