// What a run allocates: bytes a bar outside of V8's heap, and on it. Started by run.mjs with a heap that is
// never collected meanwhile.
import { runBacktest, sliceCandles } from '../../dist/libs/backtest/src/index.js';
import { seededCandles } from './market.mjs';

const bars = 1_000_000;
const candles = seededCandles(bars);
const start = sliceCandles(candles, 0, 20_000);

const report = {};
for (const [name, strategy] of [
  ['hold', 'BuyAndHold'],
  ['order_engine', 'SmaCross'],
]) {
  const run = (on) => runBacktest({ candles: on, strategy, initialCapital: 1e6, commission: 0.0002 });
  for (let k = 0; k < 50; k++) run(start); // Compiled before it is measured.
  for (let k = 0; k < 12; k++) run(candles);
  globalThis.gc();
  const before = process.memoryUsage();
  const { performance } = run(candles);
  const after = process.memoryUsage();
  report[`${name}_array_bytes_per_bar`] = (after.arrayBuffers - before.arrayBuffers) / bars;
  report[`${name}_heap_bytes_per_bar`] = (after.heapUsed - before.heapUsed) / bars;
  report[`${name}_trades`] = performance.tradeCount;
}
process.stdout.write(JSON.stringify(report));
