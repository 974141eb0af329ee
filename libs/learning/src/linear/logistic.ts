import type { Columns } from '../trees/binned-matrix.js';
import { logit, sigmoid } from '../trees/objective.js';
import { solveSymmetric } from './cholesky.js';

/** Weights on standardised features; plain numbers, so that it is its own JSON. */
export interface LogisticModel {
  intercept: number;
  weights: number[];
  /** What standardises feature `f`: `(clip(x) − mean[f]) / deviation[f]`; missing becomes 0. */
  mean: number[];
  deviation: number[];
}

/** Standardised values are held within this many deviations, so that one wild bar moves no weight. */
const CLIP = 4;

/**
 * Logistic regression with an L2 penalty of `l2 / 2 · ‖w‖²` on the weights, not on the intercept,
 * fitted by Newton's method (iteratively reweighted least squares; Hastie et al. 2009, 4.4.1).
 *
 * One model for each of `penalties`, each started at the one before, so the strongest should come
 * first. Means and deviations come from these rows alone; a constant feature gets weight 0.
 */
export function fitLogisticPath(
  columns: Columns,
  target: Float64Array,
  penalties: readonly number[],
): LogisticModel[] {
  const moments = columns.map(momentsOf);
  let model: LogisticModel = {
    intercept: logit(target.reduce((sum, value) => sum + value, 0) / target.length),
    weights: columns.map(() => 0),
    mean: moments.map(({ mean }) => mean),
    deviation: moments.map(({ deviation }) => deviation),
  };
  const standardised = columns.map((column, feature) => standardise(column, model, feature));
  return penalties.map((l2) => (model = descend(model, standardised, target, l2)));
}

function descend(
  start: LogisticModel,
  standardised: readonly Float32Array[],
  target: Float64Array,
  l2: number,
): LogisticModel {
  const rows = target.length;
  const model = { ...start, weights: [...start.weights] };
  const size = standardised.length + 1;
  for (let step = 0; step < MAX_STEPS; step++) {
    const scores = linearScores(model, standardised, rows);
    const curvature = new Float64Array(rows);
    const residual = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const probability = sigmoid(scores[row]!);
      residual[row] = target[row]! - probability;
      curvature[row] = probability * (1 - probability) + 1e-9;
    }
    const hessian = new Float64Array(size * size);
    const slope = new Float64Array(size);
    const weighted = new Float64Array(rows);
    for (let i = 0; i < size; i++) {
      const left = standardised[i];
      let gradient = 0;
      for (let row = 0; row < rows; row++) {
        const x = left ? left[row]! : 1;
        gradient += x * residual[row]!;
        weighted[row] = x * curvature[row]!;
      }
      slope[i] = gradient - (left ? l2 * model.weights[i]! : 0);
      for (let j = i; j < size; j++) {
        const right = standardised[j];
        let sum = 0;
        if (right) for (let row = 0; row < rows; row++) sum += weighted[row]! * right[row]!;
        else for (let row = 0; row < rows; row++) sum += weighted[row]!;
        if (i === j && left) sum += l2 + 1e-9;
        hessian[i * size + j] = sum;
        hessian[j * size + i] = sum;
      }
    }
    const move = solveSymmetric(hessian, slope);
    let largest = 0;
    for (let i = 0; i < size; i++) {
      largest = Math.max(largest, Math.abs(move[i]!));
      if (i < standardised.length) model.weights[i]! += move[i]!;
      else model.intercept += move[i]!;
    }
    if (largest < 1e-4) break;
  }
  return model;
}

/** Newton's method on this convex loss settles in fewer than ten steps; more means separable classes. */
const MAX_STEPS = 25;

/** The log odds of every row. */
export function scoreLogistic(model: LogisticModel, columns: Columns): Float64Array {
  return linearScores(
    model,
    columns.map((column, feature) => standardise(column, model, feature)),
    columns[0]?.length ?? 0,
  );
}

function linearScores(
  model: LogisticModel,
  standardised: readonly Float32Array[],
  rows: number,
): Float64Array {
  const scores = new Float64Array(rows).fill(model.intercept);
  standardised.forEach((column, feature) => {
    const weight = model.weights[feature]!;
    if (weight === 0) return;
    for (let row = 0; row < rows; row++) scores[row]! += weight * column[row]!;
  });
  return scores;
}

function standardise(column: Float32Array, model: LogisticModel, feature: number): Float32Array {
  const mean = model.mean[feature]!;
  const deviation = model.deviation[feature]!;
  const result = new Float32Array(column.length);
  if (deviation === 0) return result;
  for (let row = 0; row < column.length; row++) {
    const scaled = (column[row]! - mean) / deviation;
    // A missing value fails every comparison and stays 0.
    if (scaled > CLIP) result[row] = CLIP;
    else if (scaled < -CLIP) result[row] = -CLIP;
    else if (scaled === scaled) result[row] = scaled;
  }
  return result;
}

function momentsOf(column: Float32Array): { mean: number; deviation: number } {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of column) {
    if (value !== value) continue;
    count++;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  const deviation = count > 1 ? Math.sqrt(squares / count) : 0;
  return { mean, deviation: deviation > 1e-9 * Math.abs(mean) + 1e-12 ? deviation : 0 };
}
