import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { adminPassword, type Answer, AuthServer } from './auth-server.js';

/** Servers of a describe block, each with its own settings and a clock that the test moves. */
function serverWith(environment: Record<string, string>): () => AuthServer {
  let server: AuthServer;
  beforeAll(async () => {
    server = await AuthServer.start(environment);
    server.clock.hold();
  });
  afterAll(() => server.stop());
  afterEach(() => {
    server.clock.offsetMs += 3600_000;
  });
  return () => server;
}

const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status);

/** Asks so many times, one after the other. */
async function asking(times: number, ask: (i: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i += 1) answers.push(await ask(i));
  return answers;
}

describe('a user in a hurry', () => {
  const server = serverWith({ HEADROOM_REQUESTS_PER_USER: '5' });

  it('is answered 429 with Retry-After, over all of their logins together, until the 10 s are over', async () => {
    const tokens = [(await server().login()).access_token, (await server().login()).access_token];
    const me = (i: number) => server().call('GET /auth/me', { token: tokens[i % 2]! });
    const answers = await asking(7, me);
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const refused = answers[6]!;
    expect(refused.body).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(10);
    server().clock.offsetMs += wait * 1000;
    expect((await me(0)).status).toBe(200);
  });

  it('keeps nobody else waiting, and can still open a stream', async () => {
    const { access_token } = await server().login();
    server().clock.offsetMs += 10_000;
    const other = await server().newUser('unhurried');
    await asking(6, () => server().call('GET /auth/me', { token: access_token }));
    expect((await server().call('GET /auth/me', { token: access_token })).status).toBe(429);
    expect((await server().call('GET /auth/me', { token: other.access_token })).status).toBe(200);
    expect((await server().call('GET /probe/stream', { token: access_token })).status).toBe(200);
  });
});

describe('an address in a hurry', () => {
  const server = serverWith({ HEADROOM_REQUESTS_PER_ADDRESS: '5' });
  const spoofing = (i: number) =>
    server().call('GET /probe/closed', {
      headers: { 'x-forwarded-for': `192.0.2.${i}`, forwarded: 'for=1.2.3.4' },
    });

  it('is answered 429 before anything is looked at, whatever it says its address is', async () => {
    expect(statusesOf(await asking(7, spoofing))).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('does not count the probes of a load balancer', async () => {
    const probes = await asking(10, () => server().call('GET /health/live'));
    expect(statusesOf(probes)).not.toContain(429);
  });
});

describe('limits of 0', () => {
  const server = serverWith({ HEADROOM_REQUESTS_PER_ADDRESS: '0', HEADROOM_REQUESTS_PER_USER: '0' });

  it('are none', async () => {
    const { access_token: token } = await server().login();
    const answers = await asking(30, () => server().call('GET /auth/me', { token }));
    expect(new Set(statusesOf(answers))).toEqual(new Set([200]));
  });
});

describe('behind no proxy', () => {
  const server = serverWith({});

  it('X-Forwarded-For buys no further guesses, and is not what the audit log keeps', async () => {
    const guesses = await asking(51, (i) =>
      server().call('POST /auth/login', {
        body: { username: `nobody-${i}`, password: 'a guess' },
        headers: { 'x-forwarded-for': `192.0.2.${i}` },
      }),
    );
    expect(statusesOf(guesses)).toEqual([...Array<number>(50).fill(401), 429]);
    server().clock.offsetMs += 3600_000;
    const { access_token: token } = await server().login();
    const { body } = await server().call('GET /audit?limit=200', { token });
    const addresses = body.items.map(({ address }: { address: string | null }) => address);
    expect(new Set(addresses)).toEqual(new Set([null, '127.0.0.1']));
  });
});

describe('behind two proxies', () => {
  const server = serverWith({ TRUST_PROXY: '2' });
  const guess = (forwarded: string, username = 'admin') =>
    server().call('POST /auth/login', {
      body: { username, password: 'a guess' },
      headers: { 'x-forwarded-for': forwarded },
    });

  it('the address is the last but one, and what the client wrote before it counts for nothing', async () => {
    const guesses = await asking(11, (i) => guess(`198.51.100.${i}, 203.0.113.9, 10.0.0.2`));
    expect(statusesOf(guesses)).toEqual([...Array<number>(10).fill(401), 429]);
    expect((await guess('203.0.113.8, 10.0.0.2')).status).toBe(401);
    const right = await server().call('POST /auth/login', {
      body: { username: 'admin', password: adminPassword },
      headers: { 'x-forwarded-for': '203.0.113.7, 10.0.0.2' },
    });
    expect(right.status).toBe(200);
    const { body } = await server().call('GET /audit?limit=1', { token: right.body.access_token });
    expect(body.items[0].address).toBe('203.0.113.7');
  });
});

describe('pages from elsewhere', () => {
  const server = serverWith({ CORS_ORIGINS: 'https://desk.example' });

  it('are let in where they are named, and without credentials', async () => {
    const answerTo = async (origin: string) =>
      (await server().call('GET /probe/closed', { headers: { origin } })).headers;
    for (const origin of ['https://evil.example', 'null', 'https://desk.example.evil.example'])
      expect((await answerTo(origin)).get('access-control-allow-origin')).not.toBe(origin);
    const headers = await answerTo('https://desk.example');
    expect(headers.get('access-control-allow-origin')).toBe('https://desk.example');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });
});
