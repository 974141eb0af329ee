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
  const moving = columns.flatMap((_, feature) => (moments[feature]!.deviation > 0 ? [feature] : []));
  const standardised = moving.map((feature) => standardise(columns[feature]!, model, feature));
  let weights = new Float64Array(moving.length + 1);
  weights[0] = model.intercept;
  let curvature = curvatureOf(standardised, weights, target.length);
  return penalties.map((l2) => {
    ({ weights, curvature } = descend(weights, curvature, standardised, target, l2));
    model = { ...model, intercept: weights[0]!, weights: columns.map(() => 0) };
    moving.forEach((feature, i) => (model.weights[feature] = weights[i + 1]!));
    return model;
  });
}

/**
 * Newton's method from `start` (intercept first). The curvature hardly changes while probabilities
 * stay near ½, so one serves many steps and is drawn anew only where they stop shrinking fast.
 */
function descend(
  start: Float64Array,
  startCurvature: Float64Array,
  standardised: readonly Float32Array[],
  target: Float64Array,
  l2: number,
): { weights: Float64Array<ArrayBuffer>; curvature: Float64Array } {
  const weights = Float64Array.from(start);
  let curvature = startCurvature;
  let before = Infinity;
  for (let step = 0; step < MAX_STEPS; step++) {
    const move = solveSymmetric(penalised(curvature, l2), slopeOf(weights, standardised, target, l2));
    const largest = move.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    move.forEach((value, i) => (weights[i]! += value));
    if (largest < SETTLED) break;
    if (largest > REUSE_WHILE * before) {
      curvature = curvatureOf(standardised, weights, target.length);
      before = Infinity;
    } else before = largest;
  }
  return { weights, curvature };
}

/** Weights of standardised features move the log odds of a row by little more than this. */
const SETTLED = 1e-5;

/** A step this much smaller than the one before it says that the old curvature still serves. */
const REUSE_WHILE = 0.3;

/** Slope of the penalised log likelihood along each weight, intercept first. */
function slopeOf(
  weights: Float64Array,
  standardised: readonly Float32Array[],
  target: Float64Array,
  l2: number,
): Float64Array {
  const residual = probabilitiesOf(weights, standardised, target.length);
  const slope = new Float64Array(weights.length);
  for (let row = 0; row < residual.length; row++) {
    residual[row] = target[row]! - residual[row]!;
    slope[0]! += residual[row]!;
  }
  for (let i = 1; i < slope.length; i++) {
    const column = standardised[i - 1]!;
    let sum = 0;
    for (let row = 0; row < residual.length; row++) sum += column[row]! * residual[row]!;
    slope[i] = sum - l2 * weights[i]!;
  }
  return slope;
}

/** Negative second derivatives of the log likelihood at `weights`, row-major and symmetric. */
function curvatureOf(
  standardised: readonly Float32Array[],
  weights: Float64Array,
  rows: number,
): Float64Array {
  const size = weights.length;
  const matrix = new Float64Array(size * size);
  const curvature = probabilitiesOf(weights, standardised, rows);
  for (let row = 0; row < rows; row++) curvature[row] = curvature[row]! * (1 - curvature[row]!) + 1e-9;
  const weighted = new Float64Array(rows);
  for (let i = 0; i < size; i++) {
    const left = standardised[i - 1];
    for (let row = 0; row < rows; row++) weighted[row] = (left ? left[row]! : 1) * curvature[row]!;
    for (let j = 0; j <= i; j++) {
      const right = standardised[j - 1];
      let sum = 0;
      if (right) for (let row = 0; row < rows; row++) sum += weighted[row]! * right[row]!;
      else for (let row = 0; row < rows; row++) sum += weighted[row]!;
      matrix[i * size + j] = sum;
      matrix[j * size + i] = sum;
    }
  }
  return matrix;
}

/** A curvature with the penalty of every weight but the intercept. */
function penalised(curvature: Float64Array, l2: number): Float64Array {
  const size = Math.sqrt(curvature.length);
  const matrix = Float64Array.from(curvature);
  for (let i = 1; i < size; i++) matrix[i * size + i]! += l2 + 1e-9;
  return matrix;
}

function probabilitiesOf(
  weights: Float64Array,
  standardised: readonly Float32Array[],
  rows: number,
): Float64Array {
  const scores = linearScores(weights[0]!, weights.subarray(1), standardised, rows);
  for (let row = 0; row < rows; row++) scores[row] = sigmoid(scores[row]!);
  return scores;
}

/** Newton's method on this convex loss settles in a dozen steps; more means separable classes. */
const MAX_STEPS = 40;

/** The log odds of every row. */
export function scoreLogistic(model: LogisticModel, columns: Columns): Float64Array {
  const used = columns.flatMap((_, feature) => (model.weights[feature] === 0 ? [] : [feature]));
  return linearScores(
    model.intercept,
    used.map((feature) => model.weights[feature]!),
    used.map((feature) => standardise(columns[feature]!, model, feature)),
    columns[0]?.length ?? 0,
  );
}

function linearScores(
  intercept: number,
  weights: ArrayLike<number>,
  standardised: readonly Float32Array[],
  rows: number,
): Float64Array {
  const scores = new Float64Array(rows).fill(intercept);
  for (let i = 0; i < standardised.length; i++) {
    const column = standardised[i]!;
    const weight = weights[i]!;
    for (let row = 0; row < rows; row++) scores[row]! += weight * column[row]!;
  }
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
