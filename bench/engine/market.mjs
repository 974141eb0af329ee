import { SeededRandom } from '../../dist/tools/test-kit/index.js';

/** Seeded candles every 15 minutes: a random walk with fat enough tails that averages cross every 20 bars or so. */
export function seededCandles(n, seed = 12345) {
  const random = new SeededRandom(seed);
  const column = () => new Float64Array(n);
  const candles = {
    time: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column().fill(1),
  };
  let price = 100;
  for (let i = 0; i < n; i++) {
    candles.time[i] = Date.UTC(2000, 0, 1) + i * 900_000;
    candles.open[i] = price;
    price *= 1 + 0.004 * (random.uniform() + random.uniform() + random.uniform() - 1.5);
    candles.close[i] = price;
    candles.high[i] = Math.max(candles.open[i], price) * 1.001;
    candles.low[i] = Math.min(candles.open[i], price) * 0.999;
  }
  return candles;
}
