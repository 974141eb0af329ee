import type { BacktestResult, CompatResult, Performance } from '@app/backtest';

const blocks = '▁▂▃▄▅▆▇█';

const percent: readonly (keyof Performance)[] = [
  'totalReturn',
  'benchmarkReturn',
  'cagr',
  'annualVolatility',
  'alpha',
  'maxDrawdown',
  'averageDrawdown',
  'ulcerIndex',
  'valueAtRisk',
  'conditionalValueAtRisk',
  'exposure',
  'winRate',
  'averageTradeReturn',
  'bestTradeReturn',
  'worstTradeReturn',
  'averageAdverseExcursion',
  'averageFavourableExcursion',
  'probabilisticSharpe',
  'kelly',
];

/** The result as a readable table with the equity above it. */
export function textOf(result: BacktestResult, notes: readonly string[]): string {
  const rows = (Object.entries(result.performance) as [keyof Performance, number | null][]).map(
    ([name, value]) => row(labelOf(name), valueText(name, value)),
  );
  const first = dateOf(result.time[0]!);
  const last = dateOf(result.time.at(-1)!);
  const warnings = [...notes, ...result.warnings].map((warning) => `! ${warning}`);
  return [`${first} ${sparkline(result.equity)} ${last}`, '', ...rows, '', ...warnings].join('\n').trimEnd();
}

/** The statistics of the compatibility mode under their own names. */
export function compatText({ stats, equity }: CompatResult): string {
  return [
    sparkline(equity),
    '',
    ...Object.entries(stats).map(([name, value]) => row(name, String(value ?? '-'))),
  ].join('\n');
}

/** The closing equity of equal stretches as one line of blocks. */
function sparkline(equity: Float64Array, width = 60): string {
  const columns = Math.min(width, equity.length);
  const values = Array.from(
    { length: columns },
    (_, k) => equity[Math.ceil(((k + 1) * equity.length) / columns) - 1]!,
  );
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return values
    .map((value) => blocks[span === 0 ? 3 : Math.min(7, Math.floor(((value - low) / span) * 8))])
    .join('');
}

function row(label: string, value: string): string {
  return `${label.padEnd(30)}${value.padStart(16)}`;
}

function labelOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueText(name: keyof Performance, value: number | null): string {
  if (value === null) return '-';
  if (percent.includes(name)) return `${(value * 100).toFixed(2)} %`;
  const digits = Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
