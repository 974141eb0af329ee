import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BacktestInputError, type Candles, parseCsv } from '@app/backtest';
import { type Timeframe, timeframes } from '@app/contracts';
import {
  LearningError,
  type ModelKind,
  serialiseModel,
  type TrainedModel,
  trainModel,
  type TrainingProgress,
} from '@app/learning';
import { CandleStore } from '../market-data/candle-store.js';

const usage = `Usage: npm run train -- (--csv FILE | --symbol SYMBOL) --horizon BARS [OPTIONS]

Trains a direction model, judges it by walk-forward on rows it has not seen and prints what the API would say.

  --csv FILE         candles: a time column, open, high, low, close and volume
  --symbol SYMBOL    candles from the market-data store in HEADROOM_DATA_DIR (default ./data); with --csv, only a name
  --timeframe SPAN   ${timeframes.join(', ')} (default 1h)
  --horizon BARS     how many candles ahead the direction is about
  --model KIND       gbdt (default) or logistic
  --seed N           same seed, same model (default 1)
  --trials N         configurations tried on these candles so far, this one included (default 1)
  --out FILE         write the model there as JSON
  --json             print one JSON object on standard output and nothing else there
  --help             this text

Ends with 0 when a model was trained, whether or not it has an edge; with 1 on bad data, 2 on bad options.
`;

