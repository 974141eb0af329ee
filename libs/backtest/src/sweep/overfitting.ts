import { mean, sampleVariance } from '../statistics/moments.js';
import { normalQuantile } from '../statistics/normal.js';
import { probabilisticSharpe } from '../statistics/sharpe.js';

const eulerGamma = 0.5772156649015329;

/**
 * The Sharpe ratio that the best of `trials` strategies without any skill is expected to show, per period,
 * when their Sharpe ratios scatter with this variance (Bailey and López de Prado, The Deflated Sharpe
 * Ratio, 2014). 0 for a single trial.
 */
export function expectedMaxSharpe(trials: number, sharpeVariance: number): number {
  if (trials < 2) return 0;
  return (
    Math.sqrt(sharpeVariance) *
    ((1 - eulerGamma) * normalQuantile(1 - 1 / trials) +
      eulerGamma * normalQuantile(1 - 1 / (trials * Math.E)))
  );
}

/**
 * Probability that the best run of a sweep has any skill, given how many were tried and how far apart
 * they came out. `returns` are the best run's per period; `trialSharpes` every run's Sharpe ratio per
 * period (annual over √periods a year). Null where it is undefined.
 */
export function deflatedSharpe(returns: Float64Array, trialSharpes: Float64Array): number | null {
  const variance = trialSharpes.length < 2 ? 0 : sampleVariance(trialSharpes);
  const probability = probabilisticSharpe(returns, expectedMaxSharpe(trialSharpes.length, variance));
  return Number.isFinite(probability) ? probability : null;
}

/** What is known of a sweep's winner. */
export interface SweepEvidence {
  readonly trials: number;
  readonly deflatedSharpe: number | null;
  /** Annual Sharpe ratios of the winner of each window, where it was chosen and where it was judged. */
  readonly inSample: readonly number[];
  readonly outOfSample: readonly number[];
}

/** A plain sentence when the best run is likely luck; null when nothing speaks for that. */
export function overfittingWarning(evidence: SweepEvidence): string | null {
  const { trials, deflatedSharpe: deflated, inSample, outOfSample } = evidence;
  if (inSample.length > 0 && outOfSample.length > 0) {
    const chosen = mean(Float64Array.from(inSample));
    const judged = mean(Float64Array.from(outOfSample));
    if (chosen > 0 && judged < chosen / 2) {
      return `Likely overfitted: the chosen parameters had a Sharpe ratio of ${chosen.toFixed(2)} where they were chosen and ${judged.toFixed(2)} on the data after it.`;
    }
  }
  if (trials > 1 && deflated !== null && deflated < 0.95) {
    return `Likely luck: after ${trials} trials the best is better than chance with a probability of ${(100 * deflated).toFixed(0)} % only.`;
  }
  return null;
}
