/** A drawdown curve and what it amounts to. */
export interface Drawdowns {
  /** Distance of each value below the highest so far, as a fraction of that peak; 0 at a peak. */
  readonly curve: Float64Array;
  readonly summary: DrawdownSummary;
}

/** What the drawdowns of a run amount to. */
export interface DrawdownSummary {
  readonly peakEquity: number;
  readonly meanEquity: number;
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

/** Traces the drawdown; an episode runs from one bar at a peak to the next, or to the last bar. */
export function drawdownsOf(equity: Float64Array, time: Float64Array): Drawdowns {
  const n = equity.length;
  const curve = new Float64Array(n);
  let peak = -Infinity;
  let sum = 0;
  let peakBar = 0;
  let depth = 0;
  let maxDrawdown = 0;
  let longestMs = 0;
  let longestBars = 0;
  let squares = 0;
  let depths = 0;
  let episodes = 0;
  for (let i = 0; i < n; i++) {
    const value = equity[i]!;
    sum += value;
    if (value > peak) peak = value;
    const drawdown = 1 - value / peak;
    curve[i] = drawdown;
    squares += drawdown * drawdown;
    if (drawdown > depth) depth = drawdown;
    if (drawdown > 0 && i < n - 1) continue;
    if (depth > 0) {
      episodes++;
      depths += depth;
      maxDrawdown = Math.max(maxDrawdown, depth);
      longestMs = Math.max(longestMs, time[i]! - time[peakBar]!);
      longestBars = Math.max(longestBars, i - peakBar);
      depth = 0;
    }
    peakBar = i;
  }
  const meanDepth = episodes === 0 ? 0 : depths / episodes;
  const ulcerIndex = Math.sqrt(squares / n);
  return {
    curve,
    summary: {
      peakEquity: peak,
      meanEquity: sum / n,
      maxDrawdown,
      longestMs,
      longestBars,
      meanDepth,
      ulcerIndex,
    },
  };
}
