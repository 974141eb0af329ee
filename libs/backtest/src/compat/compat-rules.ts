import type { Rules } from '../engine/rules.js';

/** The rules of the reference results: what they change is described with each field of `Rules`. */
export const compatRules: Rules = {
  firstDecisionLag: 1,
  neverValid: 'ignored',
  sizingMark: 'close',
  fractionOf: 'free_margin',
  fixedFeeOfFraction: 'per_unit',
  fillOrder: 'queue',
  bracketOnEntryBar: 'next_bar',
  marginCall: 'ruin',
  finaliseAt: 'last_open',
  invalidBracket: 'throw',
  warmUpEquity: 'first_value',
};
