import { BIN_LIMIT } from './binned-matrix.js';

/** What a split must keep and what it must bring. */
export interface SplitRules {
  /** L2 penalty on leaf values, in units of hessian. */
  readonly lambda: number;
  /** Least sum of hessians on each side of a split. */
  readonly minChildWeight: number;
  /** Least gain of a split. */
  readonly minGain: number;
}

export interface Split {
  readonly feature: number;
  /** The last bin that goes left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
  readonly leftGradient: number;
  readonly leftHessian: number;
}

/**
 * The split of a node that lowers the second-order objective most, or `null` if none may.
 *
 * Gain = ½ [G_L²/(H_L+λ) + G_R²/(H_R+λ) − G²/(H+λ)] (Chen and Guestrin 2016, eq. 7). Missing values
 * are tried on both sides and go where they help more (same paper, algorithm 3); a feature that
 * had none sends later ones to the heavier side. Equal gains keep the first feature and bin.
 */
export function bestSplit(
  histogram: Float64Array,
  features: readonly number[],
  cuts: readonly Float32Array[],
  gradient: number,
  hessian: number,
  rules: SplitRules,
): Split | null {
  const { lambda, minChildWeight } = rules;
  if (hessian < 2 * minChildWeight) return null;
  const parentScore = (gradient * gradient) / (hessian + lambda);
  let bestScore = parentScore + 2 * rules.minGain;
  let bestFeature = -1;
  let bestBin = 0;
  let bestMissingLeft = false;
  let bestGradient = 0;
  let bestHessian = 0;
  for (const feature of features) {
    const offset = feature * BIN_LIMIT * 2;
    const missingGradient = histogram[offset]!;
    const missingHessian = histogram[offset + 1]!;
    // Sums by subtraction leave dust where there is nothing; no real row weighs this little.
    const hasMissing = missingHessian > 1e-9 * hessian;
    const lastBin = cuts[feature]!.length + (hasMissing ? 1 : 0);
    let leftGradient = 0;
    let leftHessian = 0;
    for (let bin = 1; bin <= lastBin; bin++) {
      const at = offset + 2 * bin;
      const binHessian = histogram[at + 1]!;
      leftGradient += histogram[at]!;
      leftHessian += binHessian;
      if (leftHessian >= minChildWeight) {
        const rightHessian = hessian - leftHessian;
        if (rightHessian < minChildWeight) break;
        const rightGradient = gradient - leftGradient;
        const score =
          (leftGradient * leftGradient) / (leftHessian + lambda) +
          (rightGradient * rightGradient) / (rightHessian + lambda);
        if (score > bestScore) {
          bestScore = score;
          bestFeature = feature;
          bestBin = bin;
          bestMissingLeft = !hasMissing && leftHessian >= rightHessian;
          bestGradient = leftGradient;
          bestHessian = leftHessian;
        }
      }
      if (hasMissing) {
        const withMissing = leftHessian + missingHessian;
        const rightHessian = hessian - withMissing;
        if (withMissing >= minChildWeight && rightHessian >= minChildWeight) {
          const leftSum = leftGradient + missingGradient;
          const rightSum = gradient - leftSum;
          const score =
            (leftSum * leftSum) / (withMissing + lambda) + (rightSum * rightSum) / (rightHessian + lambda);
          if (score > bestScore) {
            bestScore = score;
            bestFeature = feature;
            bestBin = bin;
            bestMissingLeft = true;
            bestGradient = leftSum;
            bestHessian = withMissing;
          }
        }
      }
    }
  }
  if (bestFeature < 0) return null;
  return {
    feature: bestFeature,
    bin: bestBin,
    missingLeft: bestMissingLeft,
    gain: (bestScore - parentScore) / 2,
    leftGradient: bestGradient,
    leftHessian: bestHessian,
  };
}
