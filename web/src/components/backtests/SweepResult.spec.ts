import { afterEach, expect, test, vi } from 'vitest';
import type { Optimization } from '@app/contracts';
import { mounted, textOf, unmount } from '../../../test/mounted';
import SweepResult from './SweepResult.vue';

afterEach(unmount);

const figures = (sharpe_ratio: number, total_return: number) => ({
  total_return,
  cagr: total_return,
  sharpe_ratio,
  sortino_ratio: null,
  calmar_ratio: null,
  max_drawdown: 0.25,
  profit_factor: null,
  expectancy: null,
  win_rate: null,
  sqn: null,
  trade_count: 42,
});
const run = (rank: number, fast_period: number, sharpe: number) => ({
  rank,
  params: { fast_period, slow_period: 30 },
  in_sample: figures(sharpe, sharpe / 10),
  out_of_sample: figures(sharpe - 2, -0.05),
});
const warning = 'Likely luck: after 2 trials the best is better than chance with a probability of 43 % only.';

const sweep: Optimization = {
  backtest_id: 'sweep-1',
  type: 'optimization',
  status: 'completed',
  title: null,
  notes: null,
  request: { strategy: 'SmaCross' },
  created_at: '2026-01-01T00:00:00.000Z',
  duration_s: 2,
  dataset: null,
  engine_version: '1',
  performance: null,
  look_ahead: null,
  cached: false,
  error: null,
  warnings: [warning],
  optimization: {
    objective: 'sharpe_ratio',
    planned_runs: 3,
    trials: 2,
    skipped: 1,
    best: run(1, 10, 1.5),
    deflated_sharpe: 0.43,
    overfitting_warning: warning,
    out_of_sample: { total_return: -0.12, cagr: -0.2, sharpe_ratio: -0.5, max_drawdown: 0.3 },
  },
  runs: [run(1, 10, 1.5), run(2, 5, 0.7)],
  heat_maps: [{ x_param: 'fast_period', y_param: 'slow_period', x: [5, 10], y: [30], values: [[0.7, 1.5]] }],
  windows: [
    {
      train_start: '2023-01-01T00:00:00.000Z',
      train_end: '2023-06-29T00:00:00.000Z',
      test_start: '2023-06-30T00:00:00.000Z',
      test_end: '2023-08-28T00:00:00.000Z',
      trials: 2,
      params: { fast_period: 10, slow_period: 30 },
      in_sample: figures(1.5, 0.15),
      out_of_sample: figures(-0.5, -0.05),
      deflated_sharpe: 0.43,
    },
  ],
  out_of_sample_curve: [],
  skipped_runs: [
    { params: { fast_period: 40 }, code: 'INVALID_PARAMS', message: 'fast_period must be below slow_period' },
  ],
};

test('says in plain words that the best was likely luck', async () => {
  const text = textOf(await mounted(SweepResult, { sweep }));
  expect(text).toContain(warning);
  expect(text).toContain('do not trade on it');
  expect(text).toContain('Chance that the best has any skill, given 2 tries: 43 %.');
  expect(text).toContain('1 point could not be run; the first (fast period 40): fast_period must be below');
});

test('tells what was chosen beside what came after it', async () => {
  const element = await mounted(SweepResult, { sweep });
  const window = element.querySelector('[aria-label="Windows, table"] tbody tr');
  expect([...window!.querySelectorAll('td')].slice(2).map(textOf)).toEqual([
    'fast period 10, slow period 30',
    '1.50',
    '-0.50',
    '-5.00 %',
  ]);
});

test('ranks the runs and leads from each to a form with its parameters', async () => {
  const element = await mounted(SweepResult, { sweep });
  const rows = [...element.querySelectorAll('[aria-label="Ranking, table"] tbody tr')];
  expect(rows.map((row) => [...row.querySelectorAll('td')].slice(0, 4).map(textOf))).toEqual([
    ['#1', '10', '30', '1.50'],
    ['#2', '5', '30', '0.70'],
  ]);
  expect(rows[1]!.querySelector('a')!.getAttribute('href')).toBe('/backtests?again=sweep-1&rank=2');
});

test('goes through the heat map with the arrow keys and marks the run of a cell', async () => {
  const element = await mounted(SweepResult, { sweep });
  await vi.waitFor(() => expect(element.querySelector('[role=application]')).not.toBeNull());
  const map = element.querySelector<HTMLElement>('[role=application]')!;
  const press = (key: string) => map.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  press('ArrowRight');
  await vi.waitFor(() =>
    expect(textOf(element)).toContain('fast period 5, slow period 30: Sharpe ratio 0.70'),
  );
  press('ArrowRight');
  await vi.waitFor(() =>
    expect(textOf(element)).toContain('fast period 10, slow period 30: Sharpe ratio 1.50'),
  );
  press('Enter');
  await vi.waitFor(() => expect(textOf(element.querySelector('tr.marked td'))).toBe('#1'));
});

test('says that luck is unlikely only by saying that nothing speaks for it', async () => {
  const optimization = { ...sweep.optimization!, overfitting_warning: null, deflated_sharpe: 0.97 };
  const text = textOf(await mounted(SweepResult, { sweep: { ...sweep, optimization } }));
  expect(text).toContain('No sign of overfitting in these figures; that is no promise.');
});
