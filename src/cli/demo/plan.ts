import type { BacktestRunRequest } from '@app/contracts';

/** One backtest that the demo posts. */
export type PlannedBacktest = Pick<
  BacktestRunRequest,
  'strategy' | 'symbol' | 'start_date' | 'end_date' | 'initial_capital'
>;

/** Every third one trains models first and takes seconds; the others take a fraction of one. */
const strategies = [
  'MLPredictive',
  'SmaCross',
  'RsiReversion',
  'MLPredictive',
  'BollingerBands',
  'MacdTrend',
  'MLPredictive',
  'DonchianBreakout',
  'BuyAndHold',
];
const symbols = [
  'BTC_USDT',
  'ETH_USDT',
  'SOL_USDT',
  'BNB_USDT',
  'XRP_USDT',
  'ADA_USDT',
  'DOGE_USDT',
  'AVAX_USDT',
];
const quarters: readonly (readonly [string, string])[] = [
  ['2024-01-01', '2024-04-01'],
  ['2024-04-01', '2024-07-01'],
  ['2024-07-01', '2024-10-01'],
  ['2024-10-01', '2025-01-01'],
];

/** The first is the shortest of all that train; the rest walk through strategies, symbols and quarters. */
export function planBacktests(count: number): PlannedBacktest[] {
  return Array.from({ length: count }, (_, i) => {
    const [start_date, end_date] = quarters[Math.floor(i / 3) % quarters.length]!;
    return {
      strategy: strategies[i % strategies.length]!,
      symbol: symbols[i % symbols.length]!,
      start_date,
      end_date: i === 0 ? '2024-01-31' : end_date,
      initial_capital: 10_000,
    };
  });
}
