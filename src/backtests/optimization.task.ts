import { setImmediate } from 'node:timers/promises';
import {
  heatMaps,
  summariseSweep,
  SweepPart,
  walkForwardWindows,
  type SweepPartResult,
  type SweepRun,
  type SweepSummary,
  type WalkForwardWindow,
} from '@app/backtest';
import type { Optimization, SweepRunDocument } from '@app/contracts';
import {
  readResultTextSync,
  writeResult,
  TaskFailedError,
  type ShardOrder,
  type TaskContext,
} from '@app/tasks-sdk';
import type { Dataset } from './backtest-payload.js';
import {
  optimizationPayload,
  pointsOf,
  stretchOf,
  type OptimizationDetail,
  type OptimizationPayload,
  type StoredOptimization,
} from './optimization-payload.js';
import {
  engineVersionOf,
  indicatorHistoryBars,
  loadRunInputs,
  shareOfTraining,
  toEngineOptions,
  trainsItself,
} from './run-data.js';

/** What one shard of a sweep leaves for the reduce. */
interface ShardFile {
  readonly engine_version: string;
  readonly dataset: Dataset;
  readonly windows: readonly WalkForwardTimes[];
  readonly warnings: readonly string[];
  readonly duration_s: number;
  readonly result: SweepPartResult;
}

type WalkForwardTimes = Pick<
  Optimization['windows'][number],
  'train_start' | 'train_end' | 'test_start' | 'test_end'
>;

/** How long points run before the process hears a cancel and its progress is heard. */
const yieldIntervalMs = 50;
/** The result lists so many runs; the ranking, the maps and the deflated Sharpe ratio are of all. */
const mostRunsListed = 1000;
const mostSkippedListed = 10;

/** One shard of a sweep, or the reduce that combines the results of all shards. */
export default async function runOptimizationTask(payload: unknown, context: TaskContext): Promise<unknown> {
  const order = optimizationPayload.parse(payload);
  return context.shard === null ? reduceShards(order, context) : runShard(order, context, context.shard);
}

async function runShard(order: OptimizationPayload, context: TaskContext, shard: ShardOrder): Promise<null> {
  const startedAt = performance.now();
  const { request } = order;
  const { candles, firstBar, signals, dataset, warnings } = await loadRunInputs(order, context);
  const windows = windowsOf(order, candles.time, firstBar);
  const points = pointsOf(request);
  const sweep = new SweepPart({
    request: {
      ...toEngineOptions(request),
      candles,
      warmupFrom: firstBar,
      strategy: request.strategy,
      params: request.params,
      signals,
    },
    points,
    objective: request.objective,
    windows,
    historyBars: indicatorHistoryBars,
  });

  const shareBefore = trainsItself(order) ? shareOfTraining : 0;
  const [from, to] = stretchOf(points.count, shard);
  let breathAt = performance.now();
  for (let index = from; index < to; index++) {
    sweep.run(index);
    if (performance.now() - breathAt < yieldIntervalMs) continue;
    const done = (index + 1 - from) / (to - from);
    context.report(`🔎 Run ${index + 1 - from} of ${to - from}...`, shareBefore + (1 - shareBefore) * done);
    await setImmediate();
    context.signal.throwIfAborted();
    breathAt = performance.now();
  }
  writeResult(context.resultPath, {
    engine_version: engineVersionOf(order),
    dataset,
    windows: (windows ?? [null]).map((window) => timesOf(window, candles.time, firstBar)),
    warnings,
    duration_s: (performance.now() - startedAt) / 1000,
    result: sweep.result(),
  } satisfies ShardFile);
  return null;
}

/** @throws TaskFailedError when the candles hold no window */
function windowsOf(
  { request }: OptimizationPayload,
  time: Float64Array,
  firstBar: number,
): WalkForwardWindow[] | null {
  if (request.walk_forward === undefined) return null;
  const { train_days, test_days } = request.walk_forward;
  const windows = walkForwardWindows(time, train_days, test_days, firstBar);
  if (windows.length > 0) return windows;
  throw new TaskFailedError(
    'WALK_FORWARD_TOO_LONG',
    `The candles in the span do not make up ${train_days} days to choose on and ${test_days} after them.`,
  );
}

function timesOf(window: WalkForwardWindow | null, time: Float64Array, firstBar: number): WalkForwardTimes {
  const at = (bar: number): string => new Date(time[bar]!).toISOString();
  if (window === null) {
    return {
      train_start: at(firstBar),
      train_end: at(time.length - 1),
      test_start: null,
      test_end: null,
    };
  }
  return {
    train_start: at(window.trainFrom),
    train_end: at(window.trainTo - 1),
    test_start: at(window.testFrom),
    test_end: at(window.testTo - 1),
  };
}

