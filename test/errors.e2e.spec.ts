import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { problem } from '@app/contracts';
import { type Answer, type Client, Server, smallBacktest } from './harness/server.js';

describe('bad input', () => {
  let server: Server;
  let user: Client;

  beforeAll(async () => {
    server = await Server.start({ HEADROOM_MAX_QUEUED_PER_USER: '3' });
    user = await server.user('trader');
  });
  afterAll(() => server.remove());

  function expectProblem(answer: Answer, status: number, code: string): void {
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, code });
    problem.parse(answer.body);
    expect(answer.status).toBe(status);
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  }

  test.each([
    ['an unknown strategy', { strategy: 'Martingale9000' }, 'UNKNOWN_STRATEGY', 'strategy'],
    ['a symbol without data', { symbol: 'NOPE_USDT' }, 'NO_MARKET_DATA', 'symbol'],
    [
      'a span without data',
      { start_date: '2031-01-01', end_date: '2031-02-01' },
      'NO_MARKET_DATA',
      'start_date',
    ],
    ['an end before the start', { end_date: '2023-12-01' }, 'VALIDATION_FAILED', 'end_date'],
    ['a negative capital', { initial_capital: -1 }, 'VALIDATION_FAILED', 'initial_capital'],
    ['a capital of no number', { initial_capital: 'lots' }, 'VALIDATION_FAILED', 'initial_capital'],
    ['an unknown field', { initial_kapital: 1 }, 'VALIDATION_FAILED', ''],
    ['a parameter out of range', { params: { fast_period: -5 } }, 'INVALID_PARAMS', 'params.fast_period'],
    ['a year after all years', { end_date: '9999-12-31' }, 'VALIDATION_FAILED', 'end_date'],
    ['a year before all years', { start_date: '0000-01-01' }, 'VALIDATION_FAILED', 'start_date'],
    ['a day that no month has', { end_date: '2024-02-30' }, 'VALIDATION_FAILED', 'end_date'],
    ['a title of 10,000 characters', { title: 'x'.repeat(10_000) }, 'VALIDATION_FAILED', 'title'],
    ['another user as owner', { user_id: '00000000-0000-4000-8000-000000000000' }, 'VALIDATION_FAILED', ''],
    ['a status of its own', { status: 'completed' }, 'VALIDATION_FAILED', ''],
    ['a prototype', JSON.parse('{"__proto__":{"is_admin":true}}'), 'VALIDATION_FAILED', ''],
    ['a path for a symbol', { symbol: '../../etc/passwd' }, 'VALIDATION_FAILED', 'symbol'],
    [
      'too little history to train on',
      { strategy: 'MLPredictive', start_date: '2022-01-02', end_date: '2022-02-01' },
      'TOO_LITTLE_HISTORY',
      'start_date',
    ],
    [
      'an unknown model',
      { strategy: 'MLPredictive', model_id: '00000000-0000-4000-8000-000000000000' },
      'UNKNOWN_MODEL',
      'model_id',
    ],
  ])('refuses %s with a precise problem', async (_, fields, code, path) => {
    const answer = await user.post('/api/backtests/run', { ...smallBacktest, ...fields });
    expectProblem(answer, 422, code);
    expect(answer.body.errors[0].path).toBe(path);
  });

  test('refuses a number beyond all numbers, wherever it stands', async () => {
    for (const text of [
      JSON.stringify(smallBacktest).replace('10000', '1e309'),
      JSON.stringify({ ...smallBacktest, params: { fast_period: 9 } }).replace(':9}', ':-1e309}'),
    ]) {
      expect(text).toContain('1e309');
      expectProblem(await user.post('/api/backtests/run', text), 422, 'VALIDATION_FAILED');
    }
  });

  test('stores nothing of a refused request', async () => {
    const { body } = await user.get('/api/backtests');
    expect(body).toEqual({ items: [], next_cursor: null });
    expect((await user.get('/api/tasks')).body.items).toEqual([]);
  });

  test('refuses what is no JSON, another media type, deep nesting and a large body', async () => {
    expectProblem(await user.post('/api/backtests/run', '{"strategy":'), 400, 'MALFORMED_JSON');
    const text = await user.post('/api/backtests/run', 'hello', { 'Content-Type': 'text/plain' });
    expectProblem(text, 415, 'UNSUPPORTED_MEDIA_TYPE');
    const deep = `{"params":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expectProblem(await user.post('/api/backtests/run', deep), 400, 'BODY_TOO_DEEP');
    const large = JSON.stringify({ ...smallBacktest, title: 'x'.repeat(300_000) });
    expectProblem(await user.post('/api/backtests/run', large), 413, 'BODY_TOO_LARGE');
  });

  test('refuses a bad query', async () => {
    expectProblem(await user.get('/api/tasks?limit=0'), 400, 'QUERY_INVALID');
    expectProblem(await user.get('/api/tasks?limit=1&limit=2'), 400, 'DUPLICATE_QUERY_KEY');
    expectProblem(await user.get('/api/tasks?surprise=1'), 400, 'QUERY_INVALID');
  });

  test.each([
    '/api/backtests',
    '/api/tasks',
    '/api/system/resources',
    '/api/system/queue',
    '/api/system/task-events',
  ])('lets nobody in at %s without a good token', async (path) => {
    expectProblem(await server.anonymous().get(path), 401, 'UNAUTHORIZED');
    expectProblem(
      await server.anonymous().call('GET', path, undefined, { Authorization: 'Bearer nonsense' }),
      401,
      'UNAUTHORIZED',
    );
  });

  test('has no words for a route that does not exist', async () => {
    expectProblem(await user.get('/api/nothing-here?token=hush'), 404, 'NOT_FOUND');
    expect((await user.get('/api/nothing-here?token=hush')).text).not.toContain('hush');
  });

  test('keeps admins-only routes to admins', async () => {
    expectProblem(await user.get('/api/users'), 403, 'FORBIDDEN');
    expectProblem(await user.post('/api/system/queue/pause'), 403, 'FORBIDDEN');
  });

  test('lets no user have more tasks waiting than may wait, and says when to come again', async () => {
    const admin = await server.admin();
    await admin.post('/api/system/queue/pause');
    const post = (client: Client, i: number) =>
      client.post('/api/backtests/run', { ...smallBacktest, initial_capital: 1000 + i });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => post(user, i)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 429, 429, 429, 429, 429]);
    const refused = answers.find(({ status }) => status === 429)!;
    expectProblem(refused, 429, 'QUEUE_FULL');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post(await server.user('other'), 9)).status).toBe(202);
  });
});
