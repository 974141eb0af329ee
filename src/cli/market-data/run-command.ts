import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { dateOrInstant, importQuery, timeframes, type ImportReport, type Timeframe } from '@app/contracts';
import { boundedText } from '@app/text';
import { z } from 'zod';
import { makePrivateFolder } from '../../config/data-folder.js';
import { CandleFileError } from '../../market-data/candle-format.js';
import { CandleStore } from '../../market-data/candle-store.js';
import { candlesCsv } from '../../market-data/candles-csv.js';
import { DownloadError } from '../../market-data/download/download-error.js';
import { downloadCandles } from '../../market-data/download/download-candles.js';
import { connectToExchange } from '../../market-data/download/exchange.js';
import { ImportRejected, importCandles } from '../../market-data/import/import-candles.js';
import { ImportError } from '../../market-data/import/import-error.js';
import { openTable } from '../../market-data/import/table.js';
import { unfinishedName } from '../../market-data/leftovers.js';
import { removeSeries } from '../../market-data/store-candles.js';
import { verifySeries } from '../../market-data/verify-series.js';
import { datasetsText, reportText, verificationText } from './text.js';
import { usage } from './usage.js';

/** Something that the user of the command can put right. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** As the API accepts it for an upload. */
const maxSourceCodePoints = 200;

const options = {
  user: { type: 'string' },
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  start: { type: 'string' },
  end: { type: 'string' },
  out: { type: 'string' },
  layout: { type: 'string' },
  delimiter: { type: 'string' },
  columns: { type: 'string' },
  'time-format': { type: 'string' },
  'time-zone': { type: 'string' },
  adjusted: { type: 'boolean', default: false },
  preview: { type: 'boolean', default: false },
  replace: { type: 'boolean', default: false },
  'skip-bad-rows': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];

function parse(args: string[]) {
  return parseArgs({ args, options, allowPositionals: true });
}

/** What a command found: for programs, for people, and whether all is well. */
interface Outcome {
  readonly json: unknown;
  readonly text: string;
  readonly isGood: boolean;
}

interface Command {
  readonly words: readonly string[];
  readonly values: Values;
  readonly store: CandleStore;
  readonly folder: string;
  /** Files that a look at all series could not use. */
  readonly broken: readonly CandleFileError[];
}

/** Runs one command line of `npm run data`; the process's exit code comes back. */
export async function runDataCommand(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [name, ...words] = positionals;
    if (values.help || name === undefined) {
      (values.help ? process.stdout : process.stderr).write(usage);
      return values.help ? 0 : 2;
    }
    const run = commands.get(name);
    if (run === undefined) throw new UsageError(`There is no command "${name}".`);
    const folder = resolve(process.env.HEADROOM_DATA_DIR ?? './data', 'market-data');
    const broken: CandleFileError[] = [];
    const store = new CandleStore(folder, {
      ...(values.user !== undefined && { userId: values.user }),
      onBrokenFile: (error) => broken.push(error),
    });
    const outcome = await run({ words, values, store, folder, broken });
    if (values.json) process.stdout.write(`${JSON.stringify(outcome.json)}\n`);
    else if (outcome.text !== '') process.stdout.write(`${outcome.text}\n`);
    return outcome.isGood ? 0 : 1;
  } catch (error) {
    return explain(error, args.includes('--json'));
  }
}

const commands = new Map<string, (command: Command) => Promise<Outcome>>([
  ['list', list],
  ['import', importFile],
  ['download', download],
  ['verify', verify],
  ['export', exportSeries],
  ['delete', deleteSeries],
]);

async function list({ store, broken }: Command): Promise<Outcome> {
  const items = await store.datasets();
  return {
    json: { items, broken: broken.map(brokenFile) },
    text: [datasetsText(items), ...broken.map(({ message }) => message)].join('\n'),
    isGood: true,
  };
}

function brokenFile({ code, path, message }: CandleFileError) {
  return { code, path, message };
}

async function importFile({ words, values, store, folder }: Command): Promise<Outcome> {
  const [path] = words;
  if (path === undefined || values.symbol === undefined) {
    throw new UsageError('import needs a FILE and --symbol.');
  }
  const query = checked(importQuery, {
    symbol: values.symbol,
    timeframe: values.timeframe,
    mode: values.replace ? 'replace' : 'merge',
    on_bad_rows: values['skip-bad-rows'] ? 'skip' : 'fail',
    layout: values.layout,
    delimiter: values.delimiter,
    columns: values.columns,
    time_format: values['time-format'],
    time_zone: values['time-zone'],
    adjusted: String(values.adjusted),
    preview: String(values.preview),
  });
  const table = await openTable(resolve(path), query);
  try {
    makePrivateFolder(folder);
    const report = await importCandles({
      target: await store.target(query.symbol, table.detected.timeframe),
      source: boundedText(path.split(/[\\/]/).at(-1)!, maxSourceCodePoints),
      detected: table.detected,
      zoneIsGiven: query.time_zone !== undefined,
      mode: query.mode,
      onBadRows: query.on_bad_rows,
      preview: query.preview,
      spoolPath: join(folder, unfinishedName('import')),
      rows: (intake) => table.rows(intake),
      onProgress: (row) => {
        showProgress(`📥 Importing row ${row} … ${Math.floor(100 * table.fractionRead(row))} %`);
      },
    });
    return outcomeOf(report);
  } finally {
    showProgress('');
    await table.close();
  }
}

