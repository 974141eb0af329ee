import { describe, expect, it } from '@jest/globals';
import { holdOutValidation, walkForwardFolds } from './folds.js';

describe('walk-forward folds', () => {
  const folds = walkForwardFolds(10_000, 24);

  it('leave a purged and embargoed gap of two horizons before each test part', () => {
    for (const { train, test } of folds) expect(test.from - train.to).toBe(48);
  });

  it('test every row from a quarter on once, in order', () => {
    expect(folds[0]!.test.from).toBe(2500);
    folds.slice(1).forEach(({ test }, i) => expect(test.from).toBe(folds[i]!.test.to));
    expect(folds.at(-1)!.test.to).toBe(10_000);
  });

  it('keep the newest fifth for the end', () => {
    expect(folds.map(({ role }) => role)).toEqual([
      'calibration',
      'calibration',
      'development',
      'development',
      'development',
      'last',
    ]);
    expect(folds.at(-1)!.test.from).toBe(8000);
  });

  it('leave the same gap before the rows that decide when to stop', () => {
    expect(holdOutValidation({ from: 0, to: 1000 }, 24)).toEqual({
      fit: { from: 0, to: 752 },
      validation: { from: 800, to: 1000 },
    });
  });
});
