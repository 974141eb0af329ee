import type { Candles } from '@app/backtest';
import type { Series } from './series.js';

/**
 * One column that a model may learn from.
 *
 * `compute` gives one value a bar, from that bar's close and what came before it: changing any
 * later bar changes nothing. A value needs at most `lookback` earlier bars; before that, and where
 * a quotient has no meaning, it is `NaN`, which models treat as missing.
 */
export interface Feature {
  readonly name: string;
  readonly description: string;
  readonly lookback: number;
  readonly compute: (input: FeatureInput) => Series;
}

/** Candles with what several features share, computed once on first use. */
export class FeatureInput {
  readonly #shared = new Map<string, Series>();

  constructor(readonly candles: Candles) {}

  get length(): number {
    return this.candles.time.length;
  }

  /** The series called `key`, made by `make` the first time it is asked for. */
  shared(key: string, make: () => Series): Series {
    const known = this.#shared.get(key);
    if (known) return known;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }
}
