import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { symbol, timeframeMs } from '@app/contracts';
import { z } from 'zod';
import { writeResult, TaskFailedError, type TaskContext } from '@app/tasks-sdk';
import { CandleStore } from '../../src/market-data/candle-store.js';

export const correlationRequest = z.strictObject({
  symbols: z.tuple([symbol, symbol]),
  window_days: z.int().min(5).max(365).default(30),
});
export type CorrelationRequest = z.infer<typeof correlationRequest>;

/** Correlates the daily returns of two symbols over a moving window. Runs in its own process. */
export default async function runCorrelationTask(payload: unknown, context: TaskContext): Promise<unknown> {
  const { symbols, window_days } = correlationRequest.parse(payload);
  context.report('🚀 Starting custom task...', 0);
  const store = new CandleStore(join(context.dataDir, 'market-data'), { userId: context.userId });
  const [a, b] = [await closesOf(store, symbols[0]), await closesOf(store, symbols[1])];
  const days = [...a.keys()].filter((day) => b.has(day)).sort((one, other) => one - other);
  const returns = (closes: Map<number, number>) =>
    days.slice(1).map((day, i) => Math.log(closes.get(day)! / closes.get(days[i]!)!));
  const [x, y] = [returns(a), returns(b)];

  const series: { day: string; correlation: number }[] = [];
  for (let end = window_days; end <= x.length; end += 1) {
    const correlation = pearson(x.slice(end - window_days, end), y.slice(end - window_days, end));
    series.push({ day: new Date(days[end]!).toISOString().slice(0, 10), correlation });
    const done = end / x.length;
    context.report(`📊 Processing data (${Math.round(100 * done)}%)...`, done);
    if (end % 100 === 0) await setImmediate(); // lets progress leave and a cancel arrive
    context.signal.throwIfAborted();
  }
  const latest = series.at(-1);
  if (latest === undefined) throw new TaskFailedError('TOO_FEW_DAYS', `They share ${days.length} days only.`);
  writeResult(context.resultPath, { symbols, window_days, series });
  context.report(`✅ Custom task complete! ${symbols.join(' and ')}: ${latest.correlation.toFixed(2)}`, 1);
  return latest;
}

async function closesOf(store: CandleStore, name: string): Promise<Map<number, number>> {
  const data = await store.read(name, '1d');
  if (data === null) throw new TaskFailedError('NO_MARKET_DATA', `There are no candles of ${name}.`);
  const { time, close } = data.candles;
  return new Map(
    Array.from(time, (at, i) => [Math.floor(at / timeframeMs['1d']) * timeframeMs['1d'], close[i]!]),
  );
}

/** Pearson's coefficient; 0 where one of the two never moves. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    xy += (value - mx) * (y[i]! - my);
    xx += (value - mx) ** 2;
    yy += (y[i]! - my) ** 2;
  });
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
