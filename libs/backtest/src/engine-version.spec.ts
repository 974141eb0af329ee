import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { candlesOf } from './engine/scripted.contract.js';
import { engineVersion, runBacktest, strategies, toResultDocument } from './index.js';
import { seededUniform } from './random.js';

/** Powers and logarithms may differ in the last bits between versions of the runtime. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(10)) : value;

it('changes with the results: a new fingerprint needs a new engine version', () => {
  const uniform = seededUniform(1);
  let price = 100;
  const candles = candlesOf(
    ...Array.from({ length: 500 }, () => {
      const open = price;
      price *= 1 + 0.06 * (uniform() - 0.495);
      return [open, Math.max(open, price) * 1.01, Math.min(open, price) * 0.99, price] as const;
    }),
  );
  const signals = candles.close.map(() => uniform());
  const documents = [...strategies.keys()].map((strategy) =>
    toResultDocument(
      runBacktest({
        candles,
        strategy,
        signals,
        initialCapital: 10_000,
        commission: 0.001,
        slippage: 0.0005,
      }),
    ),
  );
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(documents, rounded))
    .digest('hex')
    .slice(0, 16);
  expect({ engineVersion, fingerprint }).toEqual({ engineVersion: '1.0.0', fingerprint: 'faec7714a065707c' });
});
