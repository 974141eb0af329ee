import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, Server, smallBacktest } from './harness/server.js';

/** The requirement's own example request. */
const example = { ...smallBacktest, strategy: 'MLPredictive' };

describe('a backtest from request to result', () => {
  let server: Server;
  let user: Client;

  beforeAll(async () => {
    server = await Server.start();
    user = await server.user('trader');
  });
  afterAll(() => server.remove());

  test("runs the requirement's example on a fresh installation, live", async () => {
    const events = await user.events();
    const answer = await user.post('/api/backtests/run', example);

    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      status: 'running',
      backtest_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      message: 'Backtest started. Check Status Center for progress.',
    });
    expect(answer.headers.get('location')).toBe(`/api/backtests/${answer.body.backtest_id}`);
    const id: string = answer.body.backtest_id;
    await events.until(({ message }) => message.type === 'task_completed');

    const types = events.stateTypes();
    expect(types.slice(0, 2)).toEqual(['initial_state', 'task_running']);
    expect(new Set(types.slice(2, -1))).toEqual(new Set(['task_description_update']));
    const words = events.ofTask(id).map(({ message }) => message.data.description as string);
    expect(words).toContain('🎯 Preparing backtest...');
    expect(words.some((word) => /^🧠 Training model 1 of \d+\.\.\.$/.test(word))).toBe(true);
    const end = events.ofTask(id).at(-1)!.message.data;
    expect(end).toMatchObject({
      task_type: 'backtest',
      success: true,
      status: 'completed',
      progress: 1,
      error: null,
    });
    expect(end.description).toMatch(/^✅ Backtest complete! Return: [+-]\d+\.\d\d%$/);
    expect(end.cpu_seconds).toBeGreaterThan(0);

    const { body } = await user.get(`/api/backtests/${id}`);
    expect(body).toMatchObject({ backtest_id: id, status: 'completed', error: null });
    expect(body.dataset).toMatchObject({ symbol: 'BTC_USDT', timeframe: '1h', rows: 720, synthetic: true });
    expect(body.equity_curve).toHaveLength(720);
    events.close();
  });

  test('has figures that add up: start capital and all profits make the final equity, to the cent', async () => {
    for (const strategy of ['SmaCross', 'RsiReversion', 'BuyAndHold']) {
      const id = await user.backtest({ strategy, end_date: '2024-04-01' });
      await user.ended(id);
      const { body } = await user.get(`/api/backtests/${id}`);
      const profit: number = body.trades.reduce((sum: number, trade: { pnl: number }) => sum + trade.pnl, 0);
      const finalEquity: number = body.equity_curve.at(-1).equity;
      expect(body.trades.length).toBeGreaterThan(0);
      expect(Math.abs(10_000 + profit - finalEquity)).toBeLessThan(0.005);
      expect(body.performance.total_return).toBeCloseTo(finalEquity / 10_000 - 1, 9);
    }
  });

  test('says where it is while it runs', async () => {
    const events = await user.events();
    const id = await user.backtest();
    await events.until(({ message }) => message.type === 'task_completed' && message.data.task_id === id);
    const words = events.ofTask(id).map(({ message }) => message.data.description as string);
    expect(words.some((word) => /^📊 Backtesting day \d+ of 30\.\.\.$/.test(word))).toBe(true);
    events.close();
  });

  test('offers its trades as CSV, its title for change, and its removal', async () => {
    const id = await user.backtest({ title: 'first try' });
    await user.ended(id);
    const { body } = await user.get(`/api/backtests/${id}`);
    const csv = await user.get(`/api/backtests/${id}/trades.csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text.trim().split('\r\n')).toHaveLength(Number(body.trades.length) + 1);

    const patched = await user.call('PATCH', `/api/backtests/${id}`, { notes: 'keep' });
    expect(patched.body).toMatchObject({ title: 'first try', notes: 'keep' });
    expect((await user.call('DELETE', `/api/backtests/${id}`)).status).toBe(204);
    expect((await user.get(`/api/backtests/${id}`)).status).toBe(404);
  });

  test('is answered once for one Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'one-and-only' };
    const [first, second] = await Promise.all([
      user.post('/api/backtests/run', smallBacktest, key),
      user.post('/api/backtests/run', smallBacktest, key),
    ]);
    expect(second.body.backtest_id).toBe(first.body.backtest_id);
    expect(
      [first, second].filter(({ headers }) => headers.get('idempotency-replayed') === 'true'),
    ).toHaveLength(1);
    const other = await user.post('/api/backtests/run', { ...smallBacktest, initial_capital: 1 }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    await user.ended(first.body.backtest_id);
  });
});

describe('a model', () => {
  let server: Server;
  let user: Client;

  beforeAll(async () => {
    server = await Server.start();
    user = await server.user('quant');
  });
  afterAll(() => server.remove());

  test('is trained, predicts, and may not be tested on what it has seen', async () => {
    const training = {
      symbol: 'ETH_USDT',
      timeframe: '1h',
      start_date: '2023-01-01',
      end_date: '2023-10-01',
    };
    const accepted = await user.post('/api/predictions/train', { ...training, horizon: 24, model: 'gbdt' });
    expect(accepted).toMatchObject({ status: 202, body: { status: 'running' } });
    const modelId: string = accepted.body.model_id;
    expect(await user.ended(modelId)).toMatchObject({
      status: 'completed',
      task_type: 'model_training',
    });

    const { body: model } = await user.get(`/api/predictions/models/${modelId}`);
    expect(model).toMatchObject({ symbol: 'ETH_USDT', synthetic: true, horizon: 24 });
    expect(model.metrics.auc).toBeGreaterThan(0.3);
    expect(model.metrics.auc).toBeLessThan(0.7);
    expect(model.edge).toBe('no demonstrated edge');
    expect(model.feature_importance.length).toBeGreaterThan(10);

    // Its span ended long ago: unless it is named, a prediction would train a fresh one.
    const prediction = await user.post('/api/predictions/run', {
      symbol: 'ETH_USDT',
      timeframe: '1h',
      model_id: modelId,
    });
    await user.ended(prediction.body.prediction_id);
    const { body } = await user.get(`/api/predictions/${prediction.body.prediction_id}`);
    expect(body).toMatchObject({ status: 'completed', model_id: modelId, outcome: { horizon: 24 } });
    expect(body.outcome.probability).toBeGreaterThan(0);
    expect(body.outcome.probability).toBeLessThan(1);

    const backtest = {
      ...smallBacktest,
      strategy: 'MLPredictive',
      symbol: 'ETH_USDT',
      start_date: '2023-09-01',
      end_date: '2023-11-01',
      model_id: modelId,
    };
    const leak = await user.post('/api/backtests/run', backtest);
    expect(leak).toMatchObject({ status: 422, body: { code: 'MODEL_LEAKAGE' } });
    const id = await user.backtest({ ...backtest, allow_leakage: true });
    await user.ended(id);
    const { body: result } = await user.get(`/api/backtests/${id}`);
    expect(result.warnings.join()).toContain('trained on candles of this span');
  });
});
