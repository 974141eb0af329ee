import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.js';
import { sigmoid } from '../trees/objective.js';
import { calibrate, fitCalibration } from './calibration.js';

/** Outcomes drawn with log odds `truth(score)`. */
function drawn(rows: number, seed: number, truth: (score: number) => number) {
  const random = seededRandom(seed);
  const scores = Float64Array.from({ length: rows }, () => random.normal());
  return { scores, outcomes: scores.map((score) => (random.uniform() < sigmoid(truth(score)) ? 1 : 0)) };
}

describe('calibration', () => {
  it('finds the line between scores and log odds', () => {
    const { scores, outcomes } = drawn(40_000, 1, (score) => 0.3 + 0.5 * score);
    const calibration = fitCalibration(scores, outcomes, 1, 0.5);
    expect(calibration.intercept).toBeCloseTo(0.3, 1);
    expect(calibration.slope).toBeCloseTo(0.5, 1);
  });

  it('says the base rate when the scores show nothing', () => {
    const { scores, outcomes } = drawn(2000, 2, () => 0);
    const calibration = fitCalibration(scores, outcomes, 1, 0.6);
    expect(calibration.slope).toBe(0);
    expect(calibrate(calibration, Float64Array.of(-9, 9))).toEqual(
      Float64Array.of(sigmoid(calibration.intercept), sigmoid(calibration.intercept)),
    );
    expect(sigmoid(calibration.intercept)).toBeCloseTo(0.6, 12);
  });

  it('does not turn a score around that ranks the wrong way', () => {
    const { scores, outcomes } = drawn(5000, 3, (score) => -score);
    expect(fitCalibration(scores, outcomes, 1, 0.5)).toMatchObject({ slope: 0, intercept: 0 });
    expect(fitCalibration(scores, outcomes, 1, 0.5).evidence).toBeLessThan(-10);
  });

  it('counts overlapping labels as the few that they are', () => {
    // Every outcome and score stands for 20 equal neighbours: the same evidence, not √20 times as much.
    const once = drawn(400, 4, (score) => 0.4 * score);
    const repeat = (values: Float64Array): Float64Array =>
      Float64Array.from({ length: 20 * values.length }, (_, i) => values[Math.floor(i / 20)]!);
    const alone = fitCalibration(once.scores, once.outcomes, 1, 0.5).evidence;
    const repeated = fitCalibration(repeat(once.scores), repeat(once.outcomes), 20, 0.5).evidence;
    expect(repeated).toBeCloseTo(alone, 6);
  });

  it('asks nothing of a handful of labels', () => {
    const { scores, outcomes } = drawn(100, 5, (score) => 5 * score);
    expect(fitCalibration(scores, outcomes, 24, 0.5).slope).toBe(0);
  });
});
