import { boundedText } from '@app/text';
import { ImportError } from './import-error.js';

/** What a column of a table can be. */
export const fields = [
  'time',
  'time_of_day',
  'open',
  'high',
  'low',
  'close',
  'adjusted_close',
  'volume',
  'symbol',
] as const;
export type Field = (typeof fields)[number];

/** The index of the column that holds each field. */
export type FieldColumns = Readonly<Partial<Record<Field, number>>>;

/** Names as vendors write them, in lower case and without `<>`, the best one first. */
const names: Readonly<Record<Exclude<Field, 'time_of_day'>, readonly string[]>> = {
  time: [
    'open_time',
    'open time',
    'opentime',
    'unix',
    'unix timestamp',
    'unixtime',
    'epoch',
    'timestamp',
    'ts',
    'datetime',
    'date_time',
    'date time',
    'date',
    'dtyyyymmdd',
    'time',
    't',
    'index',
    '__index_level_0__',
  ],
  open: ['open', 'o', 'open price', 'open_price'],
  high: ['high', 'h', 'max', 'high price', 'high_price'],
  low: ['low', 'l', 'min', 'low price', 'low_price'],
  close: ['close', 'c', 'last', 'close price', 'close_price', 'close/last'],
  adjusted_close: ['adj close', 'adj_close', 'adjclose', 'adjusted close', 'adjusted_close'],
  volume: ['volume', 'v', 'vol', 'base volume', 'base_volume', 'tick_volume'],
  symbol: ['symbol', 'ticker', 'pair'],
};

/**
 * Which column is what, by the names of a header.
 *
 * @param symbol the symbol that is imported: of `Volume BTC` and `Volume USDT`, the volume of BTC_USDT is the first
 */
export function columnsByName(header: readonly string[], symbol: string): FieldColumns {
  const written = header.map((name) => name.trim().toLowerCase().replace(/^<|>$/g, ''));
  const columns: Partial<Record<Field, number>> = {};
  for (const [field, known] of Object.entries(names) as [Field, readonly string[]][]) {
    const found = known.map((name) => written.indexOf(name)).find((index) => index !== -1);
    if (found !== undefined) columns[field] = found;
  }
  const volume = columns.volume ?? volumeColumn(written, symbol);
  if (volume !== undefined) columns.volume = volume;
  const timeOfDay = written.indexOf('time');
  const time = columns.time === undefined ? undefined : written[columns.time];
  if (timeOfDay !== -1 && (time === 'date' || time === 'dtyyyymmdd')) columns.time_of_day = timeOfDay;
  return columns;
}

function volumeColumn(written: readonly string[], symbol: string): number | undefined {
  const base = symbol.split('_')[0]!.toLowerCase();
  const volumes = written.flatMap((name, index) =>
    /^volume\b|\bvolume$/.test(name) ? [{ name, index }] : [],
  );
  return (volumes.find(({ name }) => name.split(/\s+/).includes(base)) ?? volumes[0])?.index;
}

/**
 * Which column is what, as somebody says it: `time,open,high,low,close,-,volume`.
 *
 * @throws ImportError COLUMNS_UNKNOWN for a word that is no field, or one that comes twice
 */
export function columnsByWord(words: string): FieldColumns {
  const columns: Partial<Record<Field, number>> = {};
  for (const [index, written] of words.split(',').entries()) {
    const word = written.trim().toLowerCase();
    if (word === '-' || word === '') continue;
    const field = fields.find((known) => known === word);
    if (field === undefined) {
      throw new ImportError('COLUMNS_UNKNOWN', `columns: "${word}" is none of ${fields.join(', ')} or -.`);
    }
    if (columns[field] !== undefined) {
      throw new ImportError('COLUMNS_UNKNOWN', `columns: "${word}" comes twice.`);
    }
    columns[field] = index;
  }
  return columns;
}

const maxHeaderCodePoints = 500;

/** @throws ImportError COLUMNS_UNKNOWN naming the fields that no column holds */
export function requireColumns(
  columns: FieldColumns,
  header: readonly string[],
): asserts columns is FieldColumns & Readonly<Record<'time' | 'open' | 'high' | 'low' | 'close', number>> {
  const lacking = (['time', 'open', 'high', 'low', 'close'] as const).filter(
    (field) => columns[field] === undefined,
  );
  if (lacking.length === 0) return;
  throw new ImportError(
    'COLUMNS_UNKNOWN',
    `No column was recognised as ${lacking.join(', ')}; the columns are ${boundedText(header.join(', '), maxHeaderCodePoints)}. ` +
      'Name them with columns=time,open,high,low,close,volume (- for others).',
  );
}
