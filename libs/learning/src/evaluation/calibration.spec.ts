import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.js';
import { sigmoid } from '../trees/objective.js';
import { calibrate, fitCalibration, fitPlatt, isSilent } from './calibration.js';

/** Outcomes drawn with log odds `truth(score)`. */
function drawn(rows: number, seed: number, truth: (score: number) => number) {
  const random = seededRandom(seed);
  const scores = Float64Array.from({ length: rows }, () => random.normal());
  return { scores, outcomes: scores.map((score) => (random.uniform() < sigmoid(truth(score)) ? 1 : 0)) };
}

describe('calibration', () => {
  it('finds the line between scores and log odds', () => {
    const { scores, outcomes } = drawn(40_000, 1, (score) => 0.3 + 0.5 * score);
    const calibration = fitPlatt(scores, outcomes, 1);
    expect(calibration.intercept).toBeCloseTo(0.3, 1);
    expect(calibration.slope).toBeCloseTo(0.5, 1);
  });

  it('says the base rate when the scores show nothing', () => {
    const { scores, outcomes } = drawn(2000, 2, () => 0);
    const calibration = fitPlatt(scores, outcomes, 1);
    expect(isSilent(calibration)).toBe(true);
    expect(calibrate(calibration, Float64Array.of(-9, 9))).toEqual(
      Float64Array.of(sigmoid(calibration.intercept), sigmoid(calibration.intercept)),
    );
    const rises = outcomes.reduce((sum, outcome) => sum + outcome, 0);
    expect(sigmoid(calibration.intercept)).toBeCloseTo((rises + 1) / 2002, 12);
  });

  it('does not turn a score around that ranks the wrong way', () => {
    const { scores, outcomes } = drawn(5000, 3, (score) => -score);
    expect(fitPlatt(scores, outcomes, 1).slope).toBe(0);
    expect(fitPlatt(scores, outcomes, 1).evidence).toBeLessThan(-10);
  });

  it('counts overlapping labels as the few that they are', () => {
    // Every outcome and score stands for 20 equal neighbours: the same evidence, not √20 times as much.
    const once = drawn(400, 4, (score) => 0.4 * score);
    const repeat = (values: Float64Array): Float64Array =>
      Float64Array.from({ length: 20 * values.length }, (_, i) => values[Math.floor(i / 20)]!);
    const alone = fitPlatt(once.scores, once.outcomes, 1).evidence;
    const repeated = fitPlatt(repeat(once.scores), repeat(once.outcomes), 20).evidence;
    expect(repeated).toBeCloseTo(alone, 6);
  });

  it('asks nothing of a handful of labels', () => {
    const { scores, outcomes } = drawn(100, 5, (score) => 5 * score);
    expect(isSilent(fitPlatt(scores, outcomes, 24))).toBe(true);
  });
});

describe('the choice between a sigmoid and a rising line', () => {
  const quarters = (rows: number) =>
    [0, 1, 2, 3].map((k) => ({ from: (k * rows) / 4, to: ((k + 1) * rows) / 4 }));

  it('stays with the sigmoid where it is true', () => {
    const { scores, outcomes } = drawn(20_000, 6, (score) => 0.5 * score);
    expect(fitCalibration(scores, outcomes, 1, quarters(20_000)).method).toBe('platt');
  });

  it('takes the rising line where a step is true, fitted to all out-of-fold rows', () => {
    const { scores, outcomes } = drawn(20_000, 7, (score) => (score > 1 ? 2 : -0.5));
    const calibration = fitCalibration(scores, outcomes, 1, quarters(20_000));
    expect(calibration.method).toBe('isotonic');
    const [low, high] = calibrate(calibration, Float64Array.of(-1, 2));
    expect(low).toBeCloseTo(sigmoid(-0.5), 1);
    expect(high).toBeCloseTo(sigmoid(2), 1);
  });

  it('needs evidence first', () => {
    const { scores, outcomes } = drawn(4000, 8, () => 0);
    expect(isSilent(fitCalibration(scores, outcomes, 1, quarters(4000)))).toBe(true);
  });
});
