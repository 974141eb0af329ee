import type { TradeLog } from '../engine/trade-log.js';
import { drawdownsOf } from '../statistics/drawdowns.js';
import { exposureOf } from '../statistics/exposure.js';
import {
  downsideDeviation,
  geometricMean,
  mean,
  sampleCovariance,
  sampleDeviation,
  sampleVariance,
} from '../statistics/moments.js';
import {
  dayEnds,
  dayMs,
  periodEnds,
  periodReturns,
  tradesWeekends,
  type Period,
} from '../statistics/periods.js';

/** A statistic by the name the reference results use: percentages are times 100, durations are in ms. */
export type CompatStatistics = Record<string, number | string | null>;

/** What the reference statistics are drawn from; all arrays share one index. */
export interface CompatRun {
  readonly time: Float64Array;
  readonly close: Float64Array;
  readonly equity: Float64Array;
  readonly trades: TradeLog;
  /** The first bar on which every indicator is valid. */
  readonly warmUpBar: number;
  readonly hasCommission: boolean;
}

interface Sampling {
  readonly period: Period;
  readonly periodsPerYear: number;
  /** The unit that durations are rounded up to. */
  readonly unitMs: number;
}

const units = [dayMs, 3_600_000, 60_000, 1000];
const longPeriods: readonly { days: number; period: Period; periodsPerYear: number }[] = [
  { days: 7, period: 'week', periodsPerYear: 52 },
  { days: 31, period: 'month', periodsPerYear: 12 },
  { days: 365, period: 'year', periodsPerYear: 1 },
];

/** How returns are sampled: by the median of the last hundred bars' distances, in whole days. */
function samplingOf(time: Float64Array, days: Int32Array): Sampling {
  const recent = time.subarray(-100);
  const spacing = recent
    .subarray(1)
    .map((at, i) => at - recent[i]!)
    .sort();
  const middle = spacing.length >> 1;
  const barMs = spacing.length % 2 === 1 ? spacing[middle]! : (spacing[middle - 1]! + spacing[middle]!) / 2;
  const unitMs = units.find((unit) => barMs % unit === 0) ?? 1;
  const long = longPeriods.find(({ days }) => days === Math.floor(barMs / dayMs));
  if (long !== undefined) return { ...long, unitMs };
  return { period: 'day', periodsPerYear: tradesWeekends(time, days) ? 365 : 252, unitMs };
}

