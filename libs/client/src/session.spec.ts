import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answered, createApi } from './api.js';
import { ApiError, ServerUnreachableError } from './errors.js';
import { requireServer, Session } from './session.js';

interface Heard {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const pair = (name: string, seconds: number) => ({
  access_token: `access-${name}`,
  refresh_token: `refresh-${name}`,
  token_type: 'Bearer',
  expires_in: seconds,
});
const credentials = { username: 'ana', password: 'a long password' };

let server: Server;
let url: string;
let heard: Heard[];
/** What the server answers, in order; 200 with an empty object afterwards. */
let answers: [status: number, body: unknown][];
beforeEach(async () => {
  heard = [];
  answers = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ line: `${request.method!} ${request.url!}`, headers: request.headers, body });
      const [status, answer] = answers.shift() ?? [200, {}];
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const linesOf = () => heard.map(({ line }) => line);

describe('a session', () => {
  it('signs in, and sends its token and typed parts with every call', async () => {
    answers = [
      [200, pair('1', 900)],
      [200, { task_id: 'x' }],
      [200, { items: [] }],
    ];
    const { api } = await Session.signIn(url, credentials);
    const params = { path: { task_id: 'a/b' } };
    expect(await answered(api.GET('/api/tasks/{task_id}', { params }))).toEqual({ task_id: 'x' });
    await answered(api.GET('/api/tasks', { params: { query: { limit: 5, status: 'queued' } } }));
    expect(linesOf()).toEqual([
      'POST /api/auth/login',
      'GET /api/tasks/a%2Fb',
      'GET /api/tasks?limit=5&status=queued',
    ]);
    expect(JSON.parse(heard[0]!.body)).toEqual(credentials);
    expect(heard.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer access-1',
      'Bearer access-1',
    ]);
  });

  it('refreshes a token that is about to expire once, for all calls that wait for it', async () => {
    answers = [
      [200, pair('1', 30)],
      [200, pair('2', 900)],
    ];
    const { api } = await Session.signIn(url, credentials);
    await Promise.all([api.GET('/api/auth/me'), api.GET('/api/tasks')]);
    expect(linesOf().slice(0, 2)).toEqual(['POST /api/auth/login', 'POST /api/auth/refresh']);
    expect(JSON.parse(heard[1]!.body)).toEqual({ refresh_token: 'refresh-1' });
    expect(heard.slice(2).map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill('Bearer access-2'),
    );
  });

  it('tries again, under the same name, what the server cannot do yet', async () => {
    const away = { code: 'DATABASE_UNAVAILABLE', detail: 'Shortly.' };
    answers = [
      [200, pair('1', 900)],
      [503, away],
      [202, { status: 'queued' }],
    ];
    const { api } = await Session.signIn(url, credentials);
    const body = {
      strategy: 'SmaCross',
      symbol: 'BTC_USDT',
      start_date: '2024-01-01',
      end_date: '2024-02-01',
      initial_capital: 10_000,
    };
    expect(await answered(api.POST('/api/backtests/run', { body }))).toEqual({ status: 'queued' });
    const [first, second] = heard.slice(1);
    expect(first!.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
    expect([first!.body, second!.body]).toEqual(Array(2).fill(JSON.stringify(body)));
  });

  it('says in the server’s words why it refused', async () => {
    const problem = { code: 'INVALID_CREDENTIALS', detail: 'Wrong name or password.' };
    answers = [[401, problem]];
    const signIn = Session.signIn(url, credentials);
    await expect(signIn).rejects.toThrow(ApiError);
    await expect(signIn).rejects.toMatchObject({
      status: 401,
      problem,
      message: 'INVALID_CREDENTIALS: Wrong name or password.',
    });
  });

  it('says that nobody answers', async () => {
    const taken = await fetch(url);
    expect(taken.status).toBe(200);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(requireServer(url)).rejects.toThrow(ServerUnreachableError);
    await expect(requireServer(url)).rejects.toThrow(`No server answers at ${url} (`);
  });
});

describe('plain calls', () => {
  it('are sent once, and an answer without a body is one too', async () => {
    answers = [[503, { code: 'X', detail: 'y' }]];
    const api = createApi(url, { token: () => 'mine' });
    const { response, error } = await api.GET('/api/tasks');
    expect([response.status, error?.code]).toEqual([503, 'X']);
    expect(heard).toHaveLength(1);
    expect(heard[0]!.headers.authorization).toBe('Bearer mine');
  });
});
