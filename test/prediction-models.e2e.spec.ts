import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, Server } from './harness/server.js';
import { waitFor } from '../tools/test-kit/index.js';

const market = { symbol: 'ETH_USDT', timeframe: '1h', horizon: 24 };
const twoYears = { ...market, start_date: '2022-01-01', end_date: '2024-01-01' };
const toTheEnd = { ...market, start_date: '2024-01-01', end_date: '2026-01-01', model: 'logistic' };

let server: Server;
let user: Client;
let admin: Client;
let other: Client;

beforeAll(async () => {
  server = await Server.start();
  user = await server.user('grace');
  other = await server.user('henry');
  admin = await server.admin();
});
afterAll(() => server.remove());

async function train(body: object): Promise<string> {
  const answer = await user.post('/api/predictions/train', body);
  expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('model_id')]);
  return answer.body.model_id as string;
}

/** Everything of the user's that waits, runs or has run. */
async function taskCount(): Promise<number> {
  return ((await user.get('/api/tasks?limit=200')).body.items as unknown[]).length;
}

describe('what waits for a training', () => {
  test('a prediction runs after it, with its model, which cannot be deleted meanwhile', async () => {
    const modelId = await train(toTheEnd);
    const run = await user.post('/api/predictions/run', { ...market, model_id: modelId });
    expect(run.status).toBe(202);
    expect(run.body.message).toContain('It waits for the training of its model.');
    const { prediction_id: predictionId } = run.body as { prediction_id: string };
    expect((await user.get(`/api/tasks/${predictionId}`)).body.run_after).toBe(modelId);
    expect((await user.call('DELETE', `/api/predictions/models/${modelId}`)).body).toMatchObject({
      status: 409,
      code: 'MODEL_IN_USE',
    });

    expect(await user.ended(predictionId)).toMatchObject({ status: 'completed', error: null });
    const [prediction, model] = await Promise.all([
      user.get(`/api/predictions/${predictionId}`),
      user.get(`/api/predictions/models/${modelId}`),
    ]);
    expect(prediction.body).toMatchObject({
      model_id: modelId,
      outcome: { horizon: 24, model_age: { is_stale: false, note: null } },
    });
    expect(model.body).toMatchObject({
      age: { days: 0, limit_days: 10, is_stale: false },
      calibration: { method: 'platt', evidence: expect.any(Number) },
    });
    expect(model.body.feature_importance.length).toBeGreaterThan(30);
  });

  test('a backtest runs after it', async () => {
    const modelId = await train({ ...twoYears, model: 'logistic' });
    const id = await user.backtest({
      strategy: 'MLPredictive',
      symbol: market.symbol,
      start_date: '2024-02-01',
      end_date: '2024-03-01',
      model_id: modelId,
    });
    expect((await user.get(`/api/tasks/${id}`)).body.run_after).toBe(modelId);
    expect(await user.ended(id)).toMatchObject({ status: 'completed', error: null });
    const { warnings } = (await user.get(`/api/backtests/${id}`)).body;
    expect(warnings.join()).not.toMatch(/trained on/);
  });

  test('ends with it when it is cancelled', async () => {
    const modelId = await train({ ...twoYears, model: 'gbdt' });
    const run = await user.post('/api/predictions/run', { ...market, model_id: modelId });
    await waitFor(async () => {
      const { body } = await user.get(`/api/tasks/${modelId}`);
      return /^🧠 Training round \d+ of 300, validation log loss 0\.\d{4}/u.test(body.description) || null;
    });
    await user.post(`/api/tasks/${modelId}/cancel`);
    expect((await user.ended(modelId)).status).toBe('cancelled');
    expect(await user.ended(run.body.prediction_id as string)).toMatchObject({
      status: 'failed',
      error: { code: 'DEPENDENCY_FAILED' },
    });
    const late = await user.post('/api/predictions/run', { ...market, model_id: modelId });
    expect(late.body).toMatchObject({ status: 422, code: 'MODEL_NOT_TRAINED' });
  });
});

