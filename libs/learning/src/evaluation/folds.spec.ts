import { describe, expect, it } from '@jest/globals';
import { crossValidationParts, holdOutValidation, walkForwardFolds } from './folds.js';

describe('walk-forward folds', () => {
  const folds = walkForwardFolds(10_000, 24);

  it('leave a purged and embargoed gap of two horizons before each test part', () => {
    for (const { train, test } of folds) expect(test.from - train.to).toBe(48);
  });

  it('test every row from 45 % on once, in order', () => {
    expect(folds[0]!.test.from).toBe(4500);
    folds.slice(1).forEach(({ test }, i) => expect(test.from).toBe(folds[i]!.test.to));
    expect(folds.at(-1)!.test.to).toBe(10_000);
  });

  it('keep the newest fifth for the end', () => {
    expect(folds.map(({ role }) => role)).toEqual(['development', 'development', 'development', 'last']);
    expect(folds.at(-1)!.test.from).toBe(8000);
  });

  it('leave the same gap before the rows that decide when to stop', () => {
    expect(holdOutValidation({ from: 0, to: 1000 }, 24)).toEqual({
      fit: { from: 0, to: 752 },
      validation: { from: 800, to: 1000 },
    });
  });
});

describe('cross-validation inside a training part', () => {
  const parts = crossValidationParts({ from: 100, to: 1100 }, 5);

  it('holds every row out once', () => {
    expect(parts.map(({ held }) => held)).toEqual([
      { from: 100, to: 350 },
      { from: 350, to: 600 },
      { from: 600, to: 850 },
      { from: 850, to: 1100 },
    ]);
  });

  it('fits on what lies a gap away on either side', () => {
    expect(parts.map(({ fit }) => fit)).toEqual([
      [{ from: 360, to: 1100 }],
      [
        { from: 100, to: 340 },
        { from: 610, to: 1100 },
      ],
      [
        { from: 100, to: 590 },
        { from: 860, to: 1100 },
      ],
      [{ from: 100, to: 840 }],
    ]);
  });
});
