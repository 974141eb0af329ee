import { seededRandom, type SeededRandom } from '../../market-data/seeded-random.js';

/** Seeded choices: one seed, one run. */
export class Dice {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = seededRandom(seed, 'fuzz');
  }

  chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.#random.uniform() * (most - least + 1));
  }

  number(least: number, most: number): number {
    return least + this.#random.uniform() * (most - least);
  }

  one<T>(of: readonly T[]): T {
    return of[this.integer(0, of.length - 1)]!;
  }
}
