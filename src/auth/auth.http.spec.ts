import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { adminPassword, type Answer, AuthServer, jwtSecret, type Session } from '../../test/auth-server.js';
import { AuthenticationService } from './authentication.service.js';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { logins } from '../database/schema.js';

let server: AuthServer;
beforeAll(async () => {
  server = await AuthServer.start();
  server.clock.hold();
}, 120_000);
afterAll(() => server.stop());
afterEach(() => {
  server.clock.offsetMs = 0;
});

const refresh = (token: string) => server.call('POST /auth/refresh', { body: { refresh_token: token } });
const statusOf = async (token: string) => (await server.call('GET /probe/closed', { token })).status;
const callerOf = async (token: string): Promise<CurrentUser> =>
  (await server.call('GET /probe/closed', { token })).body as CurrentUser;

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

describe('logging in', () => {
  it('answers a token pair that opens closed routes', async () => {
    const { status, body, headers } = await server.call('POST /auth/login', {
      body: { username: ' ADMIN ', password: adminPassword },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const me = await server.call('GET /auth/me', { token: body.access_token });
    expect(me.body).toEqual({
      user_id: expect.any(String),
      username: 'admin',
      role: 'admin',
      is_admin: true,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  it('puts claims in the token that name user and login, and no role', async () => {
    const { access_token } = await server.login();
    const claims = claimsOf(access_token);
    expect(Object.keys(claims).sort()).toEqual(['exp', 'iat', 'jti', 'sid', 'sub', 'typ']);
    expect(Number(claims.exp) - Number(claims.iat)).toBe(900);
  });

  it('gives an unknown user, a wrong password and a disabled account the same answer', async () => {
    const { access_token: token } = await server.login();
    const disabled = await server.newUser('disabled-one');
    await server.call(`PATCH /users/${disabled.userId}`, { token, body: { disabled: true } });
    const attempts = [
      { username: 'nobody-here', password: 'x' },
      { username: 'no name at all!', password: 'x' },
      { username: 'admin', password: 'not the password' },
      { username: 'disabled-one', password: 'disabled-one password' },
    ];
    const answers: Answer[] = [];
    for (const body of attempts) answers.push(await server.call('POST /auth/login', { body }));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    const bodies = answers.map(({ body }) => ({ ...body, request_id: 'one of its own' }));
    expect(bodies).toEqual(bodies.map(() => bodies[0]));
    expect(bodies[0].code).toBe('INVALID_CREDENTIALS');
  });

  it('stores no token, only hashes', async () => {
    const { refresh_token } = await server.login();
    const rows = await server.database.queries.select().from(logins);
    expect(JSON.stringify(rows)).not.toContain(refresh_token.split('.')[1]);
  });

  it('answers 429 with Retry-After after ten failures, even to the right password', async () => {
    await server.newUser('throttled');
    const attempt = (password: string) =>
      server.call('POST /auth/login', { body: { username: 'Throttled', password } });
    const answers = await Promise.all(Array.from({ length: 30 }, () => attempt('wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
    const refused = await attempt('throttled password');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(840);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    server.clock.offsetMs = 15 * 60_000;
    expect((await attempt('throttled password')).status).toBe(200);
  });
});

describe('access tokens', () => {
  let claims: Record<string, unknown>;
  beforeAll(async () => {
    claims = claimsOf((await server.login()).access_token);
  });
  const unsigned = (alg: string) => `${encoded({ alg, typ: 'JWT' })}.${encoded(claims)}.`;
  const forged = (payload: unknown, alg: 'HS256' | 'HS512' = 'HS256', key = jwtSecret) => {
    const body = `${encoded({ alg, typ: 'JWT' })}.${encoded(payload)}`;
    return `${body}.${createHmac(alg.replace('HS', 'sha'), key).update(body).digest('base64url')}`;
  };
  const signed = (change: Record<string, unknown> = {}) => forged({ ...claims, ...change });

  it('opens with a token signed as ours are (so that the refusals below mean something)', async () => {
    expect(await statusOf(signed())).toBe(200);
  });

  it.each<[string, () => string]>([
    ['algorithm none', () => unsigned('none')],
    ['algorithm None', () => unsigned('None')],
    ['HS512 under the right key', () => forged(claims, 'HS512')],
    ['another key', () => forged(claims, 'HS256', 'another key that has its thirty-two bytes')],
    ['an empty signature', () => signed().replace(/[^.]*$/, '')],
    ['no expiry', () => signed({ exp: undefined })],
    ['an expiry that is text', () => signed({ exp: '9999999999' })],
    ['an expiry in the past', () => signed({ exp: Math.floor(server.clock.nowMs() / 1000) - 1 })],
    ['no jti', () => signed({ jti: undefined })],
    ['no typ', () => signed({ typ: undefined })],
    ['typ refresh', () => signed({ typ: 'refresh' })],
    ['no subject', () => signed({ sub: undefined })],
    ['an object as subject', () => signed({ sub: { toString: claims.sub } })],
    ['an array as subject', () => signed({ sub: [claims.sub] })],
    ['another subject', () => signed({ sub: randomUUID() })],
    ['no login', () => signed({ sid: undefined })],
    ['an unknown login', () => signed({ sid: randomUUID() })],
    ['a payload that is no object', () => forged('text')],
    ['a token of 8 kB', () => signed({ jti: 'x'.repeat(6_000) })],
    ['two tokens at once', () => `${signed()}, Bearer ${signed()}`],
    ['no token', () => ''],
    ['rubbish', () => 'rubbish'],
  ])('refuses %s', async (_name, token) => {
    const { status, body, headers } = await server.call('GET /probe/closed', {
      headers: { authorization: `Bearer ${token()}` },
    });
    expect(status).toBe(401);
    expect(body.code).toBe('UNAUTHORIZED');
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it('leaves a token of 20 kB to the limit on headers, 16 KiB together', async () => {
    expect(await statusOf(signed({ jti: 'x'.repeat(15_000) }))).toBe(431);
  });

  it('refuses a refresh token as an access token, and an access token as a refresh token', async () => {
    const session = await server.login();
    expect(await statusOf(session.refresh_token)).toBe(401);
    expect((await refresh('x' + session.access_token.slice(-200))).status).toBe(401);
  });

  it('refuses no header, another scheme, and a token in the query of an ordinary route', async () => {
    const { access_token } = await server.login();
    expect((await server.call('GET /probe/closed')).status).toBe(401);
    expect(
      (await server.call('GET /probe/closed', { headers: { authorization: `Basic ${access_token}` } }))
        .status,
    ).toBe(401);
    expect((await server.call(`GET /probe/closed?token=${access_token}`)).status).toBe(401);
  });

  it('expires after 15 minutes', async () => {
    const { access_token } = await server.login();
    server.clock.offsetMs = 15 * 60_000 - 2_000;
    expect(await statusOf(access_token)).toBe(200);
    server.clock.offsetMs = 15 * 60_000 + 1_000;
    expect(await statusOf(access_token)).toBe(401);
  });
});

describe('refreshing', () => {
  let session: Session;
  beforeAll(() => server.newUser('refresher'));
  const begin = async () => (session = await server.login('refresher', 'refresher password'));

  it('spends the token for a new one', async () => {
    await begin();
    const { status, body } = await refresh(session.refresh_token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    expect(body.refresh_token).not.toBe(session.refresh_token);
    expect(await statusOf(body.access_token)).toBe(200);
  });

  it('gives parallel refreshes of one token the same successor, and the login lives on', async () => {
    await begin();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(session.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    server.clock.offsetMs = 60_000;
    expect((await refresh(answers[3]!.body.refresh_token)).status).toBe(200);
  });

  it('answers a spent token for 10 s, after which its reuse ends the login', async () => {
    await begin();
    const next = (await refresh(session.refresh_token)).body as Session;
    server.clock.offsetMs = 9_000;
    expect((await refresh(session.refresh_token)).body.refresh_token).toBe(next.refresh_token);
    server.clock.offsetMs = 11_000;
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect((await refresh(next.refresh_token)).status).toBe(401);
    expect(await statusOf(next.access_token)).toBe(401);
  });

  it('ends the login on reuse of a token that was spent several refreshes ago', async () => {
    await begin();
    const second = (await refresh(session.refresh_token)).body as Session;
    const third = (await refresh(second.refresh_token)).body as Session;
    server.clock.offsetMs = 11_000;
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect((await refresh(third.refresh_token)).status).toBe(401);
  });

  it('does not take a retry within the grace for theft when another refresh followed', async () => {
    await begin();
    const second = (await refresh(session.refresh_token)).body as Session;
    const third = (await refresh(second.refresh_token)).body as Session;
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect((await refresh(third.refresh_token)).status).toBe(200);
  });

  it('leaves the login alone when a token was merely made up for it', async () => {
    await begin();
    const [loginId] = session.refresh_token.split('.');
    server.clock.offsetMs = 11_000;
    const madeUp = `${loginId}.${'A'.repeat(43)}.${'A'.repeat(22)}`;
    expect((await refresh(madeUp)).status).toBe(401);
    expect((await refresh(session.refresh_token)).status).toBe(200);
  });

  it('takes one token, and no list or object of them', async () => {
    await begin();
    const { refresh_token } = session;
    for (const given of [[refresh_token], { 0: refresh_token }, [[refresh_token]], 1, null, true])
      expect([
        given,
        (await server.call('POST /auth/refresh', { body: { refresh_token: given } })).status,
      ]).toEqual([given, 422]);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('lasts 30 days', async () => {
    await begin();
    server.clock.offsetMs = 30 * 24 * 3600_000 - 60_000;
    const { body } = await refresh(session.refresh_token);
    expect(body.expires_in).toBeGreaterThan(50);
    expect(body.expires_in).toBeLessThanOrEqual(60);
    server.clock.offsetMs = 30 * 24 * 3600_000 + 1_000;
    expect((await refresh(body.refresh_token)).status).toBe(401);
  });
});

describe('logging out', () => {
  it('ends this login and no other', async () => {
    const session = await server.login();
    const other = await server.login();
    expect((await server.call('POST /auth/logout', { token: session.access_token })).status).toBe(204);
    expect(await statusOf(session.access_token)).toBe(401);
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect(await statusOf(other.access_token)).toBe(200);
  });
});

describe('changing the password', () => {
  const change = (token: string, current_password: string, new_password: string) =>
    server.call('POST /auth/password', { token, body: { current_password, new_password } });

  it('ends every other login of the user and takes the new password from then on', async () => {
    const first = await server.newUser('changer');
    const second = await server.login('changer', 'changer password');
    expect((await change(first.access_token, 'changer password', 'another password')).status).toBe(204);
    expect(await statusOf(first.access_token)).toBe(200);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    expect(await statusOf(second.access_token)).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(401);
    await expect(server.login('changer', 'changer password')).rejects.toThrow('401');
    await server.login('changer', 'another password');
  });

  it('refuses a wrong current password, ten times and then for a while', async () => {
    const { access_token } = await server.newUser('guessed');
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await change(access_token, 'a guess', 'another password')).status).toBe(401);
    expect((await change(access_token, 'guessed password', 'another password')).status).toBe(429);
  });

  it('refuses a new password under twelve characters', async () => {
    const { access_token } = await server.login();
    expect((await change(access_token, adminPassword, 'eleven char')).status).toBe(422);
  });
});

describe('stream credentials', () => {
  const ticketOf = async (token: string) => {
    const { status, body } = await server.call('POST /auth/stream-ticket', { token });
    expect(status).toBe(201);
    expect(body).toEqual({ ticket: expect.any(String), expires_in: 30 });
    return body.ticket as string;
  };
  const open = (query: string, token?: string) =>
    server.call(`GET /probe/stream${query}`, token === undefined ? {} : { token });

  it('opens one stream with a ticket, which ends with the token that asked for it', async () => {
    const { access_token } = await server.login();
    const ticket = await ticketOf(access_token);
    const opened = await open(`?ticket=${ticket}`);
    expect(opened.status).toBe(200);
    expect(opened.body).toEqual(await callerOf(access_token));
    expect((await open(`?ticket=${ticket}`)).status).toBe(401);
  });

  it('opens one stream when a ticket is used many times at once', async () => {
    const ticket = await ticketOf((await server.login()).access_token);
    const answers = await Promise.all(Array.from({ length: 6 }, () => open(`?ticket=${ticket}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('refuses a ticket after 30 s, one whose expiry was altered, and one whose login has ended', async () => {
    const { access_token } = await server.login();
    const late = await ticketOf(access_token);
    const altered = await ticketOf(access_token);
    const orphaned = await ticketOf(access_token);
    expect((await open(`?ticket=${altered.replace(/\d$/, '')}`)).status).toBe(401);
    server.clock.offsetMs = 30_000;
    expect((await open(`?ticket=${late}`)).status).toBe(401);
    server.clock.offsetMs = 0;
    await server.call('POST /auth/logout', { token: access_token });
    expect((await open(`?ticket=${orphaned}`)).status).toBe(401);
  });

  it('takes an access token in the query of a stream, but never two', async () => {
    const { access_token } = await server.login();
    expect((await open(`?token=${access_token}`)).status).toBe(200);
    expect((await open(`?token=${access_token}&token=${access_token}`)).status).toBe(400);
    expect((await open(`?token[a]=${access_token}`)).status).toBe(401);
  });

  it('counts the header when both are given, and leaves the ticket unused', async () => {
    const { access_token } = await server.login();
    const ticket = await ticketOf(access_token);
    expect((await open(`?ticket=${ticket}`, 'not a token')).status).toBe(401);
    expect((await open(`?token=${access_token}`, 'bad')).status).toBe(401);
    expect((await open(`?ticket=${ticket}`, access_token)).status).toBe(200);
    expect((await open(`?ticket=${ticket}`)).status).toBe(200);
  });

  it('knows which of many callers still stand', async () => {
    const { access_token: token } = await server.login();
    const callers: Record<string, CurrentUser> = {};
    for (const name of ['standing', 'leaving', 'demoted', 'banned', 'deleted']) {
      const user = await server.newUser(`stream-${name}`, name === 'demoted' ? 'admin' : 'user');
      callers[name] = await callerOf(user.access_token);
      if (name === 'leaving') await server.call('POST /auth/logout', { token: user.access_token });
      if (name === 'demoted')
        await server.call(`PATCH /users/${user.userId}`, { token, body: { role: 'user' } });
      if (name === 'banned')
        await server.call(`PATCH /users/${user.userId}`, { token, body: { disabled: true } });
      if (name === 'deleted') await server.call(`DELETE /users/${user.userId}`, { token });
    }
    const valid = await server.app.get(AuthenticationService).stillValid(Object.values(callers));
    expect([...valid]).toEqual([callers.standing]);
    server.clock.offsetMs = 15 * 60_000;
    expect(await server.app.get(AuthenticationService).stillValid(Object.values(callers))).toEqual(new Set());
  });
});
