/** What boosting minimises: gradients for the next tree, the mean loss to watch, and leaf values. */
export interface Objective {
  /** The constant score with the least loss. */
  base(target: Float64Array): number;
  gradients(target: Float64Array, scores: Float64Array, gradient: Float32Array, hessian: Float32Array): void;
  /** Mean loss a row. */
  loss(target: Float64Array, scores: Float64Array): number;
  /** Leaf value from the residuals of its rows; `null`: the Newton step −G/(H+λ) is right. */
  leafValue: ((residuals: Float64Array) => number) | null;
}

/** Bound once: a sandbox that looks globals up by name, as a test runner's does, would pay for each use. */
const { abs, exp, log1p } = Math;

export function sigmoid(score: number): number {
  return 1 / (1 + exp(-score));
}

/** Keeps a logit of a base rate finite when a class is absent. */
const RATE_FLOOR = 1e-6;

export function logit(probability: number): number {
  const inside = Math.min(1 - RATE_FLOOR, Math.max(RATE_FLOOR, probability));
  return Math.log(inside / (1 - inside));
}

/** Log loss of `P(target = 1) = sigmoid(score)`; targets are 0 or 1. */
export const logLossObjective: Objective = {
  base(target) {
    let ones = 0;
    for (const value of target) ones += value;
    return logit(ones / target.length);
  },
  gradients(target, scores, gradient, hessian) {
    for (let row = 0; row < target.length; row++) {
      const probability = 1 / (1 + exp(-scores[row]!));
      gradient[row] = probability - target[row]!;
      hessian[row] = probability * (1 - probability) + 1e-12;
    }
  },
  loss(target, scores) {
    let sum = 0;
    for (let row = 0; row < target.length; row++) {
      const score = scores[row]!;
      // log(1 + e^s) − y·s without overflow
      sum += (score > 0 ? score : 0) + log1p(exp(-abs(score))) - target[row]! * score;
    }
    return sum / target.length;
  },
  leafValue: null,
};

/**
 * Pinball loss of the `level` quantile (Koenker and Bassett 1978). Trees grow on its sign
 * gradients; each leaf then takes the empirical quantile of its residuals (Friedman 2001, LAD_TreeBoost).
 */
export function pinballObjective(level: number): Objective {
  return {
    base: (target) => quantileOf(target.slice(), level),
    gradients(target, scores, gradient, hessian) {
      for (let row = 0; row < target.length; row++) {
        gradient[row] = target[row]! > scores[row]! ? -level : 1 - level;
        hessian[row] = 1;
      }
    },
    loss(target, scores) {
      let sum = 0;
      for (let row = 0; row < target.length; row++) {
        const residual = target[row]! - scores[row]!;
        sum += residual > 0 ? level * residual : (level - 1) * residual;
      }
      return sum / target.length;
    },
    leafValue: (residuals) => quantileOf(residuals, level),
  };
}

/** The `level` quantile with linear interpolation (Hyndman and Fan 1996, type 7); sorts `values` in place. */
export function quantileOf(values: Float64Array, level: number): number {
  if (values.length === 0) return 0;
  values.sort();
  const place = level * (values.length - 1);
  const below = Math.floor(place);
  const lower = values[below]!;
  const upper = values[Math.min(below + 1, values.length - 1)]!;
  return lower + (place - below) * (upper - lower);
}
