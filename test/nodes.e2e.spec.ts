import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { Client, Server } from './harness/server.js';
import { createDatabase, type EventReader, type ReceivedEvent, waitFor } from '../tools/test-kit/index.js';

const patienceMs = 60_000;
jest.setTimeout(4 * patienceMs);

const plugin = join(import.meta.dirname, 'plugins', 'misbehaviour.mjs');
const serverUrl = process.env.TEST_DATABASE_URL;
const withServer = serverUrl === undefined ? describe.skip : describe;

withServer('nodes on one PostgreSQL (set TEST_DATABASE_URL to run this)', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let nodes: Server[];

  beforeEach(async () => {
    database = await createDatabase(serverUrl!);
    nodes = [];
  });
  afterEach(async () => {
    for (const node of nodes.toReversed()) await node.remove();
    await database.drop();
  });

  async function node(nodeId: string, environment: Record<string, string> = {}): Promise<Server> {
    const started = await Server.start(
      { DATABASE_URL: database.url, HEADROOM_NODE_ID: nodeId, ...environment },
      nodes[0]?.dataDir ?? null,
    );
    nodes.push(started);
    return started;
  }

  test('a task sent to a node that runs none runs on another, and its stream shows every step', async () => {
    const api = await node('front', { HEADROOM_ROLE: 'api' });
    const user = await api.user('ana');
    const events = await user.events();
    const early = await user.backtest();
    await events.until(({ message }) => message.type === 'task_queued');
    expect((await user.get(`/api/tasks/${early}`)).body).toMatchObject({
      status: 'queued',
      wait_reason: 'No node that runs tasks is connected',
    });

    await node('back', { HEADROOM_ROLE: 'worker' });
    const ended = await user.ended(early);
    // Which node ran it is for admins alone.
    expect(ended).toMatchObject({ status: 'completed', node_id: null, attempt: 1 });
    await events.until(({ message }) => message.type === 'task_completed');
    const types = events.events.map(({ message }) => message.type);
    expect(types.filter((type) => /^task_(queued|running|completed)$/.test(type))).toEqual([
      'task_queued',
      'task_running',
      'task_completed',
    ]);
    expect(types).toContain('task_description_update');
    expect((await user.get(`/api/backtests/${early}`)).body.equity_curve.length).toBeGreaterThan(100);
    events.close();
  });

  test('admins see every node, its machine and what runs on it; a worker answers nothing else', async () => {
    const api = await node('front', { HEADROOM_ROLE: 'api' });
    const worker = await node('back', { HEADROOM_ROLE: 'worker', HEADROOM_CPU_CORES: '4' });
    const admin = await api.admin();
    const listed = await waitFor(async () => {
      const { body } = await admin.get('/api/system/nodes');
      return body.items.length === 2 ? body.items : null;
    });
    expect(listed).toMatchObject([
      {
        node_id: 'back',
        role: 'worker',
        alive: true,
        resources: { cpu: { total_cores: 4 } },
        running_tasks: [],
      },
      { node_id: 'front', role: 'api', alive: true, resources: { cpu: { total_cores: 8 } } },
    ]);
    const user = await api.user('ben');
    expect((await user.get('/api/system/nodes')).status).toBe(403);
    expect((await worker.anonymous().get('/api/health/ready')).status).toBe(200);
    expect((await worker.anonymous().get('/api/tasks')).status).toBe(404);
  });

  test('a node that was killed starts again under its name at once', async () => {
    const one = await node('one');
    await one.signal('SIGKILL');
    await one.start();
    expect(one.log).not.toContain('to release the name');
    // Nobody has its name from before, and it goes on beating under it.
    const admin = await one.admin();
    const [first] = (await admin.get('/api/system/nodes')).body.items;
    const [later] = await waitFor(async () => {
      const { body } = await admin.get('/api/system/nodes');
      return body.items[0].last_seen_at > first.last_seen_at ? body.items : null;
    });
    expect(later).toMatchObject({ node_id: 'one', alive: true, started_at: first.started_at });
  });

  test('a node goes on under its name after its connections broke, and stops when another has it', async () => {
    const one = await node('one');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const holders = async () => {
      const { rows } = await client.query(`
        select pid from pg_locks where locktype = 'advisory' and objsubid = 2
          and database = (select oid from pg_database where datname = current_database())`);
      return rows;
    };
    const [before] = await holders();
    await client.query('select pg_terminate_backend($1)', [before.pid]);
    await waitFor(async () => {
      const [now] = await holders();
      return now !== undefined && now.pid !== before.pid ? now : null;
    });
    expect((await one.anonymous().get('/api/health/ready')).status).toBe(200);

    const ended = one.endsByItself();
    await client.query("update nodes set instance = 'another', last_seen_at = now()");
    await client.end();
    await ended;
    expect(one.log).toContain('Another node is called one by now: this one stops');
  });

  test('a running task is cancelled through another node', async () => {
    const one = await node('one', { HEADROOM_PLUGINS: plugin, HEADROOM_ROLE: 'worker' });
    const two = await node('two', { HEADROOM_PLUGINS: plugin, HEADROOM_ROLE: 'api' });
    expect(one.url).not.toBe(two.url);
    const user = await two.user('ana');
    const { body } = await user.post('/api/misbehaviour', { how: 'sleep', seconds: 600 });
    await waitFor(async () => (await user.get(`/api/tasks/${body.task_id}`)).body.status === 'running');
    expect((await user.post(`/api/tasks/${body.task_id}/cancel`)).status).toBe(202);
    await user.ended(body.task_id);
    const asAdmin = await (await two.admin()).get(`/api/tasks/${body.task_id}`);
    expect(asAdmin.body).toMatchObject({ status: 'cancelled', node_id: 'one' });
  });

  test('a stream may come back to any node; a ticket opens one at any of them; a logout ends all of them', async () => {
    const one = await node('one');
    const two = await node('two', { HEADROOM_ROLE: 'api' });
    const user = await one.user('ana');
    const there = new Client(two.url, user.token, user.userId);
    const first = await user.events();
    const { id } = await first.until(({ message }) => message.type === 'initial_state', patienceMs);
    const taskId = await user.backtest();
    const isEnd = ({ message }: ReceivedEvent) =>
      message.type === 'task_completed' && message.data.task_id === taskId;
    await first.until(isEnd, patienceMs);

    const resumed = await there.events(id!);
    await resumed.until(isEnd, patienceMs);
    const stored = (reader: EventReader) =>
      reader.events.filter((event) => event.id !== null && event.id !== id);
    expect(stored(resumed).map((event) => event.id)).toEqual(stored(first).map((event) => event.id));

    const { body } = await user.post('/api/auth/stream-ticket');
    const open = (server: Server) => fetch(`${server.url}/api/system/task-events?ticket=${body.ticket}`);
    const [ticketed, again] = [await open(two), await open(one)];
    expect([ticketed.status, again.status]).toEqual([200, 401]);
    await again.body?.cancel();

    expect((await user.post('/api/auth/logout')).status).toBe(204);
    await ticketed.text();
    await waitFor(() => first.isEnded && resumed.isEnded, patienceMs);
  });
});
