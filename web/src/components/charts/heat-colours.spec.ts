import { expect, test } from 'vitest';
import { heatColour, placeIn, rangeOf } from './heat-colours';

test('runs from dark to bright, through its stops', () => {
  expect(heatColour(0)).toBe('rgb(68 1 84)');
  expect(heatColour(0.5)).toBe('rgb(33 145 140)');
  // Half way between the first two stops.
  expect(heatColour(0.125)).toBe('rgb(64 42 112)');
  expect(heatColour(1)).toBe('rgb(253 231 37)');
});

test('takes no account of cells without a run', () => {
  expect(
    rangeOf([
      [null, 3],
      [-1, null],
    ]),
  ).toEqual({ min: -1, max: 3 });
  expect(rangeOf([[null]])).toBeNull();
});

test('puts the best at the bright end, also where less is better', () => {
  const range = { min: 0.1, max: 0.5 };
  expect(placeIn(0.5, range, false)).toBe(1);
  expect(placeIn(0.5, range, true)).toBe(0);
  expect(placeIn(0.1, range, true)).toBe(1);
  expect(placeIn(2, { min: 2, max: 2 }, true)).toBe(1);
});
