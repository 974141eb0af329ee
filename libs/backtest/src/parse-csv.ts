import type { Candles } from './candles.js';
import { BacktestInputError } from './errors.js';

/** Candles read from text, and what had to be assumed to read them. */
export interface ParsedCsv {
  readonly candles: Candles;
  /** Rows whose time names no zone; read as UTC. */
  readonly assumedUtc: number;
  /** True when there was no volume column and volumes are 0. */
  readonly withoutVolume: boolean;
}

const timeNames = ['time', 'timestamp', 'date', 'datetime', 'open_time', ''];
const priceNames = ['open', 'high', 'low', 'close'] as const;
const isoTime =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Reads candles from CSV: a header line with open, high, low, close, optionally volume, and a time column
 * (`time`, `timestamp`, `date`, `datetime`, `open_time` or without a name).
 *
 * Times are ISO-8601 or Unix seconds or milliseconds; one without a zone is read as UTC and counted.
 * Rows must be complete: MALFORMED_CSV names the first line that is not. The order and the prices are
 * for `checkCandles` to judge.
 */
export function parseCsv(text: string): ParsedCsv {
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  const header = (lines[0] ?? '')
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((cell) => cell.trim().toLowerCase());
  const timeColumn = header.findIndex((name) => timeNames.includes(name));
  const priceColumns = priceNames.map((name) => header.indexOf(name));
  const volumeColumn = header.indexOf('volume');
  if (timeColumn < 0 || priceColumns.includes(-1)) {
    throw malformed(1, `needs a time column and open, high, low and close, and has ${header.join(', ')}`);
  }
  const rows = lines.length - 1;
  const column = (): Float64Array => new Float64Array(Math.max(rows, 0));
  const candles = {
    time: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  let assumedUtc = 0;
  for (let i = 0; i < rows; i++) {
    const cells = lines[i + 1]!.split(',');
    if (cells.length !== header.length) {
      throw malformed(i + 2, `has ${cells.length} fields instead of ${header.length}`);
    }
    const { ms, hasZone } = parseTime(cells[timeColumn]!.trim(), i + 2);
    candles.time[i] = ms;
    if (!hasZone) assumedUtc++;
    priceNames.forEach((name, k) => (candles[name][i] = parseNumber(cells[priceColumns[k]!]!, i + 2)));
    if (volumeColumn >= 0) candles.volume[i] = parseNumber(cells[volumeColumn]!, i + 2);
  }
  return { candles, assumedUtc, withoutVolume: volumeColumn < 0 };
}

function parseTime(cell: string, line: number): { ms: number; hasZone: boolean } {
  if (/^\d{9,}$/.test(cell)) {
    const value = Number(cell);
    return { ms: value >= 1e11 ? value : value * 1000, hasZone: true };
  }
  const [, day, clock, zone] = isoTime.exec(cell) ?? [];
  // A day alone means midnight UTC by ISO-8601 as JavaScript reads it: nothing is assumed.
  const ms =
    day === undefined ? NaN : Date.parse(clock === undefined ? day : `${day}T${clock}${zone ?? 'Z'}`);
  if (Number.isNaN(ms)) throw malformed(line, `has no time in "${cell}"`);
  return { ms, hasZone: clock === undefined || zone !== undefined };
}

function parseNumber(cell: string, line: number): number {
  const text = cell.trim();
  const value = text === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw malformed(line, `has "${text}" where a number belongs`);
  return value;
}

function malformed(line: number, what: string): BacktestInputError {
  return new BacktestInputError('MALFORMED_CSV', `Line ${line} ${what}`);
}
