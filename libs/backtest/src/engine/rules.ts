/**
 * The few points on which engines differ. `standardRules` are ours; `compatRules` (in `compat/`)
 * reproduce an established engine's results. Everything else is common to both.
 */
export interface Rules {
  /** Bars between the first bar with every indicator valid and the first decision. */
  readonly firstDecisionLag: 0 | 1;
  /** An indicator without a single valid value keeps the run from starting, or does not count. */
  readonly neverValid: 'blocks' | 'ignored';
  /** The price at which open trades are marked when an entry is sized: the fill's own, or the bar's close. */
  readonly sizingMark: 'fill' | 'close';
  /** What a fraction is a fraction of. */
  readonly fractionOf: 'equity' | 'free_margin';
  /** A fraction-sized order pays a fixed fee once, or once a unit. */
  readonly fixedFeeOfFraction: 'once' | 'per_unit';
  /** Market orders fill at the open, so before anything that fills inside the bar; or strictly in queue order. */
  readonly fillOrder: 'market_first' | 'queue';
  /** Whether stop and target may fill on the bar inside which a stop or limit entry filled. */
  readonly bracketOnEntryBar: 'pessimistic' | 'next_bar';
  /** A call at the maintenance margin, or only when the equity at a close is gone. */
  readonly marginCall: 'maintenance' | 'ruin';
  /** Open trades at the end leave at the last close, or by processing the last bar once more at its open. */
  readonly finaliseAt: 'last_close' | 'last_open';
  /** An order whose bracket is on the wrong side is counted as rejected, or stops the run. */
  readonly invalidBracket: 'reject' | 'throw';
  /** The first bars, before any decision, hold the capital or the equity of the first decision bar. */
  readonly warmUpEquity: 'capital' | 'first_value';
}

export const standardRules: Rules = {
  firstDecisionLag: 0,
  neverValid: 'blocks',
  sizingMark: 'fill',
  fractionOf: 'equity',
  fixedFeeOfFraction: 'once',
  fillOrder: 'market_first',
  bracketOnEntryBar: 'pessimistic',
  marginCall: 'maintenance',
  finaliseAt: 'last_close',
  invalidBracket: 'reject',
  warmUpEquity: 'capital',
};
