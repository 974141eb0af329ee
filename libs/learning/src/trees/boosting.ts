import { LearningError } from '../errors.js';
import { type Random, seededRandom } from '../random.js';
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

export interface BoosterSetup {
  readonly train: BoostingData;
  /** Rows that are scored as the trees grow, and that none of them learns from. */
  readonly validation?: BoostingData | undefined;
  readonly objective: Objective;
  readonly params: BoostingParams;
  readonly seed: number;
  /** Borders of the bins, a feature; drawn from the training rows if absent. */
  readonly cuts?: readonly Float32Array[] | undefined;
}

export interface BoostingCallbacks {
  readonly onRound?: ((round: BoostingRound) => void) | undefined;
  /** Asked before every round; `true` ends in `CANCELLED`. */
  readonly shouldStop?: (() => boolean) | undefined;
}

export type BoostingRequest = BoosterSetup & BoostingCallbacks;

/**
 * Gradient-boosted trees in the making, one `step` a tree, on histograms (Friedman 2001; Chen and
 * Guestrin 2016; Ke et al. 2017). The same data, parameters and seed give the same trees bit for bit.
 */
export class Booster {
  /** Scores of the validation rows after the trees so far; empty without a validation part. */
  readonly validationScores: Float64Array;
  /** Mean loss on the validation part after the trees so far; `null` without one. */
  validationLoss: number | null;
  readonly #matrix: BinnedMatrix;
  readonly #validationMatrix: BinnedMatrix | null;
  readonly #ensemble: Ensemble;
  readonly #scores: Float64Array;
  readonly #gradient: Float32Array;
  readonly #hessian: Float32Array;
  readonly #grower: TreeGrower;
  /** Features with more than one value: no other can split. */
  readonly #varying: readonly number[];
  readonly #random: Random;
  readonly #gains: Float64Array[] = [];

  constructor(private readonly setup: BoosterSetup) {
    const { train, validation, objective } = setup;
    this.#random = seededRandom(setup.seed);
    this.#matrix = binMatrix(train.columns, setup.cuts);
    this.#varying = this.#matrix.cuts.flatMap((cuts, feature) => (cuts.length > 0 ? [feature] : []));
    this.#validationMatrix = validation ? binMatrix(validation.columns, this.#matrix.cuts) : null;
    const base = train.start ? 0 : objective.base(train.target);
    this.#ensemble = emptyEnsemble(base);
    this.#scores = train.start?.slice() ?? new Float64Array(this.#matrix.rows).fill(base);
    this.validationScores =
      validation?.start?.slice() ?? new Float64Array(this.#validationMatrix?.rows ?? 0).fill(base);
    this.validationLoss = validation ? objective.loss(validation.target, this.validationScores) : null;
    this.#gradient = new Float32Array(this.#matrix.rows);
    this.#hessian = new Float32Array(this.#matrix.rows);
    this.#grower = new TreeGrower(this.#matrix, setup.params);
  }

  /** Adds one tree. */
  step(): void {
    const { train, validation, objective, params } = this.setup;
    const matrix = this.#matrix;
    const { order } = this.#grower;
    objective.gradients(train.target, this.#scores, this.#gradient, this.#hessian);
    const rowCount = sampleRows(order, matrix.rows, params.rowSample, this.#random);
    const features = sampleFeatures(this.#varying, params.columnSample, this.#random);
    const tree = this.#grower.grow(rowCount, features, this.#gradient, this.#hessian);
    const values = leafValues(tree, order, train.target, this.#scores, objective, params);
    if (rowCount === matrix.rows) addLeafScores(this.#scores, tree, values, order);
    else addTreeScores(this.#scores, tree, values, matrix);
    appendTree(this.#ensemble, tree, values, matrix.cuts);
    this.#gains.push(gainByFeature(tree, matrix));
    if (validation && this.#validationMatrix) {
      addTreeScores(this.validationScores, tree, values, this.#validationMatrix);
      this.validationLoss = objective.loss(validation.target, this.validationScores);
    }
  }

  /** The first `rounds` trees, and the summed gain of each feature in them. */
  keep(rounds: number): { ensemble: Ensemble; gain: Float64Array } {
    const gain = new Float64Array(this.#matrix.features);
    for (const part of this.#gains.slice(0, rounds)) {
      part.forEach((value, feature) => (gain[feature]! += value));
    }
    return { ensemble: truncateEnsemble(this.#ensemble, rounds), gain };
  }
}

/**
 * Fits boosted trees; stops when the validation loss has not improved for `patience` rounds and
 * keeps the best number of rounds.
 * @throws LearningError `CANCELLED` when `shouldStop` says so.
 */
export function boost(request: BoostingRequest): Boosted {
  const { validation, params } = request;
  const booster = new Booster(request);
  const validationLosses = booster.validationLoss === null ? [] : [booster.validationLoss];
  let bestRound = 0;
  let round = 0;
  while (round < params.rounds && !(validation && round - bestRound >= params.patience)) {
    round++;
    assertNotStopped(request, round);
    booster.step();
    if (booster.validationLoss !== null) {
      validationLosses.push(booster.validationLoss);
      if (booster.validationLoss < validationLosses[bestRound]!) bestRound = round;
    }
    request.onRound?.({ round, rounds: params.rounds, validationLoss: booster.validationLoss });
  }
  return { ...booster.keep(validation ? bestRound : round), validationLosses };
}

/** @throws LearningError `CANCELLED` when training is told to stop before this round. */
export function assertNotStopped({ shouldStop }: BoostingCallbacks, round: number): void {
  if (shouldStop?.()) throw new LearningError('CANCELLED', `Training was cancelled in round ${round}.`);
}

/** Fills `order` with the rows of one tree in ascending order and returns how many there are. */
function sampleRows(order: Uint32Array, rows: number, share: number, random: Random): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (share >= 1 || random.uniform() < share) order[count++] = row;
  }
  return count;
}

/** At least one of the features, in their order, by selection sampling (Knuth, TAOCP 2, algorithm S). */
function sampleFeatures(features: readonly number[], share: number, random: Random): number[] {
  let wanted = Math.max(1, Math.round(features.length * Math.min(1, share)));
  return features.filter((_, at) => {
    const left = features.length - at;
    const isChosen = wanted === left || random.uniform() * left < wanted;
    if (isChosen) wanted--;
    return isChosen;
  });
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
