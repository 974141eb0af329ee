import { axisValues, BacktestInputError, type StrategyDefinition } from '@app/backtest';
import { mostSweepWindowRuns, timeframeMs, type BacktestOptimizeRequest } from '@app/contracts';
import { HttpProblem } from '../problems/http-problem.js';
import { pointsOf } from './optimization-payload.js';
import { indicatorHistoryBars } from './run-data.js';

/** Values of all parameters together. */
const mostValues = 2000;
/** Points looked at for one that the strategy accepts; the sweep itself says it of more. */
const mostPointsTried = 1000;
const dayMs = 86_400_000;

/** How large a sweep is. */
export interface SweepSize {
  readonly points: number;
  /** Bars that all of its runs go through together, roughly. */
  readonly work: number;
}

/**
 * Checks what a sweep varies and how against the strategy and the candles there are.
 *
 * @throws HttpProblem 422 naming the parameter, the value and what is allowed
 */
export function checkSweep(
  request: BacktestOptimizeRequest,
  strategy: StrategyDefinition,
  candles: { readonly bars: number; readonly fromMs: number; readonly toMs: number },
): SweepSize {
  checkAxes(request, strategy);
  const { count, gridSize } = pointsOf(request);
  if (request.method === 'grid' && gridSize > request.max_runs) {
    const message = `the grid has ${gridSize} points; "random" draws ${request.max_runs} of them`;
    throw HttpProblem.invalid('max_runs', message, 'TOO_MANY_RUNS');
  }
  checkSomePoint(request, strategy);
  const windows = windowCount(request, candles);
  const overhead = indicatorHistoryBars;
  if (request.walk_forward === undefined || windows === null) {
    return { points: count, work: count * (candles.bars + overhead) };
  }
  if (count * windows > mostSweepWindowRuns) {
    const message = `${count} points in ${windows} windows are ${count * windows} runs, above ${mostSweepWindowRuns}`;
    throw HttpProblem.invalid('max_runs', message, 'TOO_MANY_RUNS');
  }
  const { train_days, test_days } = request.walk_forward;
  const barsOfWindow = ((train_days + test_days) * dayMs) / timeframeMs[request.timeframe];
  return { points: count, work: count * windows * (barsOfWindow + 2 * overhead) };
}

function checkAxes(request: BacktestOptimizeRequest, strategy: StrategyDefinition): void {
  const known = Object.keys(strategy.paramsSchema.properties ?? {});
  let total = 0;
  for (const [name, axis] of Object.entries(request.space)) {
    if (!known.includes(name)) {
      throw invalidAxis(name, `${strategy.name} has no such parameter; it has ${known.join(', ') || 'none'}`);
    }
    const values = valuesOf(name, axis);
    total += values.length;
    if (total > mostValues)
      throw invalidAxis(name, `all parameters together have more than ${mostValues} values`);
    const seen = new Set<string>();
    for (const value of values) {
      const text = JSON.stringify(value);
      if (seen.has(text)) throw invalidAxis(name, `names ${text} twice`);
      seen.add(text);
      const issue = issueOf(strategy, { ...request.params, [name]: value }, name);
      if (issue !== null) throw invalidAxis(name, `${text}: ${issue}`);
    }
  }
}

function valuesOf(
  name: string,
  axis: BacktestOptimizeRequest['space'][string],
): ReturnType<typeof axisValues> {
  try {
    return axisValues(name, axis);
  } catch (error) {
    if (error instanceof BacktestInputError) throw invalidAxis(name, error.message);
    throw error;
  }
}

/** What the schema has against one parameter's value by itself; what contradicts others is the point's matter. */
function issueOf(strategy: StrategyDefinition, params: object, name: string): string | null {
  const parsed = strategy.params.safeParse(params);
  if (parsed.success) return null;
  return parsed.error.issues.find(({ code, path }) => code !== 'custom' && path[0] === name)?.message ?? null;
}

/** Refuses fixed params that no point can mend, and spaces in which every point contradicts itself. */
function checkSomePoint(request: BacktestOptimizeRequest, strategy: StrategyDefinition): void {
  const points = pointsOf(request);
  let refusal = '';
  for (let index = 0; index < Math.min(points.count, mostPointsTried); index++) {
    const parsed = strategy.params.safeParse({ ...request.params, ...points.at(index) });
    if (parsed.success) return;
    const issue = parsed.error.issues[0]!;
    refusal = [...issue.path, issue.message].join(' ');
    const isFixed = issue.code === 'unrecognized_keys' || !(String(issue.path[0]) in request.space);
    if (isFixed && issue.code !== 'custom') {
      throw HttpProblem.invalid(['params', ...issue.path].join('.'), issue.message, 'INVALID_PARAMS');
    }
  }
  if (points.count <= mostPointsTried) {
    throw HttpProblem.invalid(
      'space',
      `no point is one that the strategy accepts: ${refusal}`,
      'INVALID_SPACE',
    );
  }
}

/** How many windows the candles hold; null without walk-forward. */
function windowCount(
  { walk_forward, timeframe }: BacktestOptimizeRequest,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number | null {
  if (walk_forward === undefined) return null;
  const { train_days, test_days } = walk_forward;
  // As `walkForwardWindows` has it: a last window counts when half of its days to judge are there.
  const days = (toMs - timeframeMs[timeframe] - fromMs) / dayMs;
  const windows = Math.floor((days - train_days) / test_days - 0.5) + 1;
  if (windows >= 1) return windows;
  const message = `${train_days} days to choose on and ${test_days} to judge by do not fit the ${Math.floor(days)} days that have candles`;
  throw HttpProblem.invalid('walk_forward', message, 'WALK_FORWARD_TOO_LONG');
}

function invalidAxis(name: string, message: string): HttpProblem {
  return HttpProblem.invalid(`space.${name}`, message, 'INVALID_SPACE');
}
