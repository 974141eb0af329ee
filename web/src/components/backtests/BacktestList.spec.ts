import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BacktestSummary } from '@app/contracts';
import { FakeServer } from '../../../test/fake-server';
import { button, mounted, textOf, unmount } from '../../../test/mounted';
import BacktestList from './BacktestList.vue';

let server: FakeServer;

const summary = (changes: Partial<BacktestSummary>): BacktestSummary => ({
  backtest_id: 'run-1',
  type: 'backtest',
  status: 'completed',
  title: 'first try',
  notes: null,
  request: {
    strategy: 'SmaCross',
    symbol: 'BTC_USDT',
    timeframe: '1h',
    start_date: '2024-01-01',
    end_date: '2024-02-01',
  },
  created_at: '2026-01-01T00:00:00.000Z',
  duration_s: 1,
  dataset: null,
  engine_version: '1',
  performance: { total_return: 0.0123, sharpe_ratio: 1.5, max_drawdown: 0.2, trade_count: 7 },
  look_ahead: null,
  optimization: null,
  cached: false,
  error: null,
  warnings: [],
  ...changes,
});

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.answers.set('GET /api/backtests?limit=50', {
    items: [summary({}), summary({ backtest_id: 'run-2', title: 'second try' })],
    next_cursor: null,
  });
  server.answers.set('DELETE /api/backtests/run-1', null);
});
afterEach(() => {
  unmount();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function list(): Promise<HTMLElement> {
  const element = await mounted(BacktestList, {});
  await vi.advanceTimersByTimeAsync(10);
  return element;
}
const deletions = () => server.requests.filter(({ method }) => method === 'DELETE').length;

test('shows what each run brought, with its signs', async () => {
  const row = textOf((await list()).querySelector('tbody tr'));
  for (const part of ['first try', 'Completed', '+1.23 %', '1.50', '-20.00 %', '7'])
    expect(row).toContain(part);
});

test('deletes for good only when nobody has taken it back for ten seconds', async () => {
  const element = await list();
  button(element, 'Delete first try').click();
  await vi.advanceTimersByTimeAsync(9000);
  expect(deletions()).toBe(0);
  expect(document.activeElement).toBe(button(element, 'Undo: keep first try'));

  button(element, 'Undo: keep first try').click();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(deletions()).toBe(0);
  expect(document.activeElement).toBe(button(element, 'Delete first try'));

  button(element, 'Delete first try').click();
  await vi.advanceTimersByTimeAsync(10_100);
  expect(deletions()).toBe(1);
  expect(textOf(element)).not.toContain('first try');
  expect(textOf(element)).toContain('second try');
});

test('deletes at once what is pending deletion when the page is left', async () => {
  const element = await list();
  button(element, 'Delete first try').click();
  await vi.advanceTimersByTimeAsync(100);
  unmount();
  await vi.advanceTimersByTimeAsync(100);
  expect(deletions()).toBe(1);
});

test('shows a sweep by the best of its runs', async () => {
  const figures = { total_return: 0.5, sharpe_ratio: 2, max_drawdown: 0.1, trade_count: 3 };
  const optimization = { best: { in_sample: figures } } as unknown as BacktestSummary['optimization'];
  server.answers.set('GET /api/backtests?limit=50', {
    items: [summary({ type: 'optimization', performance: null, optimization })],
    next_cursor: null,
  });
  const element = await list();
  expect(textOf(element.querySelector('tbody tr'))).toContain('Sweep');
  expect(textOf(element.querySelector('tbody tr'))).toContain('+50.00 %');
  expect(element.querySelector('input[type=checkbox]')).toBeNull();
});
