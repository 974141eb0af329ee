/** The bars a position was held on: both ends belong to it. */
interface HeldBars {
  readonly entryBar: number;
  readonly exitBar: number;
}

/** Share of `bars` on which at least one of the trades was open, its entry and exit bar included. */
export function exposureOf(trades: readonly HeldBars[], bars: number): number {
  const spans = trades.map(({ entryBar, exitBar }) => ({ entryBar, exitBar }));
  spans.sort((a, b) => a.entryBar - b.entryBar);
  let covered = 0;
  let reach = -1;
  for (const { entryBar, exitBar } of spans) {
    const from = Math.max(entryBar, reach + 1);
    if (exitBar < from) continue;
    covered += exitBar - from + 1;
    reach = exitBar;
  }
  return covered / bars;
}
