import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runBacktest, runTargets, sma, smaCrossings } from '../../dist/libs/backtest/src/index.js';

export const capital = 1_000_000;
export const commission = 0.0002;

/** The order engine: a strategy class, called back on every bar, whose orders wait in a queue. */
export function runOrderEngine(candles) {
  return runBacktest({ candles, strategy: 'SmaCross', initialCapital: capital, commission }).performance;
}

/** The vectorised path: targets for all bars at once, then the loop without orders. */
export function runVector(candles) {
  const targets = smaCrossings(candles.close, 10, 20);
  return runTargets({ candles, targets, initialCapital: capital, commission }).performance;
}

/**
 * grademark on the same bars, with the averages already in them: its rules, its trades, its analysis and
 * its equity curve. Neither making its data frame nor the averages is counted against it.
 */
export async function grademarkRunner(candles) {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  if (!existsSync(`${folder}node_modules/grademark`)) {
    process.stderr.write('Installing grademark into bench/engine ...\n');
    const { status } = spawnSync(
      'npm',
      ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'],
      {
        cwd: folder,
        stdio: ['ignore', 2, 2],
      },
    );
    if (status !== 0) throw new Error('grademark could not be installed');
  }
  const { default: grademark } = await import('grademark');
  const { default: dataForge } = await import('data-forge');
  const { time, open, high, low, close, volume } = candles;
  const fast = sma(close, 10);
  const slow = sma(close, 20);
  const bars = Array.from(close, (_, i) => ({
    time: new Date(time[i]),
    open: open[i],
    high: high[i],
    low: low[i],
    close: close[i],
    volume: volume[i],
    fast: fast[i],
    slow: slow[i],
  }));
  const frame = new dataForge.DataFrame({ index: time, values: bars });
  const strategy = {
    fees: () => commission,
    entryRule: (enter, { bar }) => {
      if (bar.fast > bar.slow) enter({ direction: 'long' });
      else if (bar.fast < bar.slow) enter({ direction: 'short' });
    },
    exitRule: (exit, { bar, position }) => {
      const isLong = position.direction === 'long';
      if (isLong ? bar.fast < bar.slow : bar.fast > bar.slow) exit();
    },
  };
  return () => {
    const trades = grademark.backtest(strategy, frame);
    const analysis = grademark.analyze(capital, trades);
    const curve = grademark.computeEquityCurve(capital, trades);
    return { tradeCount: analysis.totalTrades, points: curve.length };
  };
}
