import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { firstBarAt, parseCsv, sliceCandles, type Candles } from '@app/backtest';
import { CandleStore } from '../../market-data/candle-store.js';
import { UsageError, type Settings } from './settings.js';

/** What a run reads: candles up to its end, the first tradable bar, and where they come from. */
export interface LoadedData {
  readonly candles: Candles;
  readonly warmupFrom: number;
  readonly signals: Float64Array | undefined;
  readonly dataset: {
    readonly source: string;
    readonly rows: number;
    readonly sha256: string;
    readonly synthetic: boolean;
  };
  readonly notes: readonly string[];
}

interface Source {
  readonly candles: Candles;
  readonly name: string;
  readonly sha256: string;
  readonly synthetic: boolean;
  readonly notes: readonly string[];
}

/** Reads the candles and the signals that the settings name. */
export async function loadData(settings: Settings): Promise<LoadedData> {
  const { source: wanted, startMs, endMs } = settings;
  const source = 'csv' in wanted ? fromCsv(wanted.csv) : await fromStore(wanted.symbol, wanted.timeframe);
  const all = source.candles;
  const signals = settings.signals === null ? undefined : readSignals(settings.signals, all.time.length);
  const to = endMs === null ? all.time.length : firstBarAt(all, endMs);
  const candles = sliceCandles(all, 0, to);
  const warmupFrom = startMs === null ? 0 : firstBarAt(candles, startMs);
  const { name, sha256, synthetic, notes } = source;
  return {
    candles,
    warmupFrom,
    signals: signals?.subarray(0, to),
    dataset: { source: name, rows: to - warmupFrom, sha256, synthetic },
    notes,
  };
}

function fromCsv(path: string): Source {
  const bytes = readFileSync(path);
  const { candles, assumedUtc, withoutVolume } = parseCsv(bytes.toString('utf8'));
  const notes: string[] = [];
  if (assumedUtc > 0) notes.push(`${assumedUtc} times name no zone and were read as UTC`);
  if (withoutVolume) notes.push('There is no volume column; volumes are 0');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { candles, name: path, sha256, synthetic: false, notes };
}

async function fromStore(symbol: string, timeframe: Parameters<CandleStore['read']>[1]): Promise<Source> {
  const folder = join(resolve(process.env.HEADROOM_DATA_DIR ?? './data'), 'market-data');
  const found = await new CandleStore(folder).read(symbol, timeframe);
  if (found === null) throw new UsageError(`${folder} has no ${timeframe} candles of ${symbol}`);
  const { candles, sha256, synthetic } = found;
  return { candles, name: `${symbol} ${timeframe}`, sha256, synthetic, notes: [] };
}

function readSignals(path: string, rows: number): Float64Array {
  const text = readFileSync(path, 'utf8').trim();
  const cells = text.startsWith('[')
    ? (JSON.parse(text) as unknown[])
    : text.split(/\r?\n/).map(numberOrNull);
  if (cells.length < rows) throw new UsageError(`${path} has ${cells.length} signals for ${rows} candles`);
  return Float64Array.from(cells.slice(0, rows), (cell, i) => {
    if (cell === null) return NaN;
    if (typeof cell === 'number' && Number.isFinite(cell)) return cell;
    throw new UsageError(`${path}: signal ${i} is no number`);
  });
}

/** The number in a line; null where it is empty or says NaN, and the text itself where there is none. */
function numberOrNull(line: string): unknown {
  const text = line.trim();
  if (text === '' || text.toLowerCase() === 'nan') return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}
