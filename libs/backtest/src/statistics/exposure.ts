import type { TradeLog } from '../engine/trade-log.js';

/**
 * Share of `bars` on which at least one trade was open, its entry and exit bar included. A trade that is
 * open at the end counts from its entry bar, given in `openFrom`.
 */
export function exposureOf(trades: TradeLog, bars: number, openFrom: readonly number[] = []): number {
  const { entryBar, exitBar } = trades.columns;
  const openings = new Int32Array(bars + 1);
  for (let k = 0; k < trades.length; k++) {
    openings[entryBar[k]!]!++;
    openings[exitBar[k]! + 1]!--;
  }
  for (const bar of openFrom) openings[bar]!++;
  let open = 0;
  let held = 0;
  for (let i = 0; i < bars; i++) {
    open += openings[i]!;
    if (open > 0) held++;
  }
  return held / bars;
}
