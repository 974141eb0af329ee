import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, Server, smallBacktest } from './harness/server.js';
import { waitFor } from '../tools/test-kit/index.js';

const year = { ...smallBacktest, start_date: '2023-01-01', end_date: '2024-01-01' };
/** Ten seconds of one core, in four shards: a year of hours, three thousand runs. */
const long = {
  ...year,
  strategy: 'BollingerBands',
  space: { period: { min: 10, max: 159, step: 1 }, width: { min: 1, max: 3, step: 0.1 } },
  max_runs: 3150,
};

describe('a sweep', () => {
  let server: Server;
  let user: Client;

  beforeAll(async () => {
    server = await Server.start();
    user = await server.user('sweeper');
  });
  afterAll(() => server.remove());

  const optimize = (fields: object, by = user) => by.post('/api/backtests/optimize', fields);

  test('is accepted like a run and ends with ranked runs, a heat map and its odds', async () => {
    const space = { fast_period: { min: 5, max: 20, step: 5 }, slow_period: [30, 60] };
    const answer = await optimize({ ...year, space, objective: 'total_return', title: 'first sweep' });
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'running', message: 'Optimization started. Check Status Center for progress.' },
    });
    const id: string = answer.body.backtest_id;
    expect(answer.headers.get('location')).toBe(`/api/backtests/${id}`);
    expect(await user.ended(id)).toMatchObject({
      task_type: 'optimization',
      status: 'completed',
      progress: 1,
      description: expect.stringMatching(/^✅ Sweep complete! Best total_return of 8 runs: -?\d+\.\d\d$/),
    });

    const { body } = await user.get(`/api/backtests/${id}`);
    expect(body).toMatchObject({
      type: 'optimization',
      title: 'first sweep',
      performance: null,
      dataset: { symbol: 'BTC_USDT', rows: 8760 },
      optimization: {
        objective: 'total_return',
        planned_runs: 8,
        trials: 8,
        skipped: 0,
        out_of_sample: null,
      },
    });
    expect(body.optimization.best).toEqual(body.runs[0]);
    const returns = body.runs.map(
      (run: { in_sample: { total_return: number } }) => run.in_sample.total_return,
    );
    expect(returns).toEqual([...returns].sort((a, b) => b - a));
    expect(body.heat_maps).toMatchObject([
      { x_param: 'fast_period', y_param: 'slow_period', x: [5, 10, 15, 20], y: [30, 60] },
    ]);
    expect(Math.max(...body.heat_maps[0].values.flat())).toBe(returns[0]);
    expect(body.optimization.deflated_sharpe).toBeGreaterThanOrEqual(0);
    expect(body.optimization.deflated_sharpe).toBeLessThanOrEqual(1);

    const alone = await user.backtest({ ...year, params: body.runs[0].params });
    await user.ended(alone);
    const run = await user.get(`/api/backtests/${alone}`);
    expect(run.body.performance.total_return).toBe(returns[0]);
    expect(run.body.performance.sharpe_ratio).toBe(body.runs[0].in_sample.sharpe_ratio);
  });

  test('by walk-forward tells each choice beside what came after it', async () => {
    const answer = await optimize({
      ...year,
      space: { fast_period: { min: 5, max: 50, step: 5 }, slow_period: { min: 60, max: 200, step: 20 } },
      walk_forward: { train_days: 120, test_days: 60 },
    });
    const id: string = answer.body.backtest_id;
    await user.ended(id);
    const { body } = await user.get(`/api/backtests/${id}`);
    // 365 days: 120 + 4 · 60 = 360.
    expect(body.windows).toHaveLength(4);
    for (const window of body.windows) {
      expect(window.train_end < window.test_start).toBe(true);
      expect(window.out_of_sample.total_return).not.toBeNull();
    }
    expect(body.runs[0].out_of_sample.sharpe_ratio).not.toBeNull();
    expect(body.optimization.out_of_sample.total_return).not.toBeNull();
    // Eighty ways to trade invented prices: whatever won, won by luck.
    expect(body.optimization.overfitting_warning).toMatch(/^Likely (luck|overfitted):/);
    expect(body.warnings[0]).toBe(body.optimization.overfitting_warning);
  });

  test('is listed with its type, by itself on request, to its owner alone', async () => {
    const { body: all } = await user.get('/api/backtests');
    expect(new Set(all.items.map((item: { type: string }) => item.type))).toEqual(
      new Set(['backtest', 'optimization']),
    );
    const { body: sweeps } = await user.get('/api/backtests?type=optimization');
    expect(sweeps.items).toHaveLength(2);
    expect(sweeps.items[0].optimization.trials).toBe(80);
    const other = await server.user('stranger');
    const { backtest_id } = sweeps.items[0];
    expect((await other.get(`/api/backtests/${backtest_id}`)).status).toBe(404);
    expect(await user.get(`/api/backtests/${backtest_id}/trades.csv`)).toMatchObject({
      status: 409,
      body: { code: 'OPTIMIZATION_HAS_NO_TRADES' },
    });
    const [run] = (await user.get('/api/backtests?type=backtest')).body.items;
    const compared = await user.get(`/api/backtests/compare?ids=${run.backtest_id},${backtest_id}`);
    expect(compared).toMatchObject({ status: 422, body: { errors: [{ path: 'ids.1' }] } });
  });

  test('freezes nobody: a backtest of another user completes meanwhile, and progress has an estimate', async () => {
    const events = await user.events();
    const sweep: string = (await optimize(long)).body.backtest_id;
    await events.until(
      ({ message }) => message.type === 'task_description_update' && message.data.task_id === sweep,
    );
    const other = await server.user('bystander');
    const id = await other.backtest();
    await other.ended(id);
    expect((await user.get(`/api/tasks/${sweep}`)).body.status).toBe('running');
    const said = await waitFor(() => {
      const words = events.ofTask(sweep).map(({ message }) => message.data.description as string);
      return words.find((word) => /^🔎 Run \d+ of 3150, about \d+ (s|min) left\.\.\.$/.test(word)) ?? null;
    });
    expect(said).toContain('left');
    await user.post(`/api/tasks/${sweep}/cancel`);
    await user.ended(sweep);
    events.close();
  });

  test('keeps what is done when it is cancelled', async () => {
    const sweep: string = (await optimize({ ...long, method: 'random', max_runs: 3000, seed: 7 })).body
      .backtest_id;
    const parts = join(server.dataDir, 'results', `${sweep}.parts`);
    await waitFor(
      () => existsSync(parts) && readdirSync(parts).some((name) => name.endsWith('.json.gz')),
      90_000,
    );
    expect((await user.post(`/api/tasks/${sweep}/cancel`)).status).toBe(202);
    expect(await user.ended(sweep)).toMatchObject({ status: 'cancelled' });
    const { body } = await user.get(`/api/backtests/${sweep}`);
    expect(body.status).toBe('cancelled');
    expect(body.optimization.trials).toBeGreaterThan(0);
    expect(body.optimization.trials).toBeLessThan(3000);
    expect(body.runs.length).toBe(Math.min(1000, body.optimization.trials));
    expect(body.warnings).toContain(
      `The sweep was cancelled: ${body.optimization.trials} of 3000 runs are in the result.`,
    );
    // A retry goes on from them.
    expect(readdirSync(parts)).not.toEqual([]);
  });

  test.each<[string, object, string, string]>([
    ['an unknown parameter', { space: { speed: [1, 2] } }, 'INVALID_SPACE', 'space.speed'],
    ['a value outside the schema', { space: { fast_period: [0, 5] } }, 'INVALID_SPACE', 'space.fast_period'],
    ['nothing to vary', { space: {} }, 'VALIDATION_FAILED', 'space'],
    ['a parameter without values', { space: { fast_period: [] } }, 'VALIDATION_FAILED', 'space.fast_period'],
    [
      'a grid above max_runs',
      { space: { fast_period: [5, 6, 7] }, max_runs: 2 },
      'TOO_MANY_RUNS',
      'max_runs',
    ],
    ['too many runs', { space: { fast_period: [5] }, max_runs: 10_001 }, 'VALIDATION_FAILED', 'max_runs'],
    [
      'windows that do not fit',
      { space: { fast_period: [5, 6] }, walk_forward: { train_days: 300, test_days: 200 } },
      'WALK_FORWARD_TOO_LONG',
      'walk_forward',
    ],
    ['an unknown strategy', { space: { x: [1] }, strategy: 'Nope' }, 'UNKNOWN_STRATEGY', 'strategy'],
  ])('with %s is refused', async (_, fields, code, path) => {
    const answer = await optimize({ ...year, ...fields });
    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.path]).toEqual([422, code, path]);
  });
});
