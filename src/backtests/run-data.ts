import { join } from 'node:path';
import { engineVersion, firstBarAt, strategies, type BacktestRequest, type Candles } from '@app/backtest';
import { timeframeMs, type BacktestOptimizeRequest, type BacktestRunRequest } from '@app/contracts';
import { TaskFailedError, type TaskContext } from '@app/tasks-sdk';
import { CandleStore } from '../market-data/candle-store.js';
import { readModelText } from '../predictions/model-file.js';
import { defaultHorizonBars, trainingHistoryBars } from '../predictions/training-defaults.js';
import type { BacktestPayload, Dataset } from './backtest-payload.js';

/** Candles before the span that only warm indicators. */
export const indicatorHistoryBars = 1000;
const retrainEveryMs = 30 * 86_400_000;

type AnyRun = BacktestRunRequest | BacktestOptimizeRequest;

/** What a run is ordered by, whether it stands alone or is one of a sweep. */
export interface RunOrder extends Pick<BacktestPayload, 'modelFile' | 'leaks'> {
  readonly request: AnyRun;
}

/** Candles of a run with the history before it, and a probability per candle where the strategy wants one. */
export interface RunData {
  readonly candles: Candles;
  /** The first bar of the span; those before it only warm indicators. */
  readonly firstBar: number;
  readonly signals: Float64Array | undefined;
  readonly dataset: Dataset;
  readonly warnings: readonly string[];
}

/** Whether a run has to train models of its own before it can trade. */
export function trainsItself({ request, modelFile }: RunOrder): boolean {
  return modelFile === null && strategies.get(request.strategy)?.requiresModel === true;
}

/**
 * Names the probabilities that training on the way gives, as `engineVersion` does the engine's results;
 * `run-data.spec.ts` holds their fingerprint.
 */
export const trainingVersion = 2;

/** What a run's result is made by: another one may give other figures. */
export function engineVersionOf(order: RunOrder): string {
  return trainsItself(order) ? `${engineVersion}+training.${trainingVersion}` : engineVersion;
}

/** The terms of trade of a request, as the engine takes them. */
export function toEngineOptions(request: AnyRun): Omit<BacktestRequest, 'candles' | 'strategy'> {
  const { size } = request;
  return {
    initialCapital: request.initial_capital,
    commission: { relative: request.commission, fixed: request.commission_fixed },
    slippage: request.slippage,
    spread: request.spread,
    sizing: typeof size === 'number' ? { fraction: size } : size,
    lotStep: request.lot_step,
    leverage: request.leverage,
    maintenanceMargin: request.maintenance_margin,
    hedging: request.hedging,
    tradeOnClose: request.trade_on_close,
    finalise: request.finalise,
    periodsPerYear: request.periods_per_year,
    seed: request.seed,
  };
}

/**
 * Reads the candles of a run, as its owner sees them, and makes the signals it trades on.
 *
 * @throws TaskFailedError NO_MARKET_DATA when there are none (any more)
 */
export async function loadRunInputs(order: RunOrder, context: TaskContext): Promise<RunData> {
  const { request } = order;
  const historyBars = trainsItself(order) ? trainingHistoryBars : indicatorHistoryBars;
  const startMs = Date.parse(request.start_date);
  const store = new CandleStore(join(context.dataDir, 'market-data'), { userId: context.userId });
  const data = await store.read(
    request.symbol,
    request.timeframe,
    startMs - historyBars * timeframeMs[request.timeframe],
    Date.parse(request.end_date),
  );
  if (data === null)
    throw new TaskFailedError('NO_MARKET_DATA', `There are no candles of ${request.symbol} any more.`);
  const { candles } = data;
  const firstBar = firstBarAt(candles, startMs);
  const rows = candles.time.length - firstBar;
  if (rows === 0)
    throw new TaskFailedError('NO_MARKET_DATA', `There are no candles of ${request.symbol} in the span.`);
  const dataset = {
    symbol: data.header.symbol,
    timeframe: request.timeframe,
    rows,
    sha256: data.sha256,
    synthetic: data.synthetic,
  };
  return { candles, firstBar, dataset, ...(await signalsOf(order, candles, firstBar, context)) };
}

/** A probability per candle, from the model that was named or from models trained on the time before each. */
async function signalsOf(
  order: RunOrder,
  candles: Candles,
  firstBar: number,
  context: TaskContext,
): Promise<Pick<RunData, 'signals' | 'warnings'>> {
  if (order.modelFile === null && !trainsItself(order)) return { signals: undefined, warnings: [] };
  // Most runs trade without a model, and their processes start sooner without what makes one. By its path: the
  // build resolves the names of libraries in static imports alone.
  const { parseModel, predictSeries, walkForwardProbabilities } =
    await import('../../libs/learning/src/index.js');
  if (order.modelFile !== null) {
    const model = parseModel(readModelText(context.dataDir, order.modelFile));
    return {
      signals: predictSeries(model, candles),
      warnings: order.leaks
        ? ['The model was trained on candles of this span: the result is no evidence.']
        : [],
    };
  }
  // A single bar cannot be learned about before it is past, so each model knows only what precedes its bars.
  const signals = walkForwardProbabilities({
    candles,
    firstBar,
    horizon: defaultHorizonBars,
    retrainEvery: Math.max(1, Math.round(retrainEveryMs / timeframeMs[order.request.timeframe])),
    calibration: 'none',
    onProgress: ({ model, models, fraction }) => {
      context.report(`🧠 Training model ${model} of ${models}...`, shareOfTraining * fraction);
    },
  });
  return { signals, warnings: [] };
}

/** How much of the work of a run that trains itself is the training. */
export const shareOfTraining = 0.8;
