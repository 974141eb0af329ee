import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError, request, requestAll, whenSignedOut } from '@/api/client';
import { readTokens } from '@/api/tokens';

interface Call {
  readonly path: string;
  readonly authorization: string | null;
}

let calls: Call[];
let answers: (path: string, authorization: string | null) => Response | Promise<Response>;

function keepTokens(accessToken: string, lifeMs: number): void {
  const tokens = { accessToken, refreshToken: 'refresh-1', expiresAtMs: Date.now() + lifeMs };
  localStorage.setItem('headroom.session', JSON.stringify(tokens));
}

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
const newPair = {
  access_token: 'token-2',
  refresh_token: 'refresh-2',
  token_type: 'Bearer',
  expires_in: 900,
};

beforeEach(() => {
  calls = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const authorization = new Headers(init.headers).get('Authorization');
    calls.push({ path, authorization });
    return Promise.resolve(answers(path, authorization));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  whenSignedOut(() => undefined);
});

describe('a whole list', () => {
  test('is asked for page after page', async () => {
    answers = (path) =>
      json(
        path.includes('cursor=more')
          ? { items: [3], next_cursor: null }
          : { items: [1, 2], next_cursor: 'more' },
      );
    expect(await requestAll('/api/numbers')).toEqual([1, 2, 3]);
    expect(calls.map(({ path }) => path)).toEqual([
      '/api/numbers?limit=200',
      '/api/numbers?limit=200&cursor=more',
    ]);
  });
});

describe('the session', () => {
  test('is refreshed before the token ends, once for many requests at a time', async () => {
    keepTokens('token-1', 10_000);
    answers = (path) => (path === '/api/auth/refresh' ? json(newPair) : json({ ok: true }));
    await Promise.all([request('/api/a'), request('/api/b'), request('/api/c')]);
    expect(calls.filter(({ path }) => path === '/api/auth/refresh')).toHaveLength(1);
    expect(calls.filter(({ authorization }) => authorization === 'Bearer token-2')).toHaveLength(3);
    expect(readTokens()?.refreshToken).toBe('refresh-2');
  });

  test('is refreshed and the request repeated when the server turns a token down', async () => {
    keepTokens('token-1', 900_000);
    answers = (path, authorization) => {
      if (path === '/api/auth/refresh') return json(newPair);
      return authorization === 'Bearer token-2'
        ? json({ ok: true })
        : json({ code: 'UNAUTHORIZED', detail: 'no' }, 401);
    };
    await expect(request('/api/a')).resolves.toEqual({ ok: true });
  });

  test('ends when it cannot be refreshed', async () => {
    keepTokens('token-1', 0);
    const ended = vi.fn();
    whenSignedOut(ended);
    answers = () => json({ code: 'UNAUTHORIZED', detail: 'no' }, 401);
    await expect(request('/api/a')).rejects.toBeInstanceOf(ApiError);
    expect(ended).toHaveBeenCalled();
    expect(readTokens()).toBeNull();
  });

  test('survives a server that is away', async () => {
    keepTokens('token-1', 0);
    answers = () => Promise.reject(new TypeError('fetch failed'));
    await expect(request('/api/a')).rejects.toMatchObject({ status: 0, code: 'OFFLINE' });
    expect(readTokens()?.accessToken).toBe('token-1');
  });
});

test("a refusal carries the server's words and what is wrong with each field", async () => {
  answers = () =>
    json(
      {
        code: 'INVALID',
        detail: 'Two fields are wrong.',
        errors: [{ path: 'symbol', message: 'is unknown' }],
      },
      422,
    );
  await expect(request('/api/a')).rejects.toMatchObject({
    status: 422,
    message: 'Two fields are wrong.',
    fields: { symbol: 'is unknown' },
  });
});
