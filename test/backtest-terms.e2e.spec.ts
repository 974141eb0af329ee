import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Client, Server, smallBacktest } from './harness/server.js';

describe('the terms of a backtest over HTTP', () => {
  let server: Server;
  let user: Client;

  beforeAll(async () => {
    server = await Server.start();
    user = await server.user('terms');
  });
  afterAll(() => server.remove());

  async function resultOf(fields: object): Promise<Answer['body']> {
    const id = await user.backtest(fields);
    await user.ended(id);
    return (await user.get(`/api/backtests/${id}`)).body;
  }

  test('size in units, in whole lots, with fees, annualised and left open as asked', async () => {
    const { trades, open_trades, performance } = await resultOf({
      size: { units: 0.0123 },
      lot_step: 0.01,
      commission: 0,
      commission_fixed: 1.5,
      periods_per_year: 252,
      finalise: false,
    });
    expect(trades.length).toBeGreaterThan(3);
    for (const trade of trades) {
      expect(trade.size).toBe(0.01);
      // In and out.
      expect(trade.commission).toBe(3);
    }
    expect(open_trades).toHaveLength(1);
    expect(performance.periods_per_year).toBe(252);
  });

  test('size by risk loses that share of the equity at the stop loss', async () => {
    const { trades } = await resultOf({
      size: { risk: 0.01 },
      commission: 0,
      leverage: 5,
      params: { stop_loss: 0.01 },
    });
    let equity: number = smallBacktest.initial_capital;
    for (const { pnl, exit_reason, entry_price, exit_price } of trades) {
      // The stop is 1 % from the close that was decided on; a fill at the next open, or a gap, moves it a little.
      if (exit_reason === 'stop_loss' && Math.abs(exit_price / entry_price - 1) < 0.0105) {
        expect(pnl / equity).toBeCloseTo(-0.01, 3);
      }
      equity += pnl as number;
    }
    expect(trades.some(({ exit_reason }: { exit_reason: string }) => exit_reason === 'stop_loss')).toBe(true);
  });

  test('size by risk without a stop loss is rejected, counted and said', async () => {
    const { trades, counters, warnings } = await resultOf({ size: { risk: 0.01 } });
    expect(trades).toEqual([]);
    expect(counters.rejected_orders.risk_needs_stop_loss).toBeGreaterThan(0);
    expect(warnings.join()).toContain('orders were rejected: risk_needs_stop_loss');
  });

  test('a span shorter than the warm-up fails by name', async () => {
    const long = { timeframe: '1w', start_date: '2022-01-01', end_date: '2022-06-01' };
    const id = await user.backtest({ ...long, params: { fast_period: 10, slow_period: 200 } });
    expect(await user.ended(id)).toMatchObject({
      status: 'failed',
      error: {
        code: 'RANGE_SHORTER_THAN_WARM_UP',
        message: expect.stringContaining('more than the 23 bars'),
      },
    });
  });

  test.each<[string, object, string]>([
    ['a time without its zone', { start_date: '2024-01-01T00:00:00' }, 'start_date'],
    ['an empty range', { end_date: '2024-01-01' }, 'end_date'],
    ['a lot that is no decimal part', { lot_step: 0.3 }, 'lot_step'],
    ['a margin above the initial one', { leverage: 4, maintenance_margin: 0.3 }, 'maintenance_margin'],
    ['a size above the whole', { size: 1.5 }, 'size'],
    ['two sizes at once', { size: { units: 1, risk: 0.1 } }, 'size'],
    ['a broken seed', { seed: 0.5 }, 'seed'],
  ])('%s is refused by name', async (_, fields, path) => {
    const { status, body } = await user.post('/api/backtests/run', { ...smallBacktest, ...fields });
    expect([status, body.errors?.[0]?.path]).toEqual([422, path]);
  });
});
