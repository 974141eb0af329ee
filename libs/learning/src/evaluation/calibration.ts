import { logit, sigmoid } from '../trees/objective.js';
import { embargoRows, type Span } from './folds.js';
import { fitIsotonic, isotonicAt, type IsotonicLine } from './isotonic.js';
import { logLossOf } from './metrics.js';

/** Platt's sigmoid: `sigmoid(intercept + slope · score)`; the base rate where the slope is 0. */
export interface PlattCalibration {
  method: 'platt';
  intercept: number;
  slope: number;
  evidence: number;
}

/** A rising line through pools of scores. */
interface IsotonicCalibration extends IsotonicLine {
  method: 'isotonic';
  evidence: number;
}

/**
 * Turns raw scores into probabilities.
 *
 * `evidence` is the t-statistic of Platt's slope out of fold. Below `EVIDENCE_NEEDED` the
 * probability is the base rate: a score that has not shown that it ranks anything says nothing.
 */
export type Calibration = PlattCalibration | IsotonicCalibration;

/** One-sided 1 % point of the normal distribution. */
const EVIDENCE_NEEDED = 2.326;

/** Scores as they are: log odds. */
export const UNCALIBRATED: Calibration = { method: 'platt', intercept: 0, slope: 1, evidence: 0 };

/** Whether a calibration says the base rate whatever the score. */
export function isSilent(calibration: Calibration): boolean {
  return calibration.method === 'platt' && calibration.slope === 0;
}

/**
 * The calibration of out-of-fold scores: `parts` are the stretches that were held out in turn.
 *
 * Platt's two numbers, unless pool-adjacent-violators does better where it was not fitted: each
 * part calibrated by the others, its log loss must be lower by more than one standard error,
 * counted by blocks of overlapping labels.
 */
export function fitCalibration(
  scores: Float64Array,
  outcomes: Float64Array,
  horizon: number,
  parts: readonly Span[] = [],
): Calibration {
  const platt = fitPlatt(scores, outcomes, horizon);
  if (isSilent(platt) || parts.length < 2) return platt;
  const gains = parts.flatMap((part) => {
    const known = (_: number, row: number): boolean =>
      row < part.from - embargoRows(horizon) || row >= part.to + embargoRows(horizon);
    const others = [scores.filter(known), outcomes.filter(known)] as const;
    const said = scores.subarray(part.from, part.to);
    const happened = outcomes.subarray(part.from, part.to);
    const sigmoidal = calibrate(fitPlatt(...others, horizon), said);
    const rising = calibrate(isotonicOf(...others, horizon, 0), said);
    return Array.from(
      happened,
      (outcome, i) => logLossOf(sigmoidal[i]!, outcome) - logLossOf(rising[i]!, outcome),
    );
  });
  const { mean, error } = blockMean(gains, 2 * horizon);
  return mean > error ? isotonicOf(scores, outcomes, horizon, platt.evidence) : platt;
}

function isotonicOf(
  scores: Float64Array,
  outcomes: Float64Array,
  horizon: number,
  evidence: number,
): IsotonicCalibration {
  // So many independent labels cannot show a probability nearer to 0 or 1 (Laplace's rule).
  const margin = 1 / (scores.length / horizon + 2);
  return { method: 'isotonic', ...fitIsotonic(scores, outcomes, margin), evidence };
}

/** Mean of a series and its standard error, neighbours within a block counted together. */
function blockMean(values: readonly number[], blockRows: number): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  for (let start = 0; start < values.length; start += blockRows) {
    const block = values.slice(start, start + blockRows);
    squares += block.reduce((sum, value) => sum + value - mean, 0) ** 2;
  }
  return { mean, error: Math.sqrt(squares) / values.length };
}

function silentAt(baseRate: number, evidence = 0): PlattCalibration {
  return { method: 'platt', intercept: logit(baseRate), slope: 0, evidence };
}

/**
 * Platt's sigmoid (1999), fitted by Newton's method to out-of-fold scores.
 *
 * Labels of neighbouring rows overlap, so the slope's variance is the cluster-robust sandwich over
 * consecutive blocks of `2 · horizon` rows (Liang and Zeger 1986). Without enough evidence, fewer
 * than `MIN_BLOCKS` blocks or a score that never moves, the result is the base rate.
 */
export function fitPlatt(scores: Float64Array, outcomes: Float64Array, horizon: number): PlattCalibration {
  const rows = scores.length;
  const blockRows = 2 * horizon;
  // One of each added (Laplace's rule), so that no rate is 0 or 1.
  const baseRate = (outcomes.reduce((sum, value) => sum + value, 0) + 1) / (rows + 2);
  if (rows < MIN_BLOCKS * blockRows) return silentAt(baseRate);
  const { mean, deviation } = centre(scores);
  if (!(deviation > 1e-9)) return silentAt(baseRate);

  let intercept = logit(outcomes.reduce((sum, value) => sum + value, 0) / rows);
  let slope = 0;
  let curvature = { a: 1, b: 0, c: 1 };
  for (let step = 0; step < 50; step++) {
    let gradientA = 0;
    let gradientB = 0;
    let a = 0;
    let b = 0;
    let c = 0;
    for (let row = 0; row < rows; row++) {
      const x = (scores[row]! - mean) / deviation;
      const probability = sigmoid(intercept + slope * x);
      const residual = outcomes[row]! - probability;
      const weight = probability * (1 - probability) + 1e-9;
      gradientA += residual;
      gradientB += residual * x;
      a += weight;
      b += weight * x;
      c += weight * x * x;
    }
    curvature = { a, b, c };
    const determinant = a * c - b * b;
    const moveA = (c * gradientA - b * gradientB) / determinant;
    const moveB = (a * gradientB - b * gradientA) / determinant;
    intercept += moveA;
    slope += moveB;
    if (Math.abs(moveA) + Math.abs(moveB) < 1e-9) break;
  }

  // Sandwich: bread is the inverse curvature, meat the squared sums of scores a block.
  const determinant = curvature.a * curvature.c - curvature.b ** 2;
  let meat = 0;
  for (let start = 0; start < rows; start += blockRows) {
    let sumA = 0;
    let sumB = 0;
    for (let row = start; row < Math.min(rows, start + blockRows); row++) {
      const x = (scores[row]! - mean) / deviation;
      const residual = outcomes[row]! - sigmoid(intercept + slope * x);
      sumA += residual;
      sumB += residual * x;
    }
    meat += ((curvature.a * sumB - curvature.b * sumA) / determinant) ** 2;
  }
  const evidence = slope / Math.sqrt(meat);
  if (!(evidence >= EVIDENCE_NEEDED)) return silentAt(baseRate, evidence);
  return {
    method: 'platt',
    intercept: intercept - (slope * mean) / deviation,
    slope: slope / deviation,
    evidence,
  };
}

/** Blocks of overlapping labels below which no evidence is asked of a score. */
const MIN_BLOCKS = 10;

function centre(values: Float64Array): { mean: number; deviation: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Probabilities of raw scores under a calibration. */
export function calibrate(calibration: Calibration, scores: Float64Array): Float64Array {
  if (calibration.method === 'isotonic') return scores.map((score) => isotonicAt(calibration, score));
  return scores.map((score) => sigmoid(calibration.intercept + calibration.slope * score));
}
