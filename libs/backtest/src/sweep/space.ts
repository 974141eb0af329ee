import { BacktestInputError } from '../errors.js';
import { seededUniform } from '../random.js';

/** The values of one parameter: given one by one, or from `min` to `max` (included) in steps. */
export type Axis = readonly unknown[] | { readonly min: number; readonly max: number; readonly step: number };

/** What a sweep varies, by parameter. */
export type ParameterSpace = Readonly<Record<string, Axis>>;

export type Params = Readonly<Record<string, unknown>>;

/** The points a sweep will run: known by number, made only when asked for. */
export interface Points {
  readonly count: number;
  /** How many the whole grid has. */
  readonly gridSize: number;
  at(index: number): Params;
}

const maxGrid = Number.MAX_SAFE_INTEGER;

/** The values of an axis, ascending for a range; INVALID_SPACE when there are none. */
export function axisValues(name: string, axis: Axis): readonly unknown[] {
  if (isList(axis)) {
    if (axis.length === 0) throw new BacktestInputError('INVALID_SPACE', `${name} has no values`);
    return axis;
  }
  const { min, max, step } = axis;
  if (!(step > 0 && max >= min && Number.isFinite(min) && Number.isFinite(max))) {
    throw new BacktestInputError('INVALID_SPACE', `${name} runs from ${min} to ${max} in steps of ${step}`);
  }
  const count = Math.floor((max - min) / step + 1e-9) + 1;
  if (count > 100_000)
    throw new BacktestInputError('INVALID_SPACE', `${name} has ${count} values, above 100000`);
  // Twelve digits take off what binary steps add: 0.1 + 2 · 0.1 is 0.3.
  return Array.from({ length: count }, (_, k) => Number((min + k * step).toPrecision(12)));
}

function isList(axis: Axis): axis is readonly unknown[] {
  return Array.isArray(axis);
}

/**
 * The points of a sweep. A grid goes through every combination, the last parameter fastest, up to
 * `maxRuns`; `random` draws `maxRuns` different points of the grid, the same for the same seed.
 */
export function expandSpace(
  space: ParameterSpace,
  options: { readonly method: 'grid' | 'random'; readonly maxRuns: number; readonly seed?: number },
): Points {
  const axes = Object.entries(space).map(([name, axis]) => ({ name, values: axisValues(name, axis) }));
  const gridSize = axes.reduce((size, { values }) => size * values.length, 1);
  if (gridSize > maxGrid)
    throw new BacktestInputError('INVALID_SPACE', `A grid of ${gridSize} points is too large`);
  const count = Math.min(gridSize, Math.max(0, Math.floor(options.maxRuns)));
  const drawn =
    options.method === 'random' && count < gridSize ? drawIndexes(gridSize, count, options.seed ?? 0) : null;
  return {
    count,
    gridSize,
    at(index) {
      if (!(Number.isInteger(index) && index >= 0 && index < count)) {
        throw new RangeError(`There are ${count} points, none at ${index}`);
      }
      let rest = drawn === null ? index : drawn[index]!;
      const params: Record<string, unknown> = {};
      for (const { name, values } of [...axes].reverse()) {
        params[name] = values[rest % values.length];
        rest = Math.floor(rest / values.length);
      }
      return params;
    },
  };
}

/** `count` different numbers below `size`, in random order (Floyd's sampling, then a shuffle). */
function drawIndexes(size: number, count: number, seed: number): number[] {
  const uniform = seededUniform(seed);
  // Two draws make 53 bits, enough for any grid.
  const below = (limit: number): number =>
    Math.floor(
      ((Math.floor(uniform() * 2 ** 26) * 2 ** 27 + Math.floor(uniform() * 2 ** 27)) / 2 ** 53) * limit,
    );
  const chosen = new Set<number>();
  for (let top = size - count; top < size; top++) {
    const index = below(top + 1);
    chosen.add(chosen.has(index) ? top : index);
  }
  const drawn = [...chosen];
  for (let k = drawn.length - 1; k > 0; k--) {
    const other = below(k + 1);
    [drawn[k], drawn[other]] = [drawn[other]!, drawn[k]!];
  }
  return drawn;
}
