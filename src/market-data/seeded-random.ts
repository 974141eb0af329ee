const { cos, imul, log, sin, sqrt, PI } = Math;

/** Seeded draws, the same on every machine. */
export interface SeededRandom {
  /** A uniform number in `(0, 1)`. */
  uniform(): number;
  /** A standard normal draw (Box and Muller 1958). */
  normal(): number;
}

/** The generator sfc32 (Doty-Humphrey 2010), started from a number and a word. */
export function seededRandom(seed: number, stream: string): SeededRandom {
  let a = seed | 0;
  let b = 0x811c9dc5;
  for (let i = 0; i < stream.length; i++) b = imul(b ^ stream.charCodeAt(i), 0x01000193);
  let c = 0x9e3779b9;
  let counter = 1;
  const uniform = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) / 4294967296;
  };
  for (let i = 0; i < 20; i++) uniform();
  let spare = NaN;
  return {
    uniform,
    normal: () => {
      if (!Number.isNaN(spare)) {
        const kept = spare;
        spare = NaN;
        return kept;
      }
      const radius = sqrt(-2 * log(uniform()));
      const angle = 2 * PI * uniform();
      spare = radius * sin(angle);
      return radius * cos(angle);
    },
  };
}
