import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Client, Server } from './harness/server.js';

describe('what each user sees', () => {
  let server: Server;
  let admin: Client;
  let alice: Client;
  let bob: Client;

  beforeAll(async () => {
    server = await Server.start();
    [admin, alice, bob] = await Promise.all([server.admin(), server.user('alice'), server.user('bob')]);
  });
  afterAll(() => server.remove());

  const withoutOccasion = ({ status, body }: Answer) => ({
    status,
    body: { ...body, instance: null, request_id: null },
  });

  test("another user's things look exactly like things that do not exist", async () => {
    const id = await alice.backtest();
    await alice.ended(id);
    const absent = '00000000-0000-4000-8000-000000000000';
    for (const [method, path, body] of [
      ['GET', '/api/backtests/:id'],
      ['GET', '/api/backtests/:id/trades.csv'],
      ['PATCH', '/api/backtests/:id', { title: 'mine now' }],
      ['DELETE', '/api/backtests/:id'],
      ['GET', '/api/tasks/:id'],
      ['GET', '/api/tasks/:id/log'],
      ['GET', '/api/tasks/:id/log?attempt=1'],
      ['POST', '/api/tasks/:id/cancel'],
      ['POST', '/api/tasks/:id/retry'],
      ['PATCH', '/api/tasks/:id', { priority: -1 }],
      ['GET', '/api/predictions/:id'],
      ['GET', '/api/predictions/models/:id'],
    ] as const) {
      const others = await bob.call(method, path.replace(':id', id), body);
      const nobodys = await bob.call(method, path.replace(':id', absent), body);
      expect(others.status).toBe(404);
      expect(withoutOccasion(others)).toEqual(withoutOccasion(nobodys));
    }
    expect((await admin.get(`/api/backtests/${id}`)).status).toBe(200);
    expect((await bob.get('/api/backtests')).body.items).toEqual([]);
    expect((await alice.get('/api/backtests')).body.items).toHaveLength(1);
    expect((await bob.get(`/api/tasks?user_id=${alice.userId!}`)).body.items).toEqual([]);
  });

  test('streams to each user their own tasks alone, to admins everything and the machine', async () => {
    const [adminEvents, aliceEvents, bobEvents] = await Promise.all([
      admin.events(),
      alice.events(),
      bob.events(),
    ]);
    const ids = await Promise.all([alice.backtest(), alice.backtest(), bob.backtest()]);
    for (const id of ids) {
      await adminEvents.until(
        ({ message }) => message.type === 'task_completed' && message.data.task_id === id,
      );
    }
    await bobEvents.until(({ message }) => message.type === 'task_completed');
    await aliceEvents.until(
      ({ message }) => message.type === 'task_completed' && message.data.task_id === ids[1],
    );
    await Promise.all(
      [aliceEvents, bobEvents].map((reader) => reader.until(({ message }) => message.type === 'heartbeat')),
    );

    for (const foreign of [ids[2], bob.userId!, '"resources"'])
      expect(aliceEvents.raw).not.toContain(foreign);
    for (const foreign of [ids[0], ids[1], alice.userId!, '"resources"'])
      expect(bobEvents.raw).not.toContain(foreign);
    for (const { message } of adminEvents.events) {
      expect(message.resources.cpu).toMatchObject({ total_cores: 8, min_threshold_cores: 1.6 });
    }
    for (const reader of [adminEvents, aliceEvents, bobEvents]) reader.close();
  });

  test('counts and lists for a user their own tasks, and shows the machine to admins only', async () => {
    const own = await alice.get('/api/system/resources');
    expect(own.body).toEqual({
      queue: {
        paused: false,
        queued_count: 0,
        running_count: 0,
        queued_tasks: [],
        running_tasks: [],
        next_cursor: null,
      },
      is_admin: false,
    });
    const all = await admin.get('/api/system/resources');
    expect(all.body).toMatchObject({
      is_admin: true,
      resources: {
        cpu: { total_cores: 8, min_threshold_cores: 1.6 },
        ram: { total_gb: 16, min_threshold_gb: 3.2 },
        buffer_percent: 20,
        limits: { cpu_source: 'host', ram_source: 'host' },
      },
    });
  });
});

describe('the event stream', () => {
  let server: Server;
  let user: Client;

  beforeAll(async () => {
    server = await Server.start();
    user = await server.user('trader');
  });
  afterAll(() => server.remove());

  test('has the headers that keep proxies from buffering it, and begins with its retry time', async () => {
    const events = await user.events();
    await events.until(({ message }) => message.type === 'initial_state');
    const { headers } = events.response;
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(events.raw).toMatch(/^retry: 3000\n/);
    expect(events.raw).not.toContain('event:');
    events.close();
  });

  test('replays what was missed, once and in order, to who comes back with the last id', async () => {
    const before = await user.events();
    const { id } = await before.until(({ message }) => message.type === 'initial_state');
    before.close();
    const taskId = await user.backtest();
    await user.ended(taskId);
    const after = await user.events(id!);
    await after.until(({ message }) => message.type === 'task_completed');
    expect(after.stateTypes()[0]).toBe('task_running');
    const sequences = after.events.flatMap(({ id }) => (id === null ? [] : [Number(id.split('-')[1])]));
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    after.close();

    for (const stranger of ['other-1', `${id!.split('-')[0]!}-999999`, 'nonsense', '-1']) {
      const fresh = await user.events(stranger);
      await fresh.until(({ message }) => message.type === 'initial_state');
      fresh.close();
    }
  });

  test('keeps the last event id through heartbeats', async () => {
    const events = await user.events();
    const first = await events.until(({ message }) => message.type === 'initial_state');
    const beat = await events.until(({ message }) => message.type === 'heartbeat');
    expect(beat.id === null || beat.id === first.id).toBe(true);
    expect(beat.message.data).toBeUndefined();
    events.close();
  });

  test('opens once with a ticket, and with a token in the query', async () => {
    const { body, status } = await user.post('/api/auth/stream-ticket');
    expect({ status, expires_in: body.expires_in }).toEqual({ status: 201, expires_in: 30 });
    const open = (query: string) => fetch(`${server.url}/api/system/task-events?${query}`, { method: 'GET' });
    const first = await open(`ticket=${body.ticket}`);
    const again = await open(`ticket=${body.ticket}`);
    const token = await open(`token=${user.token!}`);
    expect([first.status, again.status, token.status]).toEqual([200, 401, 200]);
    for (const response of [first, again, token]) await response.body!.cancel();
    expect(server.log).not.toContain(body.ticket);
    expect(server.log).not.toContain(user.token!);
  });

  test('ends within a second of a logout', async () => {
    const admin = await server.admin();
    const events = await admin.events();
    await events.until(({ message }) => message.type === 'initial_state');
    expect((await admin.post('/api/auth/logout')).status).toBe(204);
    const deadline = Date.now() + 3000;
    while (!events.isEnded && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events.isEnded).toBe(true);
  });
});
