/** Columns over time, oldest first; `NaN` where there is not enough history yet. */
export type Series = Float64Array;

/** Mean of the last `span` values; `NaN` until all of them are numbers. */
export function rollingMean(values: Series, span: number): Series {
  return rollingMoments(values, span).mean;
}

/** Population standard deviation of the last `span` values; `NaN` until all of them are numbers. */
export function rollingDeviation(values: Series, span: number): Series {
  return rollingMoments(values, span).deviation;
}

/**
 * Both moments in one pass. Sums are of differences to the first number of the column, so that a
 * window of prices keeps its digits (Chan, Golub and LeVeque 1983, shifted data).
 */
function rollingMoments(values: Series, span: number): { mean: Series; deviation: Series } {
  const mean = new Float64Array(values.length).fill(NaN);
  const deviation = new Float64Array(values.length).fill(NaN);
  let run = 0;
  let shift = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) {
      run = 0;
      continue;
    }
    if (run === 0) {
      shift = value;
      sum = 0;
      squares = 0;
    }
    run++;
    const centred = value - shift;
    sum += centred;
    squares += centred * centred;
    if (run > span) {
      const gone = values[i - span]! - shift;
      sum -= gone;
      squares -= gone * gone;
    }
    if (run < span) continue;
    const centre = sum / span;
    mean[i] = shift + centre;
    deviation[i] = Math.sqrt(Math.max(0, squares / span - centre * centre));
  }
  return { mean, deviation };
}

/** The highest of the last `span` values by a monotone queue; `NaN` until there are `span`. */
export function rollingHighest(values: Series, span: number): Series {
  return rollingExtreme(values, span, 1);
}

/** The lowest of the last `span` values by a monotone queue; `NaN` until there are `span`. */
export function rollingLowest(values: Series, span: number): Series {
  return rollingExtreme(values, span, -1);
}

function rollingExtreme(values: Series, span: number, sign: 1 | -1): Series {
  const result = new Float64Array(values.length).fill(NaN);
  const queue = new Int32Array(values.length);
  let head = 0;
  let tail = 0;
  for (let i = 0; i < values.length; i++) {
    while (tail > head && sign * values[queue[tail - 1]!]! <= sign * values[i]!) tail--;
    queue[tail++] = i;
    if (queue[head]! <= i - span) head++;
    if (i >= span - 1) result[i] = values[queue[head]!]!;
  }
  return result;
}

/**
 * Exponential average with weight `alpha` for the newest value, started at the first number;
 * `NaN` for the first `warmUp` values, while the start still shows.
 */
export function exponentialMean(values: Series, alpha: number, warmUp: number): Series {
  const result = new Float64Array(values.length).fill(NaN);
  let average = NaN;
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue;
    average = seen === 0 ? value : average + alpha * (value - average);
    seen++;
    if (seen > warmUp) result[i] = average;
  }
  return result;
}

/** `f(values…)` bar by bar. */
export function mapSeries(length: number, f: (bar: number) => number): Series {
  const result = new Float64Array(length);
  for (let i = 0; i < length; i++) result[i] = f(i);
  return result;
}
