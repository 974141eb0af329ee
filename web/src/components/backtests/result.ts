import type { ResultDocument } from '@app/backtest';
import type { Backtest, CandleList, Timeframe } from '@app/contracts';
import { request } from '@/api/client';
import { lengthMs, timeframeNames } from './draft';

/** A backtest as `GET /api/backtests/:id` gives it: the summary and, once it is there, the engine's document. */
export type BacktestResult = Backtest & Pick<ResultDocument, 'benchmark_curve' | 'warnings'>;

const mostCandles = 2000;

/** The candles of a run's span, in candles long enough for the whole span to fit into one answer. */
export async function candlesOf(run: BacktestResult, signal?: AbortSignal): Promise<CandleList> {
  const own = String(run.request.timeframe) as Timeframe;
  const [start, end] = [String(run.request.start_date), String(run.request.end_date)];
  const spanMs = Date.parse(end) - Date.parse(start);
  const wide = (Object.keys(timeframeNames) as Timeframe[]).find(
    (timeframe) => lengthMs(timeframe) >= lengthMs(own) && spanMs / lengthMs(timeframe) <= mostCandles,
  );
  const query = {
    symbol: String(run.request.symbol),
    timeframe: wide ?? '1w',
    start,
    end,
    limit: mostCandles,
  };
  return request<CandleList>('/api/market-data/candles', { query, ...(signal && { signal }) });
}

/** Fetches the trades as CSV and hands them to the browser as a download. */
export function saveFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
