import { writeFileSync } from 'node:fs';
import {
  BacktestInputError,
  checkLookAhead,
  engineVersion,
  runBacktest,
  runCompat,
  toResultDocument,
  type BacktestRequest,
  type LookAheadReport,
} from '@app/backtest';
import { tradesCsv } from '../backtests/trades-csv.js';
import { loadData, type LoadedData } from './backtest/load-data.js';
import { compatText, textOf } from './backtest/report-text.js';
import { settingsOf, usage, UsageError, type Settings } from './backtest/settings.js';

/** One result in both of its forms. */
interface Output {
  readonly document: object;
  readonly text: () => string;
}

/** A bar on the terminal's error stream, so that standard output stays the result's. */
function drawProgress(done: number, total: number): void {
  const filled = Math.round((30 * done) / total);
  const end = done === total ? '\r\u001b[K' : '';
  process.stderr.write(
    `\r[${'#'.repeat(filled)}${' '.repeat(30 - filled)}] ${Math.round((100 * done) / total)} %${end}`,
  );
}

async function run(settings: Settings): Promise<void> {
  const data = await loadData(settings);
  const request: BacktestRequest = {
    candles: data.candles,
    warmupFrom: data.warmupFrom,
    signals: data.signals,
    strategy: settings.strategy,
    params: settings.params,
    ...settings.terms,
    compat: settings.compat,
    onProgress: process.stderr.isTTY && !settings.json ? drawProgress : undefined,
  };
  const lookAhead = settings.checkLookAhead ? checkLookAhead(request) : null;
  const output = settings.compat
    ? runCompatibly(request, settings, data)
    : runNormally(request, settings, data);
  if (settings.json) {
    const document = { ...output.document, look_ahead: lookAheadDocument(lookAhead) };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    process.stdout.write(`${output.text()}\n`);
    if (lookAhead?.violation === null) {
      process.stdout.write(`\nNo look ahead in ${lookAhead.prefixesChecked} shortened runs\n`);
    }
  }
  if (lookAhead !== null && lookAhead.violation !== null) {
    const { bar, prefixLength, withAllBars, withPrefix } = lookAhead.violation;
    process.stderr.write(
      `Look ahead at bar ${bar}: ${withAllBars ?? 'nothing'} with all data, ${withPrefix ?? 'nothing'} with the first ${prefixLength} bars\n`,
    );
    process.exitCode = 1;
  }
}

function runNormally(request: BacktestRequest, settings: Settings, data: LoadedData): Output {
  const result = runBacktest(request);
  const document = toResultDocument(result, settings.fullCurves ? { maxPoints: Infinity } : {});
  if (settings.tradesFile !== null) writeFileSync(settings.tradesFile, tradesCsv(document.trades));
  return {
    document: {
      request: requestDocument(settings),
      dataset: data.dataset,
      ...document,
      warnings: [...data.notes, ...document.warnings],
    },
    text: () => textOf(result, data.notes),
  };
}

function runCompatibly(request: BacktestRequest, settings: Settings, data: LoadedData): Output {
  if (data.warmupFrom > 0)
    throw new UsageError('--compat trades from the first candle on: leave out --start');
  if (settings.tradesFile !== null) throw new UsageError('--trades does not go with --compat');
  const result = runCompat(request);
  const { stats, extra, cancelledForMargin, ambiguousBars, trades } = result;
  return {
    document: {
      request: requestDocument(settings),
      dataset: data.dataset,
      engine_version: engineVersion,
      stats,
      extra,
      orders_cancelled_for_margin: cancelledForMargin,
      ambiguous_bars: ambiguousBars,
      trades,
    },
    text: () => compatText(result),
  };
}

function requestDocument({ strategy, params, terms, compat, startMs, endMs }: Settings): object {
  const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return { strategy, params, ...terms, compat, start: isoOrNull(startMs), end: isoOrNull(endMs) };
}

function lookAheadDocument(report: LookAheadReport | null): object | null {
  if (report === null) return null;
  const { prefixesChecked, decisions, violation } = report;
  return { prefixes_checked: prefixesChecked, decisions, violation };
}

/** Errors that another option would mend; the others are the data's. */
const ofOptions: readonly string[] = [
  'UNKNOWN_STRATEGY',
  'INVALID_PARAMS',
  'INVALID_OPTION',
  'SIGNALS_REQUIRED',
];

try {
  const settings = settingsOf(process.argv.slice(2));
  if (settings === null) process.stdout.write(usage);
  else await run(settings);
} catch (error) {
  const code = (error as { code?: string }).code ?? '';
  const isUsage =
    error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS') || ofOptions.includes(code);
  const name = error instanceof BacktestInputError ? `${error.code}: ` : '';
  process.stderr.write(`${name}${(error as Error).message}\n${isUsage ? '\nSee --help.\n' : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
