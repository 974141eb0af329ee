import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { problem } from '@app/contracts';
import { type Answer, AuthServer } from './auth-server.js';

let server: AuthServer;
let admin: string;
beforeAll(async () => {
  server = await AuthServer.start();
  admin = (await server.login()).access_token;
});
afterAll(() => server.stop());

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  problem.parse(answer.body);
}

/** Posts text as a new user's description. */
const post = (text: string, headers: Record<string, string> = {}) =>
  server.send('POST /users', text, {
    authorization: `Bearer ${admin}`,
    'content-type': 'application/json',
    ...headers,
  });

const userWith = (field: string) => `{"username":"mallory","password":"twelve chars!",${field}}`;

describe('a body', () => {
  it.each([
    [
      'nested 40,000 levels deep',
      `{"username":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
      400,
      'BODY_TOO_DEEP',
    ],
    ['that ends in the middle', '{"username":"mal', 400, 'MALFORMED_JSON'],
    ['beyond 256 KiB', userWith(`"role":"${'x'.repeat(300_000)}"`), 413, 'BODY_TOO_LARGE'],
    ['with a number beyond all numbers', userWith('"role":1e309'), 422, 'VALIDATION_FAILED'],
    ['with a string of 10,000 characters', `{"username":"${'m'.repeat(10_000)}"}`, 422, 'VALIDATION_FAILED'],
    ['with a NUL', userWith('"role":"us\\u0000er"'), 422, 'VALIDATION_FAILED'],
    ['with half a character', userWith('"role":"\\ud800"'), 422, 'VALIDATION_FAILED'],
    ['with a NUL in a name', userWith('"ro\\u0000le":1'), 422, 'VALIDATION_FAILED'],
    ['with __proto__', userWith('"__proto__":{"role":"admin"}'), 422, 'VALIDATION_FAILED'],
    ['with __proto__ within', userWith('"role":{"a":[{"__proto__":{"x":1}}]}'), 422, 'VALIDATION_FAILED'],
    ['with constructor.prototype', userWith('"constructor":{"prototype":{"x":1}}'), 422, 'VALIDATION_FAILED'],
    ['that is an array', '[]', 422, 'VALIDATION_FAILED'],
    ['that is a word', '"admin"', 400, 'MALFORMED_JSON'],
    ['with a name for an object', '{"username":{"toString":1},"password":[]}', 422, 'VALIDATION_FAILED'],
  ])('%s is refused', async (_name, text, status, code) => {
    expectProblem(await post(text), status, code);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const users = (await server.call('GET /users', { token: admin })).body.items;
    expect(users.map(({ username }: { username: string }) => username)).not.toContain('mallory');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'text/json',
    'application/json; charset=iso-8859-1',
    '',
  ])('of the type "%s" is refused unread', async (type) => {
    expectProblem(
      await post(userWith('"role":"user"'), { 'content-type': type }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  it('that unpacks to more than 256 KiB is refused', async () => {
    const bomb = gzipSync(userWith(`"role":"${'x'.repeat(20_000_000)}"`));
    expect(bomb.length).toBeLessThan(30_000);
    const answer = await server.send('POST /users', bomb, {
      authorization: `Bearer ${admin}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    });
    expectProblem(answer, 413, 'BODY_TOO_LARGE');
  });

  it('shorter than it announced is refused, or its connection ends', async () => {
    const answer = await server.raw(
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"a"',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('fields that are not the caller’s to set', () => {
  const stowaways = {
    is_admin: true,
    user_id: 'x',
    created_at: '2020-01-01T00:00:00Z',
    password_hash: 'x',
    roles: [],
  };

  it.each(Object.entries(stowaways))('%s is refused wherever a user is written', async (name, value) => {
    const { access_token, userId } = await server.newUser(`stow-${name.replaceAll('_', '-')}`);
    for (const [route, body] of [
      ['POST /users', { username: 'another', password: 'twelve chars!' }],
      [`PATCH /users/${userId}`, { disabled: false }],
      ['POST /auth/login', { username: 'admin', password: 'x' }],
      ['POST /auth/password', { current_password: 'x', new_password: 'twelve chars!' }],
    ] as const)
      expectProblem(
        await server.call(route, { token: admin, body: { ...body, [name]: value } }),
        422,
        'VALIDATION_FAILED',
      );
    const { body } = await server.call('GET /auth/me', { token: access_token });
    expect(body).toMatchObject({ role: 'user', is_admin: false });
  });
});

describe('an address', () => {
  const get = (path: string) => server.call(`GET ${path}`, { token: admin });

  it.each(['/users?limit=1&limit=2', '/users?limit=1&li%6dit=2', '/audit?cursor=a&cursor='])(
    'with a key twice is refused: %s',
    async (path) => expectProblem(await get(path), 400, 'DUPLICATE_QUERY_KEY'),
  );

  it.each([
    '/users?limit=0',
    '/users?limit=201',
    '/users?limit=1.5',
    '/users?limit=1e309',
    '/users?limit=NaN',
    '/users?limit=',
    '/users?limit[a]=1',
    '/users?__proto__=1',
    '/users?surprise=1',
    `/users?cursor=${'x'.repeat(201)}`,
  ])('with a bad query is refused: %s', async (path) => expectProblem(await get(path), 400, 'QUERY_INVALID'));

  it.each(['/users/%00', '/users/%ff', '/users/%', '/users?cursor=%00', '/%c0%ae%c0%ae/'])(
    'that cannot be decoded is refused: %s',
    async (path) => expectProblem(await get(path), 400, 'MALFORMED_URL'),
  );

  it.each([
    '/api/../../../../etc/passwd',
    '/../package.json',
    '/api/docs/../../../package.json',
    '/api/docs/..%2f..%2f..%2fpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '//etc/passwd',
  ])('leads nowhere outside: %s', async (path) => {
    const answer = await server.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toMatch(/root:|"dependencies"/);
  });
});

describe('what is no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['a header split in two', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
    [
      'headers beyond 16 KiB',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 408, 'REQUEST_TIMEOUT'],
  ])('%s is answered as a problem and cut', async (_name, bytes, status, code) => {
    const answer = await server.raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    expect(problem.parse(body)).toMatchObject({ status, code });
  });

  it('slow clients in number keep nobody else waiting, and are cut', async () => {
    const slow = Array.from({ length: 200 }, () => server.raw('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '));
    expect((await server.call('GET /auth/me', { token: admin })).status).toBe(200);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('a forged request id', () => {
  it.each(['short', 'has spaces in it', 'x'.repeat(65), '"},{"level":"info"'])(
    'is replaced: %s',
    async (id) => {
      const { headers } = await server.call('GET /auth/me', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('a demotion', () => {
  it('counts for every request that begins after it, and breaks none that is under way', async () => {
    const target = await server.newUser('demoted-in-mid-request', 'admin');
    const asAdmin = (i: number) =>
      server.call('POST /users', {
        token: target.access_token,
        body: { username: `made-${i}`, password: 'twelve chars!' },
      });
    const underWay = Array.from({ length: 12 }, (_, i) => asAdmin(i));
    const demotion = await server.call(`PATCH /users/${target.userId}`, {
      token: admin,
      body: { role: 'user' },
    });
    expect(demotion.status).toBe(200);
    expectProblem(await asAdmin(99), 403, 'FORBIDDEN');
    for (const { status } of await Promise.all(underWay)) expect([201, 403]).toContain(status);
    const { body } = await server.call('GET /users?limit=200', { token: admin });
    expect(JSON.stringify(body)).not.toContain('made-99');
  });
});

describe('every answer', () => {
  it.each(['GET /probe/closed', 'GET /nowhere', 'GET /users?limit=1&limit=2'])(
    'says to browsers what they may do with it, and nothing of the server: %s',
    async (route) => {
      const { headers } = await server.call(route, { headers: { origin: 'https://elsewhere.example' } });
      const policy = headers.get('content-security-policy')!.split(';');
      expect(policy).toEqual(
        expect.arrayContaining(["default-src 'self'", "script-src 'self'", "object-src 'none'"]),
      );
      expect(policy).toEqual(expect.arrayContaining(["base-uri 'none'", "frame-ancestors 'none'"]));
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'cache-control': 'no-store',
      });
      const absent = ['access-control-allow-origin', 'x-powered-by', 'server', 'etag', 'set-cookie'];
      expect(absent.filter((name) => headers.has(name))).toEqual([]);
    },
  );
});
