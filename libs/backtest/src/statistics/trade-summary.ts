import type { Candles } from '../candles.js';
import type { TradeLog } from '../engine/trade-log.js';
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

export function summariseTrades(trades: TradeLog, candles: Candles): TradeSummary {
  const count = trades.length;
  const { low, high } = candles;
  const columns = trades.columns;
  const { size, entryBar, exitBar, entryPrice, exitPrice, pnl, returnFraction } = columns;
  let commission = 0;
  let won = 0;
  let lost = 0;
  let wins = 0;
  let losses = 0;
  let tradedValue = 0;
  let bars = 0;
  let maxBars = -1;
  let adverse = 0;
  let favourable = 0;
  let best = -Infinity;
  let worst = Infinity;
  for (let k = 0; k < count; k++) {
    commission += columns.commission[k]!;
    const profit = pnl[k]!;
    if (profit > 0) {
      won += profit;
      wins++;
    } else if (profit < 0) {
      lost -= profit;
      losses++;
    }
    const entry = entryPrice[k]!;
    const exit = exitPrice[k]!;
    tradedValue += Math.abs(size[k]!) * (entry + exit);
    const held = exitBar[k]! - entryBar[k]!;
    bars += held;
    maxBars = Math.max(maxBars, held);
    best = Math.max(best, returnFraction[k]!);
    worst = Math.min(worst, returnFraction[k]!);
    // The bars held count whole, but of the exit bar the exit price alone.
    let lowest = Math.min(entry, exit);
    let highest = Math.max(entry, exit);
    if (Number.isNaN(columns.lowest[k])) {
      const exitAt = exitBar[k]!;
      for (let i = entryBar[k]!; i < exitAt; i++) {
        lowest = Math.min(lowest, low[i]!);
        highest = Math.max(highest, high[i]!);
      }
    } else {
      lowest = Math.min(lowest, columns.lowest[k]!);
      highest = Math.max(highest, columns.highest[k]!);
    }
    const isLong = size[k]! > 0;
    adverse += (isLong ? entry - lowest : highest - entry) / entry;
    favourable += (isLong ? highest - entry : entry - lowest) / entry;
  }
  const winRate = wins / count;
  const averageWin = won / wins;
  const averageLoss = lost / losses;
  const profits = trades.column('pnl');
  const expectancy = mean(profits);
  const deviation = sampleDeviation(profits);
  return {
    count,
    winRate,
    profitFactor: won / lost,
    expectancy,
    meanReturn: mean(trades.column('returnFraction')),
    bestReturn: best,
    worstReturn: worst,
    averageWin,
    averageLoss,
    meanBars: bars / count,
    maxBars: count === 0 ? NaN : maxBars,
    sqn: deviation > 0 ? (Math.sqrt(count) * expectancy) / deviation : NaN,
    kelly: winRate - (1 - winRate) / (averageWin / averageLoss),
    commission,
    tradedValue,
    meanAdverse: adverse / count,
    meanFavourable: favourable / count,
  };
}
