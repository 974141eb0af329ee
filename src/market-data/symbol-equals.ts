import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';

/** Whether a stored symbol has the letters of the one asked for: `BTCUSDT` and `BTC_USDT` mean the same series. */
export function symbolEquals(stored: SQLWrapper, asked: string): SQL {
  return sql`replace(${stored}, '_', '') = ${asked.replace('_', '')}`;
}
