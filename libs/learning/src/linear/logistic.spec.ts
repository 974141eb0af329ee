import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.js';
import { sigmoid } from '../trees/objective.js';
import { fitLogisticPath, type LogisticModel, scoreLogistic } from './logistic.js';

const fitLogistic = (columns: Float32Array[], target: Float64Array, l2: number): LogisticModel =>
  fitLogisticPath(columns, target, [l2])[0]!;

describe('logistic regression', () => {
  it('finds the weights that drew the outcomes', () => {
    const random = seededRandom(1);
    const columns = [0, 1].map(() => Float32Array.from({ length: 20_000 }, () => random.normal()));
    const target = Float64Array.from(columns[0]!, (x, i) =>
      random.uniform() < sigmoid(0.4 + 0.8 * x - 0.5 * columns[1]![i]!) ? 1 : 0,
    );
    const model = fitLogistic(columns, target, 1e-6);
    expect([model.intercept, ...model.weights]).toEqual([
      expect.closeTo(0.4, 1),
      expect.closeTo(0.8, 1),
      expect.closeTo(-0.5, 1),
    ]);
  });

  it('arrives at the same optimum from a stronger penalty', () => {
    const x = Float32Array.of(-2, -1, 0, 1, 2, 3);
    const target = Float64Array.of(0, 1, 0, 1, 0, 1);
    const [, along] = fitLogisticPath([x], target, [50, 0.5]);
    expect(along!.weights[0]).toBeCloseTo(fitLogistic([x], target, 0.5).weights[0]!, 5);
  });

  it('has no slope left at its penalised optimum', () => {
    const x = Float32Array.of(-1.5, -0.5, 0.5, 1.5);
    const target = Float64Array.of(0, 1, 0, 1);
    const model = fitLogistic([x], target, 0.7);
    const residuals = scoreLogistic(model, [x]).map((score, i) => target[i]! - sigmoid(score));
    const slope = residuals.reduce(
      (sum, r, i) => sum + (r * (x[i]! - model.mean[0]!)) / model.deviation[0]!,
      0,
    );
    expect(slope - 0.7 * model.weights[0]!).toBeCloseTo(0, 6);
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 6);
  });

  it('gives constant and missing columns no weight', () => {
    const target = Float64Array.of(0, 1, 0, 1);
    const model = fitLogistic([Float32Array.of(5, 5, 5, 5), new Float32Array(4).fill(NaN)], target, 1);
    expect(model.weights).toEqual([0, 0]);
  });

  it('takes a missing value as the mean', () => {
    const x = Float32Array.of(-1, 1, -1, 1);
    const model = fitLogistic([x], Float64Array.of(0, 1, 1, 1), 1);
    expect(scoreLogistic(model, [Float32Array.of(NaN)])[0]).toBeCloseTo(model.intercept, 12);
  });
});