describe('an old model', () => {
  const daily = { symbol: 'BTC_USDT', timeframe: '1d', horizon: 2 };
  let modelId: string;
  beforeAll(async () => {
    modelId = await train({ ...daily, start_date: '2022-01-01', end_date: '2025-01-01', model: 'logistic' });
    await user.ended(modelId);
  });

  test('says so', async () => {
    expect((await user.get(`/api/predictions/models/${modelId}`)).body.age).toEqual({
      days: 365,
      limit_days: 30,
      is_stale: true,
      note: 'This model is old: it has not seen the last 365 days of candles, and models of 1d candles count as fresh for 30 days.',
    });
    const { items } = (await user.get('/api/predictions/models?symbol=BTC_USDT')).body;
    expect(items[0].age.is_stale).toBe(true);
  });

  test('is used when it is named, and its prediction says so', async () => {
    const run = await user.post('/api/predictions/run', { ...daily, model_id: modelId });
    expect(run.body.message).toContain('This model is old');
    await user.ended(run.body.prediction_id as string);
    const { outcome } = (await user.get(`/api/predictions/${run.body.prediction_id}`)).body;
    expect(outcome.model_age).toMatchObject({ days: 365, is_stale: true });
  });

  test('is not used unasked: one is trained for the prediction', async () => {
    const run = await user.post('/api/predictions/run', daily);
    expect(run.body.message).toContain('A new one is trained for this prediction.');
    expect(await user.ended(run.body.prediction_id as string)).toMatchObject({ status: 'completed' });
    const { model_id: used, outcome } = (await user.get(`/api/predictions/${run.body.prediction_id}`)).body;
    expect(used).toBeNull();
    expect(outcome.model_age).toMatchObject({ days: 0, is_stale: false });
  });

  test('gives way to a fresh one', async () => {
    const fresh = await train({
      ...daily,
      start_date: '2022-01-01',
      end_date: '2025-12-20',
      model: 'logistic',
    });
    await user.ended(fresh);
    const run = await user.post('/api/predictions/run', daily);
    await user.ended(run.body.prediction_id as string);
    expect((await user.get(`/api/predictions/${run.body.prediction_id}`)).body.model_id).toBe(fresh);
  });

  test('is seen by its owner and an admin, and deleted once nothing needs it', async () => {
    const path = `/api/predictions/models/${modelId}`;
    expect((await admin.get(path)).status).toBe(200);
    expect((await other.get(path)).status).toBe(404);
    expect((await other.call('DELETE', path)).status).toBe(404);
    expect((await user.call('DELETE', path)).status).toBe(204);
    expect((await user.get(path)).status).toBe(404);
  });
});

describe('a backtest of what a model has learned from', () => {
  const overlapping = {
    strategy: 'MLPredictive',
    symbol: market.symbol,
    start_date: '2025-06-01',
    end_date: '2025-07-01',
  };

  test('is refused unless it is asked for, and then labelled', async () => {
    const modelId = await train(toTheEnd);
    await user.ended(modelId);
    const body = { ...overlapping, initial_capital: 10_000, params: {}, model_id: modelId };
    expect((await user.post('/api/backtests/run', body)).body).toMatchObject({
      status: 422,
      code: 'MODEL_LEAKAGE',
    });
    const id = await user.backtest({ ...overlapping, model_id: modelId, allow_leakage: true });
    expect((await user.ended(id)).status).toBe('completed');
    expect((await user.get(`/api/backtests/${id}`)).body.warnings).toContain(
      'The model was trained on candles of this span: the result is no evidence.',
    );
  });
});

describe('bad input', () => {
  test.each([
    ['train', { ...twoYears, end_date: '2022-02-01' }, 'TOO_FEW_ROWS', 'start_date'],
    ['train', { ...twoYears, symbol: 'NONE_USDT' }, 'NO_MARKET_DATA', 'symbol'],
    ['train', { ...twoYears, params: { learning_rate: 0 } }, 'INVALID_PARAMS', 'params.learning_rate'],
    ['train', { ...twoYears, horizon: 0 }, 'VALIDATION_FAILED', 'horizon'],
    ['run', { ...market, timeframe: '1w' }, 'TOO_FEW_ROWS', 'start_date'],
    ['run', { ...market, model_id: '0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10' }, 'UNKNOWN_MODEL', 'model_id'],
  ])('to %s is refused before anything is queued: %j', async (route, body, code, path) => {
    const before = await taskCount();
    const answer = await user.post(`/api/predictions/${route}`, body);
    expect(answer.body).toMatchObject({ status: 422, code, errors: [{ path }] });
    expect(await taskCount()).toBe(before);
  });

  test('a model of another market, horizon or user is refused', async () => {
    const modelId = await train(toTheEnd);
    await user.ended(modelId);
    const asked = async (client: Client, body: object) =>
      (await client.post('/api/predictions/run', { ...market, model_id: modelId, ...body })).body
        .code as string;
    expect(await asked(user, { symbol: 'BTC_USDT' })).toBe('MODEL_MISMATCH');
    expect(await asked(user, { horizon: 5 })).toBe('MODEL_MISMATCH');
    expect(await asked(other, {})).toBe('UNKNOWN_MODEL');
  });
});