/** The statistics and the conventional extras of a run, under the reference's names and definitions. */
export function compatStatistics(run: CompatRun): { stats: CompatStatistics; extra: CompatStatistics } {
  const { time, close, equity, trades, warmUpBar } = run;
  const n = time.length;
  const days = dayEnds(time);
  const sampling = samplingOf(time, days);
  const a = sampling.periodsPerYear;
  const returns = periodReturns(equity, periodEnds(time, days, sampling.period)).filter(
    (r) => !Number.isNaN(r),
  );
  const growth = geometricMean(returns);
  const annualReturn = (1 + growth) ** a - 1;
  const annualVolatility = Math.sqrt(
    (sampleVariance(returns) + (1 + growth) ** 2) ** a - (1 + growth) ** (2 * a),
  );
  const elapsedMs = time[n - 1]! - time[0]!;
  const totalReturn = equity[n - 1]! / equity[0]! - 1;
  const cagr = (1 + totalReturn) ** (365.25 / (elapsedMs / dayMs)) - 1;
  const buyAndHold = close[n - 1]! / close[Math.min(warmUpBar, n - 1)]! - 1;
  const priceLogs = logReturns(close);
  const beta = sampleCovariance(logReturns(equity), priceLogs) / sampleVariance(priceLogs);
  const { curve: drawdown, summary } = drawdownsOf(equity, time);
  const episodes = episodesOf(drawdown, time);
  const { maxDrawdown, longestBars, ulcerIndex } = summary;
  const rounded = (ms: number): number => Math.ceil(ms / sampling.unitMs) * sampling.unitMs;

  const tradeReturns = trades.column('returnFraction');
  const profits = trades.column('pnl');
  const { entryBar, exitBar } = trades.columns;
  const held = profits.map((_, k) => time[exitBar[k]!]! - time[entryBar[k]!]!);
  const wins = profits.filter((profit) => profit > 0);
  const losses = profits.filter((profit) => profit < 0);
  const winRate = wins.length / trades.length;
  const wonReturns = tradeReturns.filter((value) => value > 0);
  const lostReturns = tradeReturns.filter((value) => value < 0);

  const stats: Record<string, number | string> = {
    Start: referenceTime(time[0]!),
    End: referenceTime(time[n - 1]!),
    Duration: elapsedMs,
    'Exposure Time [%]': 100 * exposureOf(trades, n),
    'Equity Final [$]': equity[n - 1]!,
    'Equity Peak [$]': equity.reduce((peak, value) => Math.max(peak, value), -Infinity),
    'Return [%]': 100 * totalReturn,
    'Buy & Hold Return [%]': 100 * buyAndHold,
    'Return (Ann.) [%]': 100 * annualReturn,
    'Volatility (Ann.) [%]': 100 * annualVolatility,
    'CAGR [%]': 100 * cagr,
    'Sharpe Ratio': annualReturn / (annualVolatility || NaN),
    'Sortino Ratio': annualReturn / (downsideDeviation(returns) * Math.sqrt(a) || NaN),
    'Calmar Ratio': annualReturn / (maxDrawdown || NaN),
    'Alpha [%]': 100 * (totalReturn - beta * buyAndHold),
    Beta: beta,
    'Max. Drawdown [%]': -100 * maxDrawdown,
    'Avg. Drawdown [%]': -100 * mean(episodes.depths),
    'Max. Drawdown Duration': rounded(maxOf(episodes.ms)),
    'Avg. Drawdown Duration': rounded(mean(episodes.ms)),
    '# Trades': trades.length,
    'Win Rate [%]': 100 * winRate,
    'Best Trade [%]': 100 * maxOf(tradeReturns),
    'Worst Trade [%]': -100 * maxOf(tradeReturns.map((value) => -value)),
    'Avg. Trade [%]': 100 * geometricMean(tradeReturns),
    'Max. Trade Duration': rounded(maxOf(held)),
    'Avg. Trade Duration': rounded(mean(held)),
    'Profit Factor': sumOf(wonReturns) / (Math.abs(sumOf(lostReturns)) || NaN),
    'Expectancy [%]': 100 * mean(tradeReturns),
    SQN: (Math.sqrt(trades.length) * mean(profits)) / (sampleDeviation(profits) || NaN),
    'Kelly Criterion': winRate - (1 - winRate) / (mean(wins) / -mean(losses)),
  };
  if (run.hasCommission) stats['Commissions [$]'] = sumOf(trades.column('commission'));
  const meanReturn = mean(returns);
  const deviation = sampleDeviation(returns);
  const extra: Record<string, number | string> = {
    annualPeriods: a,
    resample: { day: 'D', week: 'W', month: 'ME', year: 'YE' }[sampling.period],
    periodReturns: returns.length,
    periodReturnMean: meanReturn,
    periodReturnStdDdof1: deviation,
    sharpeArithmetic: (meanReturn / (deviation || NaN)) * Math.sqrt(a),
    sortinoArithmetic: (meanReturn / (downsideDeviation(returns) || NaN)) * Math.sqrt(a),
    calmarCagr: cagr / (maxDrawdown || NaN),
    maxDrawdownBars: longestBars,
    ulcerIndexPct: 100 * ulcerIndex,
  };
  return { stats: withNulls(stats), extra: withNulls(extra) };
}

/** Stretches of more than one bar between bars without a drawdown (the last bar ends one too). */
function episodesOf(drawdown: Float64Array, time: Float64Array): { depths: Float64Array; ms: Float64Array } {
  const depths: number[] = [];
  const ms: number[] = [];
  let start = 0;
  const last = drawdown.length - 1;
  for (let i = 1; i <= last; i++) {
    if (drawdown[i] !== 0 && i < last) continue;
    if (i - start > 1) {
      depths.push(maxOf(drawdown.subarray(start, i + 1)));
      ms.push(time[i]! - time[start]!);
    }
    start = i;
  }
  return { depths: Float64Array.from(depths), ms: Float64Array.from(ms) };
}

function logReturns(values: Float64Array): Float64Array {
  return values.subarray(1).map((value, i) => Math.log(value / values[i]!));
}

function maxOf(values: Float64Array): number {
  return values.reduce((max, value) => (value <= max ? max : value), NaN);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** `2004-08-19T00:00:00`: in UTC, without saying so. */
function referenceTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

function withNulls(statistics: Record<string, number | string>): CompatStatistics {
  return Object.fromEntries(
    Object.entries(statistics).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? null : value,
    ]),
  );
}
