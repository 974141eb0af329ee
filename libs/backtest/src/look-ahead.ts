import { sliceCandles } from './candles.js';
import type { BacktestRequest } from './request.js';
import { simulate } from './simulate.js';

/** The first decision that came out differently when the bars after it were taken away. */
export interface LookAheadViolation {
  readonly bar: number;
  /** Bars that the shortened run had. */
  readonly prefixLength: number;
  /** What the strategy did with all bars, and with the prefix alone; null for nothing. */
  readonly withAllBars: string | null;
  readonly withPrefix: string | null;
}

export interface LookAheadReport {
  readonly prefixesChecked: number;
  readonly decisions: number;
  readonly violation: LookAheadViolation | null;
}

interface Decision {
  readonly bar: number;
  readonly text: string;
}

/**
 * Replays a run on prefixes of its data: what a strategy decided at a bar must not change when the bars
 * after it do not exist yet.
 *
 * Half of the prefixes end right after a decision, where a look at the next bar shows at once; the others
 * are spread evenly. Every run costs up to as much as the whole, so `prefixes` (default 20) bounds it.
 */
export function checkLookAhead(request: BacktestRequest, prefixes = 20): LookAheadReport {
  const n = request.candles.time.length;
  const { decisions, firstBar } = decisionsOf(request, n);
  const half = Math.max(1, Math.floor(prefixes / 2));
  const lengths = new Set<number>();
  for (let k = 1; k <= half; k++) {
    lengths.add(firstBar + Math.floor(((n - firstBar) * k) / (half + 1)));
    const decision = decisions[Math.floor((decisions.length * (k - 1)) / half)];
    if (decision !== undefined) lengths.add(decision.bar + 1);
  }
  const checked = [...lengths].filter((length) => length > firstBar && length < n).sort((a, b) => a - b);
  for (const length of checked) {
    const violation = compare(decisions, decisionsOf(request, length).decisions, length);
    if (violation !== null)
      return { prefixesChecked: checked.length, decisions: decisions.length, violation };
  }
  return { prefixesChecked: checked.length, decisions: decisions.length, violation: null };
}

function decisionsOf(request: BacktestRequest, length: number): { decisions: Decision[]; firstBar: number } {
  const decisions: Decision[] = [];
  const { candles, signals, expectedReturns } = request;
  const { warmUpBar, from } = simulate(
    {
      ...request,
      candles: sliceCandles(candles, 0, length),
      signals: signals?.subarray(0, length),
      expectedReturns: expectedReturns?.subarray(0, length),
      finalise: false,
      onProgress: undefined,
    },
    (bar, action, figures) => {
      decisions.push({ bar, text: [action, ...figures].join(' ') });
    },
  );
  return { decisions, firstBar: Math.max(warmUpBar + 1, from) };
}

function compare(
  all: readonly Decision[],
  prefix: readonly Decision[],
  prefixLength: number,
): LookAheadViolation | null {
  for (let k = 0; ; k++) {
    const expected = all[k] !== undefined && all[k]!.bar < prefixLength ? all[k] : undefined;
    const got = prefix[k];
    if (expected === undefined && got === undefined) return null;
    if (expected?.bar === got?.bar && expected?.text === got?.text) continue;
    return {
      bar: Math.min(expected?.bar ?? Infinity, got?.bar ?? Infinity),
      prefixLength,
      withAllBars: expected?.text ?? null,
      withPrefix: got?.text ?? null,
    };
  }
}
