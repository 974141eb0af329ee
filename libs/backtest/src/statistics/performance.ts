import type { Candles } from '../candles.js';
import type { TradeLog } from '../engine/trade-log.js';
import type { DrawdownSummary } from './drawdowns.js';
import { exposureOf } from './exposure.js';
import {
  downsideDeviation,
  mean,
  quantile,
  sampleCovariance,
  sampleDeviation,
  sampleVariance,
} from './moments.js';
import { dayMs, periodEnds, periodReturns, type Calendar } from './periods.js';
import { probabilisticSharpe, sharpePerPeriod } from './sharpe.js';
import { summariseTrades } from './trade-summary.js';

/** A statistic, or null where it is undefined: zero would claim something that is not known. */
type Statistic = number | null;

/**
 * What a run achieved. Returns, drawdowns and rates are fractions, money is in the quote currency.
 * `docs/backtesting.md` defines every figure.
 */
export interface Performance {
  readonly initialCapital: number;
  readonly finalEquity: number;
  readonly peakEquity: number;
  readonly totalReturn: Statistic;
  readonly benchmarkReturn: Statistic;
  readonly cagr: Statistic;
  readonly annualVolatility: Statistic;
  readonly sharpeRatio: Statistic;
  readonly sortinoRatio: Statistic;
  readonly calmarRatio: Statistic;
  readonly probabilisticSharpe: Statistic;
  readonly alpha: Statistic;
  readonly beta: Statistic;
  readonly maxDrawdown: Statistic;
  readonly averageDrawdown: Statistic;
  readonly maxDrawdownDays: Statistic;
  readonly maxDrawdownBars: Statistic;
  readonly ulcerIndex: Statistic;
  readonly valueAtRisk: Statistic;
  readonly conditionalValueAtRisk: Statistic;
  readonly exposure: Statistic;
  readonly turnover: Statistic;
  readonly tradeCount: number;
  readonly winRate: Statistic;
  readonly profitFactor: Statistic;
  readonly expectancy: Statistic;
  readonly averageTradeReturn: Statistic;
  readonly bestTradeReturn: Statistic;
  readonly worstTradeReturn: Statistic;
  readonly averageWin: Statistic;
  readonly averageLoss: Statistic;
  readonly averageTradeBars: Statistic;
  readonly maxTradeBars: Statistic;
  readonly averageAdverseExcursion: Statistic;
  readonly averageFavourableExcursion: Statistic;
  readonly sqn: Statistic;
  readonly kelly: Statistic;
  readonly commissionPaid: number;
  readonly periodsPerYear: number;
}

/** What the statistics are drawn from: the arrays share one index, from the first tradable bar on. */
export interface Run {
  readonly candles: Candles;
  readonly equity: Float64Array;
  readonly drawdowns: DrawdownSummary;
  /** Index of the last bar of each UTC day. */
  readonly days: Int32Array;
  readonly trades: TradeLog;
  /** Entry bars of the trades that are still open. */
  readonly openFrom: readonly number[];
  readonly initialCapital: number;
}

export function performanceOf(run: Run, calendar: Calendar): Performance {
  const { candles, equity, drawdowns, initialCapital } = run;
  const { time, close } = candles;
  const last = equity.length - 1;
  const finalEquity = equity[last]!;
  const ends = periodEnds(time, run.days, calendar.period);
  const returns = periodReturns(equity, ends);
  const benchmarkReturns = periodReturns(close, ends);
  const { periodsPerYear } = calendar;
  const years = (time[last]! - time[0]!) / (365.25 * dayMs);
  const growth = finalEquity / initialCapital;
  const cagr = years > 0 && growth >= 0 ? growth ** (1 / years) - 1 : NaN;
  const downside = downsideDeviation(returns);
  const benchmarkVariance = sampleVariance(benchmarkReturns);
  const beta = benchmarkVariance > 0 ? sampleCovariance(returns, benchmarkReturns) / benchmarkVariance : NaN;
  const ascending = Float64Array.from(returns).sort();
  const lossQuantile = quantile(ascending, 0.05);
  const tail = ascending.filter((value) => value <= lossQuantile);
  const trades = summariseTrades(run.trades, candles);
  return {
    initialCapital,
    finalEquity,
    peakEquity: drawdowns.peakEquity,
    totalReturn: orNull(growth - 1),
    benchmarkReturn: orNull(close[last]! / close[0]! - 1),
    cagr: orNull(cagr),
    annualVolatility: orNull(sampleDeviation(returns) * Math.sqrt(periodsPerYear)),
    sharpeRatio: orNull(sharpePerPeriod(returns) * Math.sqrt(periodsPerYear)),
    sortinoRatio: orNull((mean(returns) / downside) * Math.sqrt(periodsPerYear)),
    calmarRatio: orNull(cagr / drawdowns.maxDrawdown),
    probabilisticSharpe: orNull(probabilisticSharpe(returns)),
    alpha: orNull((mean(returns) - beta * mean(benchmarkReturns)) * periodsPerYear),
    beta: orNull(beta),
    maxDrawdown: orNull(drawdowns.maxDrawdown),
    averageDrawdown: orNull(drawdowns.meanDepth),
    maxDrawdownDays: orNull(drawdowns.longestMs / dayMs),
    maxDrawdownBars: orNull(drawdowns.longestBars),
    ulcerIndex: orNull(drawdowns.ulcerIndex),
    valueAtRisk: orNull(-lossQuantile),
    conditionalValueAtRisk: orNull(-mean(tail)),
    exposure: orNull(exposureOf(run.trades, equity.length, run.openFrom)),
    turnover: orNull(trades.tradedValue / drawdowns.meanEquity / years),
    tradeCount: trades.count,
    winRate: orNull(trades.winRate),
    profitFactor: orNull(trades.profitFactor),
    expectancy: orNull(trades.expectancy),
    averageTradeReturn: orNull(trades.meanReturn),
    bestTradeReturn: orNull(trades.bestReturn),
    worstTradeReturn: orNull(trades.worstReturn),
    averageWin: orNull(trades.averageWin),
    averageLoss: orNull(trades.averageLoss),
    averageTradeBars: orNull(trades.meanBars),
    maxTradeBars: orNull(trades.maxBars),
    averageAdverseExcursion: orNull(trades.meanAdverse),
    averageFavourableExcursion: orNull(trades.meanFavourable),
    sqn: orNull(trades.sqn),
    kelly: orNull(trades.kelly),
    commissionPaid: trades.commission,
    periodsPerYear,
  };
}

function orNull(value: number): Statistic {
  return Number.isFinite(value) ? value : null;
}
