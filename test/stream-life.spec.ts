import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { stores } from './harness/databases.js';
import { patienceMs, StreamServer, type Session } from './harness/stream-server.js';
import { StreamSocket } from './harness/stream-socket.js';
import { waitFor } from '../tools/test-kit/index.js';

jest.setTimeout(patienceMs);
const [, openEmbedded] = stores[0]!;

describe('the life of an event stream', () => {
  let server: StreamServer;
  let admin: Session;
  let users = 0;

  beforeAll(async () => {
    server = await StreamServer.start(openEmbedded);
    admin = server.admin;
  });
  afterEach(() => nothingIsLeft());
  afterAll(() => server.stop());

  /** Of any stream, whatever became of it. A connection that nobody reads from learns by a write that its client is gone. */
  async function nothingIsLeft(): Promise<void> {
    await waitFor(async () => {
      server.beat();
      return server.streams.count === 0 && (await server.connections()) === 0;
    }, patienceMs);
  }

  const someone = (role: 'admin' | 'user' = 'user') => server.user(`user-${(users += 1)}`, role);

  test('begins with its exact headers and its retry time, and is not compressed', async () => {
    const stream = await server.open({ token: admin.token });
    const headers = Object.fromEntries(
      stream.head
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
    );
    expect(stream.head).toMatch(/^http\/1\.1 200 ok\r\n/);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    for (const name of ['content-encoding', 'content-length', 'pragma', 'expires'])
      expect(headers).not.toHaveProperty(name);
    expect(stream.text).toMatch(/^retry: 3000\n\n+id: [a-z0-9]+-\d+\ndata: \{"type":"initial_state"/);
    await stream.drop();
  });

  test('is told to a client of HTTP/1.0 without chunks', async () => {
    const stream = await server.open({ token: admin.token, httpVersion: '1.0' });
    const { id } = await server.queued(admin.userId);
    await stream.until(({ message }) => message.data?.task_id === id);
    expect(stream.head).not.toContain('transfer-encoding');
    expect(stream.text).toMatch(/^retry: 3000\n\n+id: /);
    await stream.drop();
  });

  test.each<[string, (session: Session) => Promise<unknown>]>([
    ['the logout', ({ token }) => server.call('POST', '/auth/logout', token)],
    ['a disable', ({ userId }) => server.call('PATCH', `/users/${userId}`, admin.token, { disabled: true })],
    ['a delete', ({ userId }) => server.call('DELETE', `/users/${userId}`, admin.token)],
    ['a promotion', ({ userId }) => server.call('PATCH', `/users/${userId}`, admin.token, { role: 'admin' })],
    [
      'a new password set by an admin',
      ({ userId }) =>
        server.call('PATCH', `/users/${userId}`, admin.token, { password: 'a new password for them' }),
    ],
  ])('ends with %s, as HTTP ends an answer, and no other stream does', async (_what, happen) => {
    const session = await someone();
    const other = await server.open({ token: (await someone()).token });
    const streams = await Promise.all([1, 2].map(() => server.open({ token: session.token })));
    await happen(session);
    await Promise.all(streams.map(({ ended }) => ended));
    expect(streams.map(({ isWhole }) => isWhole)).toEqual([true, true]);
    expect(other.isEnded).toBe(false);
    await other.drop();
  });

  test('ends when the token that opened it expires, though the ticket was newer', async () => {
    const session = await someone();
    const ticketed = await server.call('POST', '/auth/stream-ticket', session.token);
    const { ticket } = (await ticketed.json()) as { ticket: string };
    const streams = [
      await server.open({ token: session.token }),
      await server.open({ query: `?ticket=${ticket}` }),
      await server.open({ query: `?token=${session.token}` }),
    ];
    server.clock.offsetMs += 14 * 60_000;
    await server.streams.sweep();
    expect(server.streams.count).toBe(3);
    server.clock.offsetMs += 60_000 + 1000;
    await Promise.all(streams.map(({ ended }) => ended));
    expect(streams.map(({ isWhole }) => isWhole)).toEqual([true, true, true]);
    server.clock.offsetMs = 0;
  });

  test('ends when its token expires, whether or not the database answers', async () => {
    const stream = await server.open({ token: (await someone()).token });
    server.clock.offsetMs += 10 * 60_000;
    const later = await server.open({ token: (await someone()).token });
    const release = await server.holdStore();
    server.clock.offsetMs += 5 * 60_000 + 1000;
    await stream.ended;
    expect([stream.isWhole, server.streams.count]).toEqual([true, 1]);
    release();
    await later.drop();
    server.clock.offsetMs = 0;
  });

  test('takes a ticket once, for 30 s, and only while its user may still come in', async () => {
    const session = await someone();
    const ticketOf = async () => {
      const answer = await server.call('POST', '/auth/stream-ticket', session.token);
      return ((await answer.json()) as { ticket: string }).ticket;
    };
    const statusOf = async (ticket: string) => {
      const stream = server.stream({ query: `?ticket=${ticket}` });
      await stream.when(() => stream.head !== '');
      await stream.drop();
      return stream.head.split(' ')[1];
    };
    const [used, late, disabled] = [await ticketOf(), await ticketOf(), await ticketOf()];
    expect(Buffer.from(used.split('.')[0]!, 'base64url')).toHaveLength(32);
    expect([await statusOf(used), await statusOf(used)]).toEqual(['200', '401']);
    server.clock.offsetMs = 30_000;
    expect(await statusOf(late)).toBe('401');
    server.clock.offsetMs = 0;
    await server.call('PATCH', `/users/${session.userId}`, admin.token, { disabled: true });
    expect(await statusOf(disabled)).toBe('401');
  });

  test('ends the oldest of a user who opens an eleventh, and nobody else’s', async () => {
    const [session, other] = [await someone(), await someone()];
    const others = await server.open({ token: other.token });
    const streams = [];
    for (let n = 0; n < 12; n += 1) streams.push(await server.open({ token: session.token }));
    await Promise.all([streams[0]!.ended, streams[1]!.ended]);
    expect(streams.map(({ isEnded }) => isEnded)).toEqual([true, true, ...Array<boolean>(10).fill(false)]);
    expect(streams[0]!.isWhole).toBe(true);
    expect(others.isEnded).toBe(false);
    for (const stream of [...streams, others]) await stream.drop();
  });

  test('answers HEAD with the headers alone, and ends no stream for it', async () => {
    const session = await someone();
    const streams = await Promise.all(
      Array.from({ length: 10 }, () => server.open({ token: session.token })),
    );
    const answer = await server.call('HEAD', '/system/task-events', session.token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe('');
    expect(streams.some(({ isEnded }) => isEnded)).toBe(false);
    expect(server.streams.count).toBe(10);
    for (const stream of streams) await stream.drop();
  });

  test('keeps nothing of clients that leave within a word, halve the connection or ask twice in it', async () => {
    const { token } = await someone();
    const whole = await server.open({ token });
    await whole.drop();
    for (const part of [0.01, 0.2, 0.4, 0.6, 0.8, 0.99]) {
      await server.stream({ token, stopAfterBytes: Math.ceil(part * whole.bytes) }).ended;
    }
    const halved = await server.open({ token });
    halved.socket.end();
    await halved.ended;
    await nothingIsLeft();

    const silent = StreamSocket.silent(server.url, { token });
    silent.socket.write(silent.request());
    await waitFor(() => server.streams.count === 2, patienceMs);
    await silent.drop();
    await nothingIsLeft();
  });

  test('keeps nothing of clients that leave while the store is asked who they are', async () => {
    const { token } = await someone();
    const release = await server.holdStore();
    try {
      const asked = Array.from({ length: 5 }, () => server.stream({ token }));
      await waitFor(() => server.waiting >= asked.length, patienceMs);
      for (const stream of asked) await stream.drop();
      await waitFor(async () => (await server.connections()) === 0, patienceMs);
    } finally {
      release();
    }
    // Answered after all that they had asked for.
    await server.store.lastSequence();
    await nothingIsLeft();
  });
});
