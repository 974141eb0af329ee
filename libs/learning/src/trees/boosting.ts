import { LearningError } from '../errors.js';
import { seededRandom } from '../random.js';
import { type BinnedMatrix, binMatrix, type Columns } from './binned-matrix.js';
import { addTreeScores, appendTree, emptyEnsemble, type Ensemble, truncateEnsemble } from './ensemble.js';
import type { Objective } from './objective.js';
import { type GrownTree, type GrowthRules, TreeGrower } from './tree-grower.js';

/** Settings of gradient boosting; weights are sums of hessians, as in the XGBoost paper. */
export interface BoostingParams extends GrowthRules {
  /** Trees at most. */
  readonly rounds: number;
  readonly learningRate: number;
  /** Share of rows, and of features, that each tree sees. */
  readonly rowSample: number;
  readonly columnSample: number;
  /** Rounds without a better validation loss after which boosting stops. */
  readonly patience: number;
}

export interface BoostingData {
  readonly columns: Columns;
  readonly target: Float64Array;
  /** Scores of another model that the trees are added to; the best constant if absent. */
  readonly start?: Float64Array | undefined;
}

export interface BoostingRound {
  /** 1-based. */
  readonly round: number;
  readonly rounds: number;
  readonly validationLoss: number | null;
}

export interface Boosted {
  readonly ensemble: Ensemble;
  /** Validation loss before any tree and after each; empty without a validation part. */
  readonly validationLosses: number[];
  /** Summed gain a feature over the trees that were kept. */
  readonly gain: Float64Array;
}

export interface BoostingRequest {
  readonly train: BoostingData;
  /** Rows that only decide when to stop. */
  readonly validation?: BoostingData | undefined;
  readonly objective: Objective;
  readonly params: BoostingParams;
  readonly seed: number;
  readonly onRound?: ((round: BoostingRound) => void) | undefined;
  /** Asked before every round; `true` ends in `CANCELLED`. */
  readonly shouldStop?: (() => boolean) | undefined;
}

/**
 * Fits gradient-boosted trees on histograms (Friedman 2001; Chen and Guestrin 2016; Ke et al. 2017).
 *
 * Stops when the validation loss has not improved for `patience` rounds and keeps the best number
 * of rounds. The same data, parameters and seed give the same trees bit for bit.
 * @throws LearningError `CANCELLED` when `shouldStop` says so.
 */
export function boost(request: BoostingRequest): Boosted {
  const { train, validation, objective, params } = request;
  const random = seededRandom(request.seed);
  const matrix = binMatrix(train.columns);
  const validationMatrix = validation && binMatrix(validation.columns, matrix.cuts);
  const base = train.start ? 0 : objective.base(train.target);
  const ensemble = emptyEnsemble(base);
  const scores = train.start?.slice() ?? new Float64Array(matrix.rows).fill(base);
  const validationScores =
    validation?.start?.slice() ?? new Float64Array(validationMatrix?.rows ?? 0).fill(base);
  const gradient = new Float64Array(matrix.rows);
  const hessian = new Float64Array(matrix.rows);
  const grower = new TreeGrower(matrix, params);
  const gains: Float64Array[] = [];
  const validationLosses = validation ? [objective.loss(validation.target, validationScores)] : [];
  let bestRound = 0;

  for (let round = 1; round <= params.rounds; round++) {
    if (request.shouldStop?.())
      throw new LearningError('CANCELLED', `Training was cancelled in round ${round}.`);
    objective.gradients(train.target, scores, gradient, hessian);
    const rowCount = sampleRows(grower.order, matrix.rows, params.rowSample, random);
    const features = sampleFeatures(matrix.features, params.columnSample, random);
    const tree = grower.grow(rowCount, features, gradient, hessian);
    const values = leafValues(tree, grower.order, train.target, scores, objective, params);
    if (rowCount === matrix.rows) addLeafScores(scores, tree, values, grower.order);
    else addTreeScores(scores, tree, values, matrix);
    appendTree(ensemble, tree, values, matrix.cuts);
    gains.push(gainByFeature(tree, matrix));

    if (validation && validationMatrix) {
      addTreeScores(validationScores, tree, values, validationMatrix);
      validationLosses.push(objective.loss(validation.target, validationScores));
      if (validationLosses[round]! < validationLosses[bestRound]!) bestRound = round;
    }
    request.onRound?.({ round, rounds: params.rounds, validationLoss: validationLosses[round] ?? null });
    if (validation && round - bestRound >= params.patience) break;
  }

  const kept = validation ? bestRound : gains.length;
  const gain = new Float64Array(matrix.features);
  for (const part of gains.slice(0, kept)) part.forEach((value, feature) => (gain[feature]! += value));
  return { ensemble: truncateEnsemble(ensemble, kept), validationLosses, gain };
}

/** Fills `order` with the rows of one tree in ascending order and returns how many there are. */
function sampleRows(
  order: Uint32Array,
  rows: number,
  share: number,
  random: ReturnType<typeof seededRandom>,
): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (share >= 1 || random.uniform() < share) order[count++] = row;
  }
  return count;
}

/** At least one feature, in ascending order, by selection sampling (Knuth, TAOCP 2, algorithm S). */
function sampleFeatures(features: number, share: number, random: ReturnType<typeof seededRandom>): number[] {
  let wanted = Math.max(1, Math.round(features * Math.min(1, share)));
  const chosen: number[] = [];
  for (let feature = 0; feature < features; feature++) {
    if (wanted === features - feature || random.uniform() * (features - feature) < wanted) {
      chosen.push(feature);
      wanted--;
    }
  }
  return chosen;
}

function leafValues(
  tree: GrownTree,
  order: Uint32Array,
  target: Float64Array,
  scores: Float64Array,
  objective: Objective,
  params: BoostingParams,
): Float64Array {
  return Float64Array.from(tree.feature, (feature, node) => {
    if (feature >= 0) return 0;
    if (objective.leafValue === null) {
      return (-params.learningRate * tree.gradient[node]!) / (tree.hessian[node]! + params.lambda);
    }
    const rows = order.subarray(tree.from[node], tree.to[node]);
    const residuals = Float64Array.from(rows, (row) => target[row]! - scores[row]!);
    return params.learningRate * objective.leafValue(residuals);
  });
}

function addLeafScores(
  scores: Float64Array,
  tree: GrownTree,
  values: Float64Array,
  order: Uint32Array,
): void {
  for (let node = 0; node < tree.feature.length; node++) {
    if (tree.feature[node]! >= 0) continue;
    const value = values[node]!;
    const to = tree.to[node]!;
    for (let k = tree.from[node]!; k < to; k++) scores[order[k]!]! += value;
  }
}

function gainByFeature(tree: GrownTree, matrix: BinnedMatrix): Float64Array {
  const gain = new Float64Array(matrix.features);
  tree.feature.forEach((feature, node) => {
    if (feature >= 0) gain[feature]! += tree.gain[node]!;
  });
  return gain;
}
