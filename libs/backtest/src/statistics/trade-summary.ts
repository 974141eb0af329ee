import type { Candles } from '../candles.js';
import type { Trade } from '../engine/trade.js';
import { mean, sampleDeviation } from './moments.js';

/** What the closed trades of a run amount to; money in the quote currency, NaN where undefined. */
export interface TradeSummary {
  readonly count: number;
  readonly winRate: number;
  /** Money won over money lost. */
  readonly profitFactor: number;
  /** Mean profit of a trade. */
  readonly expectancy: number;
  readonly meanReturn: number;
  readonly bestReturn: number;
  readonly worstReturn: number;
  readonly averageWin: number;
  readonly averageLoss: number;
  readonly meanBars: number;
  readonly maxBars: number;
  /** System quality number (Tharp): √n · mean profit / deviation of the profits. */
  readonly sqn: number;
  /** Kelly's share: W - (1 - W) / (average win / average loss). */
  readonly kelly: number;
  readonly commission: number;
  /** Value of all fills, entries and exits. */
  readonly tradedValue: number;
  /** Mean of the worst and of the best price move while held, against and for the trade, over its entry price. */
  readonly meanAdverse: number;
  readonly meanFavourable: number;
}

export function summariseTrades(trades: readonly Trade[], candles: Candles): TradeSummary {
  const count = trades.length;
  const profits = trades.map((trade) => trade.pnl);
  const returns = trades.map((trade) => trade.returnFraction);
  let won = 0;
  let lost = 0;
  let wins = 0;
  let losses = 0;
  let commission = 0;
  let tradedValue = 0;
  let bars = 0;
  let maxBars = NaN;
  let adverse = 0;
  let favourable = 0;
  let best = NaN;
  let worst = NaN;
  for (const trade of trades) {
    if (trade.pnl > 0) {
      won += trade.pnl;
      wins++;
    } else if (trade.pnl < 0) {
      lost -= trade.pnl;
      losses++;
    }
    commission += trade.commission;
    tradedValue += Math.abs(trade.size) * (trade.entryPrice + trade.exitPrice);
    const held = trade.exitBar - trade.entryBar;
    bars += held;
    maxBars = maxBars > held ? maxBars : held;
    best = best > trade.returnFraction ? best : trade.returnFraction;
    worst = worst < trade.returnFraction ? worst : trade.returnFraction;
    const { lowest, highest } = pricesWhileHeld(trade, candles);
    const down = (trade.entryPrice - lowest) / trade.entryPrice;
    const up = (highest - trade.entryPrice) / trade.entryPrice;
    adverse += Math.max(0, trade.isLong ? down : up);
    favourable += Math.max(0, trade.isLong ? up : down);
  }
  const winRate = wins / count;
  const averageWin = won / wins;
  const averageLoss = lost / losses;
  const deviation = sampleDeviation(profits);
  return {
    count,
    winRate,
    profitFactor: won / lost,
    expectancy: mean(profits),
    meanReturn: mean(returns),
    bestReturn: best,
    worstReturn: worst,
    averageWin,
    averageLoss,
    meanBars: bars / count,
    maxBars,
    sqn: deviation > 0 ? (Math.sqrt(count) * mean(profits)) / deviation : NaN,
    kelly: winRate - (1 - winRate) / (averageWin / averageLoss),
    commission,
    tradedValue,
    meanAdverse: adverse / count,
    meanFavourable: favourable / count,
  };
}

/** The extremes seen while a trade was open: its bars whole, but of the exit bar the exit price alone. */
function pricesWhileHeld(trade: Trade, { high, low }: Candles): { lowest: number; highest: number } {
  let lowest = Math.min(trade.entryPrice, trade.exitPrice);
  let highest = Math.max(trade.entryPrice, trade.exitPrice);
  for (let i = trade.entryBar; i < trade.exitBar; i++) {
    if (low[i]! < lowest) lowest = low[i]!;
    if (high[i]! > highest) highest = high[i]!;
  }
  return { lowest, highest };
}
