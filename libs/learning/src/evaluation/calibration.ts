import { logit, sigmoid } from '../trees/objective.js';

/**
 * Turns raw scores into probabilities: `sigmoid(intercept + slope · score)`.
 *
 * `evidence` is the slope's t-statistic out of fold. Below `EVIDENCE_NEEDED` the slope is 0 and
 * the probability is the base rate: a score that has not shown that it ranks anything says nothing.
 */
export interface Calibration {
  intercept: number;
  slope: number;
  evidence: number;
}

/** One-sided 5 % point of the normal distribution. */
export const EVIDENCE_NEEDED = 1.645;

export function constantCalibration(baseRate: number, evidence = 0): Calibration {
  return { intercept: logit(baseRate), slope: 0, evidence };
}

/**
 * Platt's sigmoid (1999), fitted by Newton's method to out-of-fold scores.
 *
 * Labels of neighbouring rows overlap, so the slope's variance is the cluster-robust sandwich over
 * consecutive blocks of `2 · horizon` rows (Liang and Zeger 1986). Without enough evidence, fewer
 * than `MIN_BLOCKS` blocks or a score that never moves, the result is constant at `baseRate`.
 */
export function fitCalibration(
  scores: Float64Array,
  outcomes: Float64Array,
  horizon: number,
  baseRate: number,
): Calibration {
  const rows = scores.length;
  const blockRows = 2 * horizon;
  if (rows < MIN_BLOCKS * blockRows) return constantCalibration(baseRate);
  const { mean, deviation } = centre(scores);
  if (!(deviation > 1e-9)) return constantCalibration(baseRate);

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
  if (!(evidence >= EVIDENCE_NEEDED)) return constantCalibration(baseRate, evidence);
  return { intercept: intercept - (slope * mean) / deviation, slope: slope / deviation, evidence };
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
  return scores.map((score) => sigmoid(calibration.intercept + calibration.slope * score));
}
