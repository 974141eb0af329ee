import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { walkForwardProbabilities } from '@app/learning';
import { syntheticCandles } from '../market-data/synthetic-candles.js';
import { defaultHorizonBars } from '../predictions/training-defaults.js';
import { trainingVersion } from './run-data.js';

it('has a training version that changes with what training on the way gives', () => {
  const candles = syntheticCandles(
    {
      symbol: 'BTC_USDT',
      startPrice: 40_000,
      yearlyVolatility: 0.6,
      marketShare: 0.5,
      hourlyTurnover: 1e7,
      priceDecimals: 2,
    },
    { startMs: Date.UTC(2023, 0, 1), endMs: Date.UTC(2023, 5, 1), seed: 4 },
  );
  const probabilities = walkForwardProbabilities({
    candles,
    firstBar: 3000,
    horizon: defaultHorizonBars,
    retrainEvery: 720,
    calibration: 'none',
  });
  const text = Array.from(probabilities.subarray(3000), (value) => value.toPrecision(6)).join();
  const fingerprint = createHash('sha256').update(text).digest('hex').slice(0, 16);
  expect({ trainingVersion, fingerprint }).toEqual({ trainingVersion: 2, fingerprint: '94f8ca0280b17ec3' });
});
