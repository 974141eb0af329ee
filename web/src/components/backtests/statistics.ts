import type { PerformanceDocument } from '@app/backtest';
import { number, percent, signedPercent } from '@/format';

export interface Statistic {
  readonly key: keyof PerformanceDocument;
  readonly name: string;
  readonly hint: string;
  readonly text: (value: number | null | undefined) => string;
  /** Which way is better, for comparing; 0 where neither is. */
  readonly better: 1 | -1 | 0;
}

const days = (value: number | null | undefined) => `${number(value, 0)} days`;
const bars = (value: number | null | undefined) => `${number(value, 1)} candles`;
const count = (value: number | null | undefined) => number(value, 0);
const money = (value: number | null | undefined) => number(value, 2);
const ratio = (value: number | null | undefined) => number(value, 2);
const plain = (value: number | null | undefined) => percent(value);

/** What a result shows, in order of what a trader asks first. */
export const statistics: readonly Statistic[] = [
  {
    key: 'total_return',
    name: 'Return',
    hint: 'Gain or loss over the whole span.',
    text: signedPercent,
    better: 1,
  },
  {
    key: 'benchmark_return',
    name: 'Buy and hold',
    hint: 'What holding the symbol over the span would have brought.',
    text: signedPercent,
    better: 0,
  },
  {
    key: 'cagr',
    name: 'CAGR',
    hint: 'The steady yearly growth that would give the same result.',
    text: signedPercent,
    better: 1,
  },
  {
    key: 'final_equity',
    name: 'Final equity',
    hint: 'Cash and positions at the end.',
    text: money,
    better: 1,
  },
  {
    key: 'sharpe_ratio',
    name: 'Sharpe ratio',
    hint: 'Yearly return for each unit of swing. Above 1 is good, below 0 lost money.',
    text: ratio,
    better: 1,
  },
  {
    key: 'sortino_ratio',
    name: 'Sortino ratio',
    hint: 'As Sharpe, counting only the swings downwards.',
    text: ratio,
    better: 1,
  },
  {
    key: 'calmar_ratio',
    name: 'Calmar ratio',
    hint: 'CAGR divided by the maximum drawdown.',
    text: ratio,
    better: 1,
  },
  {
    key: 'probabilistic_sharpe',
    name: 'Probabilistic Sharpe ratio (PSR)',
    hint: 'How sure this sample makes us that the true Sharpe ratio is above 0.',
    text: plain,
    better: 1,
  },
  {
    key: 'max_drawdown',
    name: 'Deepest drawdown',
    hint: 'The largest fall from a peak of the equity.',
    text: plain,
    better: -1,
  },
  {
    key: 'max_drawdown_days',
    name: 'Longest drawdown',
    hint: 'The longest time below an earlier peak.',
    text: days,
    better: -1,
  },
  {
    key: 'annual_volatility',
    name: 'Volatility a year',
    hint: 'How much the equity swings.',
    text: plain,
    better: -1,
  },
  {
    key: 'value_at_risk',
    name: 'Value at risk',
    hint: 'One period in twenty loses more than this.',
    text: plain,
    better: -1,
  },
  {
    key: 'exposure',
    name: 'Time in the market',
    hint: 'Share of candles with an open position.',
    text: plain,
    better: 0,
  },
  {
    key: 'trade_count',
    name: 'Trades',
    hint: 'Round trips. Under 30, every other figure is mostly luck.',
    text: count,
    better: 0,
  },
  {
    key: 'win_rate',
    name: 'Winning trades',
    hint: 'Share of trades that made money. A low one is fine when winners are large.',
    text: plain,
    better: 1,
  },
  {
    key: 'profit_factor',
    name: 'Profit factor',
    hint: 'Money won for each unit lost. Below 1 the strategy loses.',
    text: ratio,
    better: 1,
  },
  {
    key: 'expectancy',
    name: 'Expected per trade',
    hint: 'Average gain or loss of a trade, in money.',
    text: money,
    better: 1,
  },
  {
    key: 'best_trade_return',
    name: 'Best trade',
    hint: 'Return of the best single trade.',
    text: signedPercent,
    better: 1,
  },
  {
    key: 'worst_trade_return',
    name: 'Worst trade',
    hint: 'Return of the worst single trade.',
    text: signedPercent,
    better: 1,
  },
  {
    key: 'average_trade_bars',
    name: 'Average holding',
    hint: 'How long a trade lasts.',
    text: bars,
    better: 0,
  },
  {
    key: 'commission_paid',
    name: 'Commission paid',
    hint: 'All commissions together.',
    text: money,
    better: -1,
  },
  {
    key: 'beta',
    name: 'Beta',
    hint: 'How much of the market’s swings the equity takes part in.',
    text: ratio,
    better: 0,
  },
];