/** Something that the user of the command can put right. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Settings {
  readonly csv: string | null;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly horizon: number;
  readonly model: ModelKind;
  readonly seed: number;
  readonly trials: number;
  readonly out: string | null;
  readonly json: boolean;
}

/** Reads the command line; null when only help is asked for. */
function settingsOf(args: string[]): Settings | null {
  const { values } = parseArgs({
    args,
    options: {
      csv: { type: 'string' },
      symbol: { type: 'string' },
      timeframe: { type: 'string', default: '1h' },
      horizon: { type: 'string' },
      model: { type: 'string', default: 'gbdt' },
      seed: { type: 'string', default: '1' },
      trials: { type: 'string', default: '1' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const { csv, symbol, model } = values;
  if (csv === undefined && symbol === undefined) throw new UsageError('--csv or --symbol is needed.');
  if (values.horizon === undefined) throw new UsageError('--horizon is needed: a number of candles.');
  if (model !== 'gbdt' && model !== 'logistic') {
    throw new UsageError(`--model is "${model}"; it must be gbdt or logistic.`);
  }
  const timeframe = timeframes.find((known) => known === values.timeframe);
  if (timeframe === undefined) {
    throw new UsageError(`--timeframe is "${values.timeframe}"; it must be one of ${timeframes.join(', ')}.`);
  }
  return {
    csv: csv ?? null,
    symbol: symbol ?? 'CSV',
    timeframe,
    horizon: wholeNumber('--horizon', values.horizon, 1),
    model,
    seed: wholeNumber('--seed', values.seed, 0),
    trials: wholeNumber('--trials', values.trials, 1),
    out: values.out ?? null,
    json: values.json,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${name} is "${text}"; it must be a whole number, at least ${least}.`);
}

async function candlesOf({ csv, symbol, timeframe }: Settings): Promise<Candles> {
  if (csv !== null) return parseCsv(readFileSync(csv, 'utf8')).candles;
  const folder = join(resolve(process.env.HEADROOM_DATA_DIR ?? './data'), 'market-data');
  const stored = await new CandleStore(folder).read(symbol, timeframe);
  if (stored === null) {
    throw new UsageError(`There are no ${timeframe} candles of ${symbol} in ${folder}.`);
  }
  return stored.candles;
}

/** Shows progress on the terminal, in one line that rewrites itself. */
function progressLine(): (progress: TrainingProgress) => void {
  let shown = '';
  return ({ phase, round, rounds, validationLogLoss, fraction }) => {
    const loss = validationLogLoss === null ? '' : `, validation log loss ${validationLogLoss.toFixed(4)}`;
    const percent = `${Math.floor(100 * fraction)} %`;
    if (percent === shown) return;
    shown = percent;
    const line = phase === 'done' ? '' : `${percent}  ${phase}: round ${round} of ${rounds}${loss}`;
    process.stderr.write(`\r\u001b[K${line}`);
  };
}

function reportOf({
  kind,
  symbol,
  timeframe,
  horizon,
  rows,
  importance,
  evaluation: e,
}: TrainedModel): string {
  const row = (name: string, auc: number, logLoss: number, brier: number, accuracy: number): string =>
    `  ${name.padEnd(22)}${auc.toFixed(3).padStart(8)}${logLoss.toFixed(4).padStart(11)}${brier
      .toFixed(4)
      .padStart(9)}${accuracy.toFixed(3).padStart(11)}`;
  const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
  return [
    `${kind} on ${symbol} ${timeframe}, ${horizon} candles ahead, ${rows} labelled rows`,
    `judged on ${e.rows} rows it had not seen (about ${e.independent_labels} labels that do not overlap)`,
    '',
    `  ${''.padEnd(22)}${'AUC'.padStart(8)}${'log loss'.padStart(11)}${'Brier'.padStart(9)}${'accuracy'.padStart(11)}`,
    row('model', e.auc, e.log_loss, e.brier, e.accuracy),
    ...Object.entries(e.baselines).map(([name, b]) =>
      row(name.replaceAll('_', ' '), b.auc, b.log_loss, b.brier, b.accuracy),
    ),
    row(
      'model, last period',
      e.last_period.auc,
      e.last_period.log_loss,
      e.last_period.brier,
      e.last_period.accuracy,
    ),
    '',
    `AUC ${e.auc.toFixed(3)}, ${percent(e.confidence)} interval ${e.auc_low.toFixed(3)} to ${e.auc_high.toFixed(3)}`,
    `AUC of the scores before calibration ${e.raw_auc.toFixed(3)}`,
    `calibration error ${e.ece.toFixed(4)}; share of rises ${e.base_rate.toFixed(3)}; trials ${e.trials}`,
    `return interval: ${percent(e.interval.coverage)} wanted, ${percent(e.interval.observed)} seen in the last period`,
    `signal after fees ${percent(e.profit.after_fees)} in ${e.profit.trades} trades, buy and hold ${percent(e.profit.buy_and_hold)}`,
    `most used: ${importance
      .slice(0, 5)
      .map(({ feature }) => feature)
      .join(', ')}`,
    '',
    e.verdict.toUpperCase(),
    ...e.reasons.map((reason) => `  ${reason}`),
  ].join('\n');
}

async function main(): Promise<void> {
  try {
    const settings = settingsOf(process.argv.slice(2));
    if (settings === null) {
      process.stdout.write(usage);
      return;
    }
    const model = trainModel({
      candles: await candlesOf(settings),
      symbol: settings.symbol,
      timeframe: settings.timeframe,
      horizon: settings.horizon,
      model: settings.model,
      params: { trials: settings.trials },
      seed: settings.seed,
      ...(process.stderr.isTTY && { onProgress: progressLine() }),
    });
    if (settings.out !== null) writeFileSync(settings.out, serialiseModel(model));
    const { kind, symbol, timeframe, horizon, rows, trained_from, trained_to, importance, evaluation } =
      model;
    const summary = {
      model: kind,
      symbol,
      timeframe,
      horizon,
      rows,
      trained_from,
      trained_to,
      evaluation,
      importance,
    };
    process.stdout.write(`${settings.json ? JSON.stringify(summary) : reportOf(model)}\n`);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const isUsage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') === true;
    const isData = error instanceof LearningError || error instanceof BacktestInputError;
    if (!isUsage && !isData && code === undefined) throw error;
    process.stderr.write(`${isData ? `${error.code}: ` : ''}${message}\n${isUsage ? '\nSee --help.\n' : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

await main();
