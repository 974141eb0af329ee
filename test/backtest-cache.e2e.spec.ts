import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, Server, smallBacktest } from './harness/server.js';

describe('an identical request', () => {
  let server: Server;
  let user: Client;
  let first: string;

  beforeAll(async () => {
    server = await Server.start();
    user = await server.user('repeater');
    first = await user.backtest({ title: 'the first' });
    await user.ended(first);
  });
  afterAll(() => server.remove());

  const run = (fields: object = {}, by = user) =>
    by.post('/api/backtests/run', { ...smallBacktest, ...fields });
  /** What the engine found, without what tells one backtest from another. */
  async function resultOf(id: string): Promise<object> {
    const { body } = await user.get(`/api/backtests/${id}`);
    const { backtest_id: _, title, created_at, duration_s, cached, request, ...result } = body;
    expect([typeof title, typeof created_at, typeof duration_s, typeof cached, typeof request]).not.toContain(
      'undefined',
    );
    return result;
  }

  test('is answered from the stored result, as a backtest of its own that says so', async () => {
    const events = await user.events();
    const answer = await run({ title: 'again', priority: -5 });
    expect(answer).toMatchObject({ status: 202, body: { status: 'running', cached: true } });
    const id: string = answer.body.backtest_id;
    expect(id).not.toBe(first);
    expect(await user.ended(id)).toMatchObject({ status: 'completed', cpu_seconds: null });
    await events.until(({ message }) => message.type === 'task_completed' && message.data.task_id === id);
    events.close();
    const { body } = await user.get(`/api/backtests/${id}`);
    expect(body).toMatchObject({ cached: true, title: 'again' });
    expect(await resultOf(id)).toEqual(await resultOf(first));
    const csv = (of: string) => user.get(`/api/backtests/${of}/trades.csv`);
    expect((await csv(id)).text).toBe((await csv(first)).text);
  });

  test('with cache: false is run again and comes out bit-identical', async () => {
    const answer = await run({ cache: false });
    expect(answer.body.cached).toBeUndefined();
    await user.ended(answer.body.backtest_id as string);
    const { body } = await user.get(`/api/backtests/${answer.body.backtest_id}`);
    expect(body).toMatchObject({
      cached: false,
      engine_version: expect.any(String),
      dataset: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      request: { ...smallBacktest, seed: 0, timeframe: '1h' },
    });
    expect(await resultOf(answer.body.backtest_id as string)).toEqual(await resultOf(first));
  });

  test('is listed under its symbol however that was written', async () => {
    const { backtest_id } = (await run({ symbol: 'btcusdt', initial_capital: 4321 })).body;
    for (const symbol of ['BTC_USDT', 'btc/usdt', 'BTCUSDT']) {
      const { body } = await user.get(`/api/backtests?symbol=${symbol}`);
      const ids = body.items.map((item: { backtest_id: string }) => item.backtest_id);
      expect(ids).toEqual(expect.arrayContaining([backtest_id, first]));
    }
    expect((await user.get('/api/backtests?symbol=ETH_USDT')).body.items).toEqual([]);
    await user.ended(backtest_id as string);
  });

  test.each([
    ['other params', { params: { fast_period: 5 } }],
    ['another seed', { seed: 1 }],
    ['another end', { end_date: '2024-01-30' }],
    ['other candles', { symbol: 'ETH_USDT' }],
  ])('it is not with %s', async (_, fields) => {
    const answer = await run(fields);
    expect(answer.body.cached).toBeUndefined();
    await user.ended(answer.body.backtest_id as string);
  });

  test('of another user is another request', async () => {
    const other = await server.user('neighbour');
    const answer = await run({}, other);
    expect(answer.body.cached).toBeUndefined();
    await other.ended(answer.body.backtest_id as string);
  });

  test('outlives the result that it was answered from', async () => {
    const id: string = (await run({ title: 'copy' })).body.backtest_id;
    await user.ended(id);
    const before = await resultOf(id);
    const { body } = await user.get('/api/backtests?limit=200');
    for (const { backtest_id } of body.items as { backtest_id: string }[]) {
      if (backtest_id !== id)
        expect((await user.call('DELETE', `/api/backtests/${backtest_id}`)).status).toBe(204);
    }
    expect(await resultOf(id)).toEqual(before);
    expect((await run()).body.cached).toBe(true);
  });

  test('is answered once for one Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'cached-one' };
    const post = () => user.post('/api/backtests/run', smallBacktest, key);
    const answers = [...(await Promise.all([post(), post()])), await post()];
    expect(new Set(answers.map(({ body }) => body.backtest_id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(2);
    expect(answers.every(({ body }) => body.cached === true)).toBe(true);
  });
});

describe('a run that is asked whether it looks ahead', () => {
  let server: Server;
  afterAll(() => server.remove());

  test('says that it does not', async () => {
    server = await Server.start();
    const user = await server.user('prudent');
    const id = await user.backtest({ check_lookahead: true });
    expect(await user.ended(id)).toMatchObject({ status: 'completed' });
    const { body } = await user.get(`/api/backtests/${id}`);
    expect(body.look_ahead).toMatchObject({ passed: true, first_difference: null });
    expect(body.look_ahead.prefixes_checked).toBeGreaterThan(5);
    const plain = await user.backtest();
    await user.ended(plain);
    expect((await user.get(`/api/backtests/${plain}`)).body.look_ahead).toBeNull();
  });
});

describe('an answer from the stored result', () => {
  let server: Server;
  afterAll(() => server.remove());

  test('counts like any other result of what a user may keep', async () => {
    server = await Server.start({ HEADROOM_MAX_RESULTS_PER_USER: '2' });
    const user = await server.user('collector');
    await user.ended(await user.backtest());
    const again = () => user.post('/api/backtests/run', smallBacktest);
    expect((await again()).body).toMatchObject({ cached: true });
    expect(await again()).toMatchObject({ status: 409, body: { code: 'STORAGE_FULL' } });
  });
});
