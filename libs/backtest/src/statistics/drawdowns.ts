/** Distance of each value below the highest so far, as a fraction of that peak; 0 at a peak. */
export function drawdownOf(equity: Float64Array): Float64Array {
  const drawdown = new Float64Array(equity.length);
  let peak = -Infinity;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i]!;
    if (value > peak) peak = value;
    drawdown[i] = 1 - value / peak;
  }
  return drawdown;
}

/** What the drawdowns of a run amount to. */
export interface DrawdownSummary {
  /** Deepest, as a fraction of its peak. */
  readonly maxDrawdown: number;
  /** Longest time from a peak to the next bar at or above it, or to the end. */
  readonly longestMs: number;
  readonly longestBars: number;
  /** Mean depth of the episodes; 0 without any. */
  readonly meanDepth: number;
  /** Root of the mean squared drawdown per bar (Martin 1987), as a fraction. */
  readonly ulcerIndex: number;
}

/** The highest value of a series, read off its drawdown: the last bar without one. */
export function peakOf(equity: Float64Array, drawdown: Float64Array): number {
  let i = equity.length - 1;
  while (i > 0 && drawdown[i] !== 0) i--;
  return equity[i]!;
}

/** Sums up a drawdown curve; an episode runs from one bar at a peak to the next, or to the last bar. */
export function summariseDrawdowns(drawdown: Float64Array, time: Float64Array): DrawdownSummary {
  let maxDrawdown = 0;
  let longestMs = 0;
  let longestBars = 0;
  let squares = 0;
  let depths = 0;
  let episodes = 0;
  let peakBar = 0;
  let depth = 0;
  const last = drawdown.length - 1;
  for (let i = 0; i <= last; i++) {
    const value = drawdown[i]!;
    squares += value * value;
    if (value > depth) depth = value;
    if (value > 0 && i < last) continue;
    if (depth > 0) {
      episodes++;
      depths += depth;
      maxDrawdown = Math.max(maxDrawdown, depth);
      longestMs = Math.max(longestMs, time[i]! - time[peakBar]!);
      longestBars = Math.max(longestBars, i - peakBar);
    }
    peakBar = i;
    depth = 0;
  }
  return {
    maxDrawdown,
    longestMs,
    longestBars,
    meanDepth: episodes === 0 ? 0 : depths / episodes,
    ulcerIndex: Math.sqrt(squares / drawdown.length),
  };
}
