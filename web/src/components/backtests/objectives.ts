import type { BacktestOptimizeRequest, Optimization } from '@app/contracts';
import { number } from '@/format';
import { statistics } from './statistics';

export type Objective = BacktestOptimizeRequest['objective'];
export type SweepRun = Optimization['runs'][number];
export type HeatMapData = Optimization['heat_maps'][number];

interface Described {
  readonly name: string;
  readonly hint: string;
  readonly text: (value: number | null | undefined) => string;
  readonly isLowBetter: boolean;
}

const order: readonly Objective[] = [
  'sharpe_ratio',
  'total_return',
  'cagr',
  'sortino_ratio',
  'calmar_ratio',
  'max_drawdown',
  'profit_factor',
  'expectancy',
  'win_rate',
  'sqn',
];

/** What a sweep may be ranked by, in the words of the statistics. */
export const objectives: Readonly<Record<Objective, Described>> = Object.fromEntries(
  order.map((key) => [key, described(key)]),
) as Record<Objective, Described>;

function described(key: Objective): Described {
  const known = statistics.find((statistic) => statistic.key === key);
  if (known) return { ...known, isLowBetter: known.better < 0 };
  const hint = 'Average trade over its scatter, times the root of the number of trades.';
  return { name: 'System quality', hint, text: (value) => number(value), isLowBetter: false };
}

/** `{fast_period: 5, slow_period: 30}` → `fast period 5, slow period 30`. */
export function paramsText(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`)
    .join(', ');
}
