import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EventSource } from 'eventsource';
import type { Browser, Page } from 'playwright-core';
import { browserPath, launch } from './browser/browser.js';
import { hasNginx, Nginx } from './harness/nginx.js';
import { type Client, Server } from './harness/server.js';
import { StreamSocket } from './harness/stream-socket.js';
import { waitFor } from '../tools/test-kit/index.js';

const patienceMs = 120_000;
jest.setTimeout(3 * patienceMs);

interface Told {
  readonly id: string;
  readonly type: string;
  readonly taskId: string | undefined;
  readonly description: string | undefined;
}

const states = (told: readonly Told[]) =>
  told.filter(({ type }) => !['heartbeat', 'queue_positions', 'queue_state'].includes(type));

/** That a client was told each state once, in order, and began only once, over all its connections. */
function expectUnbroken(told: readonly Told[]): void {
  const sequences = states(told).map(({ id }) => Number(id.split('-')[1]));
  expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
  expect(told.filter(({ type }) => type === 'initial_state')).toHaveLength(1);
  expect(told[0]?.type).toBe('initial_state');
}

const isEndOf = (taskId: string) => (told: Told) => told.type === 'task_completed' && told.taskId === taskId;

/** The npm package `eventsource`, with the token in a header. */
class NodeClient {
  readonly told: Told[] = [];
  connections = 0;
  readonly #source: EventSource;

  constructor(url: string, token: string) {
    this.#source = new EventSource(`${url}/api/system/task-events`, {
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
    });
    this.#source.onopen = () => (this.connections += 1);
    this.#source.onmessage = ({ data, lastEventId }) => {
      const { type, data: content } = JSON.parse(data as string);
      const { task_id: taskId, description } = content ?? {};
      this.told.push({ id: lastEventId, type, taskId, description });
    };
  }

  async until(condition: (told: Told) => boolean): Promise<Told> {
    return waitFor(() => this.told.find(condition) ?? null, patienceMs);
  }

  close(): void {
    this.#source.close();
  }
}

