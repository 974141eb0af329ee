import { z } from 'zod';
import { compatRules } from './compat/compat-rules.js';
import { checkCandles, type CandleFindings } from './check-candles.js';
import { standardRules } from './engine/rules.js';
import { Simulation, type DecisionListener } from './engine/simulation.js';
import { BacktestInputError } from './errors.js';
import { firstValid } from './indicators/index.js';
import { seededUniform } from './random.js';
import { configOf, type BacktestRequest } from './request.js';
import { strategies } from './strategies/index.js';
import type { RunnableStrategy, Strategy } from './strategy.js';

/** A finished run before any statistic is drawn. */
export interface Simulated {
  readonly simulation: Simulation;
  /** Equity at each close over all candles; before `from` it is the capital. */
  readonly equity: Float64Array;
  /** The first tradable bar. */
  readonly from: number;
  /** The first bar on which every declared indicator is valid. */
  readonly warmUpBar: number;
  readonly findings: CandleFindings;
}

/** The definition of a strategy, by its name or as it is; UNKNOWN_STRATEGY names those there are. */
function strategyOf(strategy: string | RunnableStrategy): RunnableStrategy {
  if (typeof strategy !== 'string') return strategy;
  const definition = strategies.get(strategy);
  if (definition !== undefined) return definition;
  throw new BacktestInputError(
    'UNKNOWN_STRATEGY',
    `There is no strategy ${strategy}; there are ${[...strategies.keys()].join(', ')}`,
  );
}

function createStrategy(definition: RunnableStrategy, params: unknown): Strategy {
  try {
    return definition.create(params);
  } catch (cause) {
    const message =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path, message }) => [...path, message].join(' ')).join('; ')
        : String(cause);
    throw new BacktestInputError('INVALID_PARAMS', `Params of ${definition.name}: ${message}`, { cause });
  }
}

/** Refuses a first tradable bar that is none of the `n` there are. */
export function checkRange(from: number, n: number): void {
  if (Number.isInteger(from) && from >= 0 && from < n) return;
  throw new BacktestInputError('EMPTY_RANGE', `Trading may start at bar ${from} of ${n}: no bar is left`);
}

/** Runs the bars: checks the input, warms the indicators, trades, and finalises if asked to. */
export function simulate(request: BacktestRequest, listener?: DecisionListener): Simulated {
  const { candles, signals, expectedReturns, warmupFrom: from = 0, onProgress } = request;
  const n = candles.time.length;
  const rules = request.compat ? compatRules : standardRules;
  const config = configOf(request);
  const findings = checkCandles(candles);
  checkRange(from, n);
  const definition = strategyOf(request.strategy);
  if (definition.requiresSignals && signals === undefined) {
    throw new BacktestInputError('SIGNALS_REQUIRED', `${definition.name} needs a signal for every bar`);
  }
  for (const series of [signals, expectedReturns]) {
    if (series !== undefined && series.length !== n) {
      throw new BacktestInputError('SIGNALS_MISMATCH', `${series.length} signals for ${n} bars`);
    }
  }
  const strategy = createStrategy(definition, request.params);
  const random = seededUniform(request.seed ?? 0);
  const indicators = strategy.init(candles, { signals, expectedReturns, random });
  const warmUpBar = indicators.reduce((bar, series) => {
    const valid = firstValid(series);
    return valid === n && rules.neverValid === 'ignored' ? bar : Math.max(bar, valid);
  }, 0);
  const first = Math.max(warmUpBar + rules.firstDecisionLag, from);
  if (first >= n && !request.compat) {
    throw new BacktestInputError(
      'RANGE_SHORTER_THAN_WARM_UP',
      `${definition.name} with these params needs more than the ${n} bars there are before its first decision`,
    );
  }
  const simulation = new Simulation(candles, config, rules, listener);
  const equity = new Float64Array(n).fill(config.initialCapital, 0, Math.min(first, n));
  const total = n - from;
  const step = Math.max(1, Math.ceil((n - first) / 200));
  let goesOn = first < n;
  for (let at = first; at < n && goesOn; at += step) {
    const end = Math.min(at + step, n);
    goesOn = simulation.run(strategy, at, end, equity);
    if (end < n) onProgress?.(end - from, total);
  }
  if (goesOn && config.finalise) simulation.finalise(equity);
  if (rules.warmUpEquity === 'first_value' && first < n) equity.fill(equity[first]!, 0, first);
  onProgress?.(total, total);
  return { simulation, equity, from, warmUpBar, findings };
}
