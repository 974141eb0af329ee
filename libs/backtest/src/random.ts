/**
 * A seeded source of uniform numbers in `[0, 1)`, the same on every machine.
 *
 * SplitMix32: a Weyl sequence through a 32-bit finaliser (Steele, Lea and Flood 2014).
 */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 4294967296;
  };
}
