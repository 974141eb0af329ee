import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.js';
import { bootstrapBlockRows, bootstrapIntervals, resampleBlocks, stratifiedAuc } from './bootstrap.js';
import { rankScores } from './metrics.js';

describe('the block bootstrap', () => {
  it('draws as many rows as there are, in whole blocks of neighbours', () => {
    const copies = new Float64Array(100);
    resampleBlocks(100, 10, seededRandom(1), copies);
    expect(copies.reduce((sum, value) => sum + value, 0)).toBe(100);
    const changes = copies.filter((value, i) => value !== copies[(i + 1) % 100]).length;
    expect(changes).toBeLessThanOrEqual(20);
  });

  it('keeps two label spans together, and the cube root of many rows', () => {
    expect(bootstrapBlockRows(8000, 24)).toBe(48);
    expect(bootstrapBlockRows(8000, 1)).toBe(20);
    expect(bootstrapBlockRows(30, 24)).toBe(30);
  });

  it('covers the AUC of independent rows about as the theory says', () => {
    const random = seededRandom(2);
    const outcomes = Float64Array.from({ length: 2000 }, (_, i) => i % 2);
    const scores = outcomes.map((outcome) => outcome * 0.5 + random.normal());
    const block = { ranking: rankScores(scores), outcomes };
    const { auc } = bootstrapIntervals([block], [], 1, 0.95, seededRandom(3));
    // Hanley and McNeil (1982): AUC Φ(0.5/√2) = 0.638, standard error about 0.0124 for 1000 and 1000.
    expect(auc.high - auc.low).toBeGreaterThan(2 * 1.96 * 0.0124 * 0.8);
    expect(auc.high - auc.low).toBeLessThan(2 * 1.96 * 0.0124 * 1.25);
    expect(auc.low).toBeLessThan(stratifiedAuc([block]));
    expect(auc.high).toBeGreaterThan(stratifiedAuc([block]));
  });

  it('compares pairs within a block only', () => {
    const block = (scores: number[], outcomes: number[]) => ({
      ranking: rankScores(Float64Array.from(scores)),
      outcomes: Float64Array.from(outcomes),
    });
    // Each block ranks perfectly although the second one's scores are all lower.
    expect(stratifiedAuc([block([5, 6], [0, 1]), block([1, 2], [0, 1])])).toBe(1);
  });

  it('says how far a mean difference may be chance', () => {
    const outcomes = Float64Array.from({ length: 500 }, (_, i) => i % 2);
    const block = { ranking: rankScores(outcomes), outcomes };
    const { differences } = bootstrapIntervals(
      [block],
      [[outcomes.map(() => 0.25)]],
      1,
      0.9,
      seededRandom(1),
    );
    expect(differences).toEqual([{ low: expect.closeTo(0.25, 12), high: expect.closeTo(0.25, 12) }]);
  });
});
