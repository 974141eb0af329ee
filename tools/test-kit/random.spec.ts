import { describe, expect, test } from '@jest/globals';
import { SeededRandom } from './random.js';

describe('seeded random figures', () => {
  const draw = (seed: number) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 1000 }, () => random.uniform());
  };

  test('are the same for the same seed and others for another', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('are spread evenly', () => {
    const figures = draw(1);
    expect(figures.every((figure) => figure >= 0 && figure < 1)).toBe(true);
    expect(figures.reduce((sum, figure) => sum + figure) / figures.length).toBeCloseTo(0.5, 1);
  });

  test('weigh keys as they are told', () => {
    const random = new SeededRandom(3);
    const drawn = Array.from({ length: 1000 }, () => random.weighted({ often: 9, seldom: 1, never: 0 }));
    expect(drawn.filter((key) => key === 'often').length).toBeGreaterThan(850);
    expect(new Set(drawn)).toEqual(new Set(['often', 'seldom']));
  });

  test('go on independently in a fork', () => {
    const one = new SeededRandom(5);
    const fork = one.fork();
    expect(fork.uniform()).not.toBe(one.uniform());
  });
});