describe('clients of the event stream', () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.start({ TRUST_PROXY: '1' });
  });
  afterAll(() => server.remove());

  /** Runs a backtest and, while the server is away between, has another one end unseen. */
  async function restartDuringWork(user: Client): Promise<readonly [seen: string, later: string]> {
    const seen = await user.backtest();
    await user.ended(seen, patienceMs);
    await server.signal('SIGKILL');
    await server.start();
    const later = await user.backtest();
    await user.ended(later, patienceMs);
    return [seen, later];
  }

  test('the npm client goes on where it was after a restart of the server', async () => {
    const user = await server.user('nora');
    const client = new NodeClient(server.url, user.token!);
    await client.until(({ type }) => type === 'initial_state');
    const [seen, later] = await restartDuringWork(user);
    await client.until(isEndOf(later));
    expect(client.told.filter(isEndOf(seen))).toHaveLength(1);
    expectUnbroken(client.told);
    client.close();
  });

  (browserPath === null ? describe.skip : describe)('in Chromium (skipped where there is none)', () => {
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      browser = await launch();
      page = await browser.newPage();
    });
    afterAll(() => browser.close());

    /** Opens the browser's own `EventSource`; what it is told is kept in the page. */
    async function openSource(query: string): Promise<void> {
      await page.goto(`${server.url}/api/health/live`);
      await page.evaluate(`
        globalThis.told = [];
        globalThis.source = new EventSource('/api/system/task-events?${query}');
        source.onmessage = ({ data, lastEventId }) => {
          const { type, data: content } = JSON.parse(data);
          told.push({ id: lastEventId, type, taskId: content?.task_id, description: content?.description });
        };
      `);
    }
    const told = () => page.evaluate<Told[]>('told');
    const until = (condition: (one: Told) => boolean) =>
      waitFor(async () => (await told()).find(condition) ?? null, patienceMs);

    test('its EventSource opens with a ticket and hears a task from its start to its end', async () => {
      const user = await server.user('chris');
      const { body } = await user.post('/api/auth/stream-ticket');
      await openSource(`ticket=${body.ticket}`);
      await until(({ type }) => type === 'initial_state');
      const id = await user.backtest();
      await until(isEndOf(id));
      const ofTask = (await told()).filter(({ taskId }) => taskId === id).map(({ type }) => type);
      expect([ofTask[0], ofTask.at(-1)]).toEqual(['task_running', 'task_completed']);
      expectUnbroken(await told());
      // A heartbeat leaves the id of the last state where it was.
      const beat = await until(({ type }) => type === 'heartbeat');
      expect(states(await told()).map(({ id: ofState }) => ofState)).toContain(beat.id);
    });

    test('its EventSource goes on where it was after a restart of the server', async () => {
      const user = await server.user('chiara');
      await openSource(`token=${user.token!}`);
      await until(({ type }) => type === 'initial_state');
      const [seen, later] = await restartDuringWork(user);
      await until(isEndOf(later));
      expect((await told()).filter(isEndOf(seen))).toHaveLength(1);
      expectUnbroken(await told());
      expect(server.log).not.toContain(user.token!);
    });
  });

  (hasNginx ? describe : describe.skip)('behind nginx (skipped where there is none)', () => {
    let nginx: Nginx;

    beforeAll(async () => {
      nginx = await Nginx.before(server.url);
    });
    afterAll(() => nginx.stop());

    test('messages come through at once, plain, with the stream’s headers', async () => {
      const user = await server.user('petra');
      const stream = await fetch(`${nginx.url}/api/system/task-events`, {
        headers: { Authorization: `Bearer ${user.token!}`, 'Accept-Encoding': 'gzip' },
      });
      expect(stream.status).toBe(200);
      expect(stream.headers.get('content-type')).toBe('text/event-stream');
      expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
      expect(stream.headers.get('content-encoding')).toBeNull();
      const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      const id = await user.backtest();
      // Nothing but its events is sent, so what nginx kept back would never come.
      while (!text.includes('"type":"task_completed"')) text += (await reader.read()).value ?? '';
      expect(text).toMatch(/^retry: 3000\n/);
      expect(text).toContain(id);
      await reader.cancel();
    });

    test('its client goes on after a restart, which it sees as a pause; no credential is in a log', async () => {
      const user = await server.user('paula');
      const client = new NodeClient(nginx.url, user.token!);
      await client.until(({ type }) => type === 'initial_state');
      const seen = await user.backtest();
      await client.until(isEndOf(seen));
      const { body } = await user.post('/api/auth/stream-ticket');
      const open = (query: string) => fetch(`${nginx.url}/api/system/task-events?${query}`);
      const answers = [await open(`ticket=${body.ticket}`), await open(`token=${user.token!}`)];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      for (const { body: stream } of answers) await stream!.cancel();

      await server.signal('SIGKILL');
      const away = await open(`token=${user.token!}`);
      expect([away.status, await away.text()]).toEqual([200, 'retry: 3000\n\n']);
      expect(away.headers.get('content-type')).toBe('text/event-stream');
      // Away for longer than a client waits: it asks nginx meanwhile, and is told to come back.
      await waitFor(() => client.connections >= 2, patienceMs);
      await server.start();
      const later = await user.backtest();
      await client.until(isEndOf(later));
      expectUnbroken(client.told);
      client.close();

      // The three above, and those of the client until now.
      const line = '"GET /api/system/task-events HTTP/1.1" 200';
      await waitFor(() => nginx.logs().split(line).length > 3, patienceMs);
      for (const credential of [body.ticket as string, user.token!]) {
        expect(nginx.logs().includes(credential)).toBe(false);
        expect(server.log.includes(credential)).toBe(false);
      }
    });
  });

  test('a hundred open streams end as HTTP ends an answer, and then the server, on SIGTERM', async () => {
    const users = await Promise.all(Array.from({ length: 10 }, (_, n) => server.user(`many-${n}`)));
    const streams = users.flatMap(({ token }) =>
      Array.from({ length: 10 }, () => StreamSocket.reading(server.url, { token: token! })),
    );
    await Promise.all(streams.map((stream) => stream.begun()));
    // One that reads nothing, not even the end, and as the eleventh of its user takes another's place.
    const silent = StreamSocket.silent(server.url, { token: users[0]!.token! });
    await waitFor(() => streams.find(({ isEnded }) => isEnded) ?? null, patienceMs);
    expect(await server.signal('SIGTERM')).toBe(0);
    await Promise.all(streams.map(({ ended }) => ended));
    expect(streams.filter(({ isWhole }) => isWhole)).toHaveLength(100);
    await silent.drop();
  });
});