/** Combines what the shards have left; after a cancel that may be a few of them, or none. */
function reduceShards(order: OptimizationPayload, context: TaskContext): StoredOptimization {
  const { request } = order;
  const files = context.shardResults
    .filter((path) => path !== null)
    .map((path) => JSON.parse(readResultTextSync(path)) as ShardFile);
  const first = files[0];
  // A sweep may outlive the server that began it, and the candles it began with.
  const made = new Set(files.map((file) => `${file.engine_version} ${file.dataset.sha256}`));
  if (made.size > 1) {
    throw new TaskFailedError(
      'PARTS_DIFFER',
      `The candles of ${request.symbol} or the engine changed during the sweep: its runs do not compare.`,
    );
  }
  const { objective, initial_capital: initialCapital } = request;
  const summary = summariseSweep(
    pointsOf(request),
    files.map(({ result }) => result),
    { objective, initialCapital },
  );
  const isComplete = files.length === context.shardResults.length;
  if (isComplete && summary.trials === 0) {
    const [skipped] = summary.skipped;
    throw new TaskFailedError(
      skipped?.code ?? 'INVALID_SPACE',
      `None of ${order.points} points could be run. The first: ${skipped?.message ?? 'unknown'}`,
    );
  }
  writeResult(context.resultPath, documentOf(order, summary, first?.windows ?? []));
  const ranked = summary.runs[0];
  const outcome: StoredOptimization = {
    engine_version: engineVersionOf(order),
    dataset: first?.dataset ?? null,
    optimization: {
      objective,
      planned_runs: order.points,
      trials: summary.trials,
      skipped: summary.skipped.length,
      best: ranked === undefined ? null : runDocument(ranked, 0),
      deflated_sharpe: summary.deflatedSharpe,
      overfitting_warning: summary.overfittingWarning,
      out_of_sample: summary.outOfSample && {
        total_return: summary.outOfSample.totalReturn,
        cagr: summary.outOfSample.cagr,
        sharpe_ratio: summary.outOfSample.sharpeRatio,
        max_drawdown: summary.outOfSample.maxDrawdown,
      },
    },
    duration_s: Math.round(files.reduce((sum, file) => sum + file.duration_s, 0) * 1000) / 1000,
    warnings: warningsOf(order, summary, first?.warnings ?? [], isComplete),
  };
  if (isComplete) context.report(`✅ Sweep complete! ${bestText(summary, request.objective)}`, 1);
  return outcome;
}

function documentOf(
  { request }: OptimizationPayload,
  summary: SweepSummary,
  times: readonly WalkForwardTimes[],
): OptimizationDetail {
  return {
    runs: summary.runs.slice(0, mostRunsListed).map(runDocument),
    heat_maps: heatMaps(summary.runs, request.space, request.objective).map((map) => ({
      x_param: map.xParam,
      y_param: map.yParam,
      x: [...map.x],
      y: [...map.y],
      values: map.values.map((row) => [...row]),
    })),
    windows: summary.windows.map(({ trials, best, deflatedSharpe }, k) => ({
      ...times[k]!,
      trials,
      params: best && { ...best.params },
      in_sample: best?.inSample ?? null,
      out_of_sample: best?.outOfSample ?? null,
      deflated_sharpe: deflatedSharpe,
    })),
    out_of_sample_curve: summary.outOfSampleCurve.map(({ time, equity }) => ({
      time: new Date(time).toISOString(),
      equity,
    })),
    skipped_runs: summary.skipped
      .slice(0, mostSkippedListed)
      .map(({ params, code, message }) => ({ params: { ...params }, code, message })),
  };
}

function runDocument({ params, inSample, outOfSample }: SweepRun, place: number): SweepRunDocument {
  return { rank: place + 1, params: { ...params }, in_sample: inSample, out_of_sample: outOfSample };
}

function warningsOf(
  order: OptimizationPayload,
  summary: SweepSummary,
  ofData: readonly string[],
  isComplete: boolean,
): string[] {
  const warnings = summary.overfittingWarning === null ? [] : [summary.overfittingWarning];
  if (!isComplete) {
    warnings.push(`The sweep was cancelled: ${summary.trials} of ${order.points} runs are in the result.`);
  }
  if (summary.skipped.length > 0) {
    warnings.push(`${summary.skipped.length} points could not be run; skipped_runs says why`);
  }
  return [...warnings, ...ofData];
}

function bestText({ runs, trials }: SweepSummary, objective: keyof SweepRun['inSample']): string {
  const figure = runs[0]?.inSample[objective];
  return `Best ${objective} of ${trials} runs: ${figure == null ? 'undefined' : figure.toFixed(2)}`;
}
