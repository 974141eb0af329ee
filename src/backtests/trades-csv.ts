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

/** One line a trade under a header line; an undefined return is an empty field. Every value is a number, a time or one of our own words. */
export function tradesCsv(trades: readonly ClosedTrade[]): string {
  const lines = trades.map((trade) => columns.map((column) => trade[column] ?? '').join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** The trades lie beside the result they belong to. */
export function tradesCsvPath(resultPath: string): string {
  return resultPath.replace(/\.json\.gz$/, '.trades.csv.gz');
}
