import {
  checkLookAhead,
  dayCounter,
  runBacktest,
  toResultDocument,
  type BacktestRequest,
} from '@app/backtest';
import type { LookAhead } from '@app/contracts';
import { writeResult, writeResultText, type TaskContext } from '@app/tasks-sdk';
import { backtestPayload, type BacktestOutcome } from './backtest-payload.js';
import {
  engineVersionOf,
  loadRunInputs,
  shareOfTraining,
  toEngineOptions,
  trainsItself,
} from './run-data.js';
import { tradesCsv, tradesCsvPath } from './trades-csv.js';

/** Runs one backtest in its own process; the result goes to a file, its figures are returned. */
export default async function runBacktestTask(
  payload: unknown,
  context: TaskContext,
): Promise<BacktestOutcome> {
  const startedAt = performance.now();
  const order = backtestPayload.parse(payload);
  const { request } = order;
  context.report('🎯 Preparing backtest...', 0);

  const { candles, firstBar, signals, dataset, warnings: dataWarnings } = await loadRunInputs(order, context);
  const shareBefore = trainsItself(order) ? shareOfTraining : 0;
  const dayAt = dayCounter(candles.time, firstBar);
  const run: BacktestRequest = {
    ...toEngineOptions(request),
    candles,
    warmupFrom: firstBar,
    strategy: request.strategy,
    params: request.params,
    signals,
  };
  const result = runBacktest({
    ...run,
    onProgress: (done, total) => {
      const { day, days } = dayAt(done);
      context.report(
        `📊 Backtesting day ${day} of ${days}...`,
        shareBefore + (1 - shareBefore) * (done / total),
      );
    },
  });

  const document = toResultDocument(result);
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

  if (request.check_lookahead) context.report('🔍 Looking for a look ahead...', 1);
  const lookAhead = request.check_lookahead ? lookAheadOf(run) : null;
  const warnings = [...dataWarnings, ...document.warnings];
  if (lookAhead?.first_difference) {
    const { time } = lookAhead.first_difference;
    warnings.unshift(
      `The strategy looks ahead: at ${time} it decides otherwise when later bars are taken away.`,
    );
  }
  const totalReturn = document.performance.total_return ?? 0;
  const sign = totalReturn < 0 ? '-' : '+';
  context.report(`✅ Backtest complete! Return: ${sign}${(Math.abs(totalReturn) * 100).toFixed(2)}%`, 1);
  return {
    engine_version: engineVersionOf(order),
    dataset,
    performance: { ...document.performance },
    look_ahead: lookAhead,
    duration_s: Math.round(performance.now() - startedAt) / 1000,
    warnings,
  };
}

function lookAheadOf(run: BacktestRequest): LookAhead {
  const { prefixesChecked, decisions, violation } = checkLookAhead(run);
  const firstBar = run.warmupFrom ?? 0;
  return {
    passed: violation === null,
    prefixes_checked: prefixesChecked,
    decisions,
    first_difference: violation && {
      // Counted from the start of the span, as the bars of the result are.
      bar: violation.bar - firstBar,
      time: new Date(run.candles.time[violation.bar]!).toISOString(),
      prefix_bars: violation.prefixLength - firstBar,
      with_all_bars: violation.withAllBars,
      with_prefix: violation.withPrefix,
    },
  };
}
