import { describe, expect, it } from '@jest/globals';
import { fitIsotonic, isotonicAt } from './isotonic.js';

const fit = (scores: number[], outcomes: number[], margin = 0) =>
  fitIsotonic(Float64Array.from(scores), Float64Array.from(outcomes), margin);

describe('the rising line of pool-adjacent-violators', () => {
  it('pools neighbours that fall, by hand', () => {
    // 0 | 1 0 | 1: the fall from the second to the third makes one pool of both, at score 2.5 and share 1/2.
    expect(fit([1, 2, 3, 4], [0, 1, 0, 1])).toEqual({ scores: [1, 2.5, 4], probabilities: [0, 0.5, 1] });
  });

  it('takes outcomes in the order of their scores, wherever they stand', () => {
    expect(fit([4, 3, 1, 2], [1, 0, 0, 1])).toEqual(fit([1, 2, 3, 4], [0, 1, 0, 1]));
  });

  it('becomes one level where nothing rises', () => {
    expect(fit([1, 2, 3, 4], [1, 1, 0, 0])).toEqual({ scores: [2.5], probabilities: [0.5] });
  });

  it('gives equal scores one probability', () => {
    expect(fit([1, 1, 1, 2], [0, 1, 0, 1])).toEqual({
      scores: [1, 2],
      probabilities: [expect.closeTo(1 / 3, 12), 1],
    });
  });

  it('keeps away from certainty', () => {
    expect(fit([1, 2], [0, 1], 0.1).probabilities).toEqual([0.1, 0.9]);
  });

  it('runs straight between its points and level outside', () => {
    const line = { scores: [1, 3], probabilities: [0.2, 0.6] };
    expect([-5, 1, 1.5, 2, 3, 9].map((score) => isotonicAt(line, score))).toEqual(
      [0.2, 0.2, 0.3, 0.4, 0.6, 0.6].map((value) => expect.closeTo(value, 12)),
    );
  });
});
