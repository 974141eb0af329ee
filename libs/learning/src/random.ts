/** A seeded source of randomness: the same seed gives the same sequence on every machine. */
export interface Random {
  /** A uniform integer in `[0, 2³²)`. */
  uint32(): number;
  /** A uniform number in `[0, 1)` with 32 bits of resolution. */
  uniform(): number;
  /** A uniform integer in `[0, limit)`. */
  below(limit: number): number;
  /** A standard normal draw (Box and Muller 1958). */
  normal(): number;
}

/** Bound once: a sandbox that looks globals up by name, as a test runner's does, would pay for each use. */
const { imul } = Math;

/** xoshiro128** (Blackman and Vigna 2018), its state filled from `seed` by a 32-bit mix. */
export function seededRandom(seed: number): Random {
  const state = new Uint32Array(4);
  let fill = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    fill = (fill + 0x9e3779b9) >>> 0;
    let word = fill;
    word = imul(word ^ (word >>> 16), 0x85ebca6b);
    word = imul(word ^ (word >>> 13), 0xc2b2ae35);
    state[i] = word ^ (word >>> 16);
  }

  function uint32(): number {
    const scrambled = imul(rotateLeft(imul(state[1]!, 5), 7), 9) >>> 0;
    const shifted = state[1]! << 9;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = rotateLeft(state[3]!, 11);
    return scrambled;
  }
  const uniform = (): number => uint32() / 4294967296;

  return {
    uint32,
    uniform,
    below: (limit) => Math.floor(uniform() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
