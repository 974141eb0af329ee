import type { LabelledRows } from '../labelled-rows.js';
import { directionOf } from './direction-word.js';
import type { BlockForecast } from './walk-forward.js';

/**
 * What the signal would have earned, as a fraction of the capital: every `horizon` bars hold for
 * the next `horizon` bars if the model says "up", else stay in cash, `fee` on each change; beside
 * it, holding over the same bars with one purchase and one sale.
 */
export function signalProfit(
  forecasts: readonly BlockForecast[],
  data: LabelledRows,
  close: Float64Array,
  fee: number,
): { after_fees: number; buy_and_hold: number; fee: number; trades: number } {
  const price = (row: number): number => close[data.firstBar + row]!;
  const from = forecasts[0]!.fold.test.from;
  const to = forecasts.at(-1)!.fold.test.to;
  let wealth = 1;
  let isHolding = false;
  let trades = 0;
  let end = from;
  for (let row = from; row < to; row += data.horizon) {
    const { fold, probabilities, calibration } = forecasts.find(({ fold: { test } }) => row < test.to)!;
    const wantsToHold = directionOf(probabilities[row - fold.test.from]!, calibration) === 'up';
    if (wantsToHold !== isHolding) {
      wealth *= 1 - fee;
      if (wantsToHold) trades++;
    }
    isHolding = wantsToHold;
    end = row + data.horizon;
    if (isHolding) wealth *= price(end) / price(row);
  }
  if (isHolding) wealth *= 1 - fee;
  return {
    after_fees: wealth - 1,
    buy_and_hold: (price(end) / price(from)) * (1 - fee) ** 2 - 1,
    fee,
    trades,
  };
}
