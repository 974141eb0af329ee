import { join } from 'node:path';
import {
  dayCounter,
  firstBarAt,
  runBacktest,
  strategies,
  toResultDocument,
  type Candles,
} from '@app/backtest';
import { timeframeMs } from '@app/contracts';
import { parseModel, predictSeries, walkForwardProbabilities } from '@app/learning';
import { readResultTextSync, writeResult, writeResultText } from '../compute/result-file.js';
import { TaskFailure, type TaskContext } from '../compute/task-context.js';
import { CandleStore } from '../market-data/candle-store.js';
import { defaultHorizonBars, trainingHistoryBars } from '../predictions/training-defaults.js';
import { backtestPayload, type BacktestOutcome, type BacktestPayload } from './backtest-payload.js';
import { tradesCsv, tradesCsvPath } from './trades-csv.js';

/** Candles before the span that only warm indicators. */
const indicatorHistoryBars = 1000;
const retrainEveryMs = 30 * 86_400_000;

interface Signals {
  readonly signals: Float64Array;
  readonly warnings: readonly string[];
}

/** Runs one backtest in its own process; the result goes to a file, its figures are returned. */
export default async function runBacktestTask(
  payload: unknown,
  context: TaskContext,
): Promise<BacktestOutcome> {
  const startedAt = performance.now();
  const order = backtestPayload.parse(payload);
  const { request } = order;
  context.report('🎯 Preparing backtest...', 0);

  const needsModel = strategies.get(request.strategy)?.requiresModel ?? false;
  const historyBars = needsModel && order.modelFile === null ? trainingHistoryBars : indicatorHistoryBars;
  const startMs = Date.parse(request.start_date);
  const store = new CandleStore(join(context.dataDir, 'market-data'), { userId: context.userId });
  const data = await store.read(
    request.symbol,
    request.timeframe,
    startMs - historyBars * timeframeMs[request.timeframe],
    Date.parse(request.end_date),
  );
  if (data === null)
    throw new TaskFailure('NO_MARKET_DATA', `There are no candles of ${request.symbol} any more.`);
  const { candles } = data;
  const firstBar = firstBarAt(candles, startMs);
  const rows = candles.time.length - firstBar;
  if (rows === 0)
    throw new TaskFailure('NO_MARKET_DATA', `There are no candles of ${request.symbol} in the span.`);

  const model = needsModel ? modelSignals(order, candles, firstBar, context) : null;
  const shareBefore = model && order.modelFile === null ? 0.8 : 0;
  const dayAt = dayCounter(candles.time, firstBar);
  const result = runBacktest({
    candles,
    warmupFrom: firstBar,
    strategy: request.strategy,
    params: request.params,
    initialCapital: request.initial_capital,
    commission: request.commission,
    slippage: request.slippage,
    spread: request.spread,
    sizing: { fraction: request.size },
    leverage: request.leverage,
    tradeOnClose: request.trade_on_close,
    signals: model?.signals,
    onProgress: (done, total) => {
      const { day, days } = dayAt(done);
      context.report(
        `📊 Backtesting day ${day} of ${days}...`,
        shareBefore + (1 - shareBefore) * (done / total),
      );
    },
  });

  const document = toResultDocument(result);
  const warnings = [...(model?.warnings ?? []), ...document.warnings];
  const { equity_curve, drawdown_curve, benchmark_curve, trades, open_trades, monthly_returns, counters } =
    document;
  writeResult(context.resultPath, {
    equity_curve,
    drawdown_curve,
    benchmark_curve,
    trades,
    open_trades,
    monthly_returns,
    counters,
  });
  writeResultText(tradesCsvPath(context.resultPath), tradesCsv(trades));
  const totalReturn = document.performance.total_return ?? 0;
  const sign = totalReturn < 0 ? '-' : '+';
  context.report(`✅ Backtest complete! Return: ${sign}${(Math.abs(totalReturn) * 100).toFixed(2)}%`, 1);
  return {
    engine_version: document.engine_version,
    dataset: {
      symbol: data.header.symbol,
      timeframe: request.timeframe,
      rows,
      sha256: data.sha256,
      synthetic: data.synthetic,
    },
    performance: { ...document.performance },
    duration_s: Math.round(performance.now() - startedAt) / 1000,
    warnings,
  };
}

/** A probability per candle, from the model that was named or from models trained on the time before each. */
function modelSignals(
  order: BacktestPayload,
  candles: Candles,
  firstBar: number,
  context: TaskContext,
): Signals {
  if (order.modelFile !== null) {
    const model = parseModel(readResultTextSync(join(context.dataDir, 'results', order.modelFile)));
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
      context.report(`🧠 Training model ${model} of ${models}...`, 0.8 * fraction);
    },
  });
  return { signals, warnings: [] };
}
