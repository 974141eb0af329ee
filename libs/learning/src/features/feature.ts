import type { Candles } from '@app/backtest';

/** One value a bar, oldest first. */
export type Series = Float64Array;

/**
 * One column that a model may learn from.
 *
 * `compute` gives one value a bar, from that bar's close and what came before it: changing any
 * later bar changes nothing. Its first `lookback` values do not count, because they lack history;
 * where a quotient has no meaning it is `NaN` or infinite. Models see all of these as missing.
 */
export interface Feature {
  readonly name: string;
  readonly description: string;
  /** Bars before a value that it depends on; averages that never forget count until 0.01 % is left. */
  readonly lookback: number;
  /** Whether training and predicting begin before this feature is known, which is missing until then. */
  readonly mayLack?: true;
  /** Whether it is only computed when asked for, and missing everywhere else. */
  readonly optional?: true;
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

  /** `f(bar)` for every bar. */
  map(f: (bar: number) => number): Series {
    const result = new Float64Array(this.length);
    for (let bar = 0; bar < result.length; bar++) result[bar] = f(bar);
    return result;
  }
}