async function download({ words, values, store, folder }: Command): Promise<Outcome> {
  const [exchangeId] = words;
  const { symbol } = values;
  if (exchangeId === undefined || symbol === undefined || values.timeframe === undefined) {
    throw new UsageError('download needs an EXCHANGE, --symbol and --timeframe.');
  }
  const timeframe = timeframeOf(values.timeframe);
  const target = await store.target(symbol, timeframe);
  // The same command goes on where it was interrupted.
  const name = [
    exchangeId,
    target.symbol,
    timeframe,
    values.user ?? 'shared',
    values.start ?? '',
    values.end ?? '',
  ];
  const workFolder = join(folder, '.downloads', name.join('-').replace(/[^A-Za-z0-9_-]/g, '.'));
  makePrivateFolder(workFolder);
  const report = await downloadCandles({
    exchangeId,
    exchange: await connectToExchange(exchangeId, target.symbol, timeframe, addressOf(exchangeId)),
    target,
    startMs: instantOf('--start', values.start),
    endMs: instantOf('--end', values.end),
    workFolder,
    onProgress: showProgress,
  }).finally(() => {
    showProgress('');
  });
  await rm(workFolder, { recursive: true, force: true });
  return outcomeOf(report);
}

async function verify({ words, store, broken }: Command): Promise<Outcome> {
  const [symbol, timeframe] = words;
  const wanted = timeframe === undefined ? null : timeframeOf(timeframe);
  const name = symbol === undefined ? null : (await store.target(symbol, wanted ?? '1h')).symbol;
  const stored = (await store.datasets()).filter(
    (dataset) =>
      dataset.owner === (store.isShared ? 'shared' : 'own') &&
      (name === null || dataset.symbol === name) &&
      (wanted === null || dataset.timeframe === wanted),
  );
  const unusable = broken.filter(({ path }) => {
    const [file, folder, owner] = path.split(sep).reverse();
    return (
      (owner === 'shared') === store.isShared &&
      (name === null || folder === name) &&
      (wanted === null || file === `${wanted}.candles`)
    );
  });
  if (symbol !== undefined && stored.length + unusable.length === 0)
    throw new UsageError(`There are no such candles of ${symbol}.`);
  const items = [];
  for (const dataset of stored) {
    const path = await store.series(dataset.symbol, dataset.timeframe);
    if (path !== null) items.push(await verifySeries(path));
  }
  return {
    json: { items, broken: unusable.map(brokenFile) },
    text: [...items.map(verificationText), ...unusable.map(({ message }) => `NOT INTACT: ${message}`)].join(
      '\n',
    ),
    isGood: unusable.length === 0 && items.every(({ intact }) => intact),
  };
}

async function exportSeries({ words, values, store }: Command): Promise<Outcome> {
  const path = await requireSeries(words, store);
  const pieces = Readable.from(candlesCsv(path));
  if (values.out === undefined) {
    if (values.json) throw new UsageError('export prints CSV; --json needs --out.');
    await pipeline(pieces, process.stdout, { end: false });
    return { json: null, text: '', isGood: true };
  }
  await pipeline(pieces, createWriteStream(resolve(values.out)));
  return { json: { file: resolve(values.out) }, text: `Written to ${values.out}.`, isGood: true };
}

async function deleteSeries({ words, values, store }: Command): Promise<Outcome> {
  const path = await requireSeries(words, store);
  if (!values.yes) throw new UsageError(`--yes would delete ${path}.`);
  await removeSeries(path);
  return { json: { deleted: path }, text: `Deleted ${path}.`, isGood: true };
}

function outcomeOf(report: ImportReport): Outcome {
  return { json: report, text: reportText(report), isGood: true };
}

async function requireSeries(words: readonly string[], store: CandleStore): Promise<string> {
  const [symbol, timeframe] = words;
  if (symbol === undefined || timeframe === undefined)
    throw new UsageError('SYMBOL and TIMEFRAME are needed.');
  const path = await store.series(symbol, timeframeOf(timeframe));
  if (path === null) throw new UsageError(`There are no ${timeframe} candles of ${symbol}.`);
  return path;
}

function timeframeOf(text: string): Timeframe {
  const found = timeframes.find((name) => name === text);
  if (found === undefined) throw new UsageError(`"${text}" is none of ${timeframes.join(', ')}.`);
  return found;
}

function instantOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const parsed = dateOrInstant.safeParse(text);
  if (!parsed.success)
    throw new UsageError(`${name} is "${text}"; it must be YYYY-MM-DD or an ISO-8601 timestamp.`);
  return Date.parse(parsed.data);
}

/** The proxy or mirror that the operator configured for an exchange. */
function addressOf(exchangeId: string): string | null {
  const pairs = (process.env.HEADROOM_EXCHANGE_URLS ?? '')
    .split(',')
    .map((pair) => pair.trim().split('=', 2));
  return pairs.find(([id]) => id === exchangeId)?.[1] ?? null;
}

function checked<Value>(schema: z.ZodType<Value>, given: Record<string, unknown>): Value {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const parsed = schema.safeParse(said);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `--${path.join('.').replaceAll('_', '-')}: ${message}`,
  );
  throw new UsageError(issues.join('\n'));
}

/** One line on a terminal that rewrites itself; nothing elsewhere. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}

function explain(error: unknown, json: boolean): number {
  const { code, message } = error as Error & { code?: string };
  if (
    error instanceof UsageError ||
    error instanceof RangeError ||
    code?.startsWith('ERR_PARSE_ARGS') === true
  ) {
    process.stderr.write(`${message}\n\nSee --help.\n`);
    return 2;
  }
  const isExpected =
    error instanceof ImportError || error instanceof DownloadError || error instanceof CandleFileError;
  if (!isExpected && code === undefined) throw error;
  const report = error instanceof ImportRejected ? error.report : null;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message }, report })}\n`);
  else if (report !== null) process.stdout.write(`${reportText(report)}\n`);
  const name = code ?? 'ERROR';
  process.stderr.write(message.startsWith(name) ? `${message}\n` : `${name}: ${message}\n`);
  return 1;
}
