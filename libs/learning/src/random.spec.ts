import { describe, expect, it } from '@jest/globals';
import { seededRandom } from './random.js';

describe('seeded random numbers', () => {
  it('repeat for a seed and differ for another', () => {
    const first = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => random.uint32());
    };
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it('are uniform and normal in their moments', () => {
    const random = seededRandom(3);
    let sum = 0;
    let normal = 0;
    let squares = 0;
    for (let i = 0; i < 100_000; i++) {
      sum += random.uniform();
      const z = random.normal();
      normal += z;
      squares += z * z;
    }
    // Five standard errors: 5·0.289/√100000, 5/√100000 and 5·√2/√100000.
    expect(Math.abs(sum / 1e5 - 0.5)).toBeLessThan(0.0046);
    expect(Math.abs(normal / 1e5)).toBeLessThan(0.016);
    expect(Math.abs(squares / 1e5 - 1)).toBeLessThan(0.0224);
  });
});
