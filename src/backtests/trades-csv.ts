import type { ClosedTrade } from '@app/contracts';

const columns = [
  'entry_time',
  'exit_time',
  'direction',
  'size',
  'entry_price',
  'exit_price',
  'pnl',
  'return',
  'commission',
  'exit_reason',
  'bars',
] as const satisfies readonly (keyof ClosedTrade)[];

/** One line a trade under a header line; an undefined return is an empty field. */
export function tradesCsv(trades: readonly ClosedTrade[]): string {
  const lines = trades.map((trade) => columns.map((column) => csvField(trade[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/**
 * A field of a CSV file. Text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP,
 * CSV injection): a strategy's own words may come from a plug-in. Numbers stay as they are, negative ones too.
 */
export function csvField(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The trades lie beside the result they belong to. */
export function tradesCsvPath(resultPath: string): string {
  return resultPath.replace(/\.json\.gz$/, '.trades.csv.gz');
}
