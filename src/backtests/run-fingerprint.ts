import type { BacktestRunRequest } from '@app/contracts';
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { backtests, sameRequestKey } from '../database/schema.js';
import type { CandleSource } from '../market-data/candle-store.js';

/** A request whose result may be there already. */
export interface RepeatableRun {
  readonly request: BacktestRunRequest;
  /** What the result would be made by. */
  readonly engineVersion: string;
  /** Of the candles it would be made from. */
  readonly header: CandleSource['header'];
}

/** The stored runs of a user that came to what this one would; found by index. */
export function isSameRun(
  userId: string,
  { request, engineVersion, header }: RepeatableRun,
): SQL | undefined {
  const { summary } = backtests;
  return and(
    eq(backtests.userId, userId),
    eq(sameRequestKey(backtests.request), sameRequestKey(sql`${JSON.stringify(request)}::jsonb`)),
    sql`${summary} ->> 'engine_version' = ${engineVersion}`,
    sql`${summary} -> 'dataset' ->> 'sha256' = ${header.sha256}`,
    sql`${summary} -> 'dataset' ->> 'synthetic' = ${String(header.synthetic)}`,
  );
}
