import type { TradeLog } from '../engine/trade-log.js';

/**
 * Share of `bars` on which at least one trade was open, its entry and exit bar included. A trade that is
 * open at the end counts from its entry bar, given in `openFrom`.
 */
export function exposureOf(trades: TradeLog, bars: number, openFrom: readonly number[] = []): number {
  const { entryBar, exitBar } = trades.columns;
  // Backwards by exit: whatever is held later reaches down to `reach` without a gap below its own exit.
  let reach = Math.min(bars, ...openFrom);
  let held = bars - reach;
  for (let k = trades.length - 1; k >= 0; k--) {
    const entry = entryBar[k]!;
    held += Math.max(0, Math.min(exitBar[k]! + 1, reach) - entry);
    reach = Math.min(reach, entry);
  }
  return held / bars;
}
