import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queueStatus, systemSummary, task as wireTask, taskDetail, taskEvent } from '@app/contracts';
import { EventReader, waitFor } from '../tools/test-kit/index.js';
import { type Answer, type Client, Server } from './harness/server.js';

const plugin = join(import.meta.dirname, 'plugins', 'misbehaviour.mjs');
const nodeId = 'node-behind-the-api';
const environment = {
  HEADROOM_PLUGINS: plugin,
  HEADROOM_NODE_ID: nodeId,
  HEADROOM_REQUESTS_PER_USER: '0',
  HEADROOM_REQUESTS_PER_ADDRESS: '0',
};
const testMs = 180_000;

async function post(client: Client, order: object): Promise<string> {
  const answer = await client.post('/api/misbehaviour', order);
  if (answer.status !== 202) throw new Error(answer.text);
  return answer.body.task_id as string;
}

const running = (client: Client, taskId: string) =>
  waitFor(async () => ((await client.get(`/api/tasks/${taskId}`)).body.status === 'running' ? true : null));

const ids = (tasks: { task_id: string }[]) => tasks.map(({ task_id }) => task_id);

const withoutOccasion = ({ status, body }: Answer) => ({
  status,
  body: { ...body, instance: null, request_id: null },
});

describe('what a task says', () => {
  let server: Server;
  let admin: Client;
  let ana: Client;
  let bob: Client;
  beforeAll(async () => {
    server = await Server.start(environment);
    [admin, ana, bob] = await Promise.all([server.admin(), server.user('ana'), server.user('bob')]);
  }, testMs);
  afterAll(() => server.remove());

  test(
    'of its attempts and its log, to its user and to admins alone',
    async () => {
      const taskId = await post(ana, { how: 'print' });
      await ana.ended(taskId);
      const { body } = await ana.get(`/api/tasks/${taskId}`);
      expect(taskDetail.parse(body)).toEqual(body);
      expect(body).toMatchObject({
        subject: 'Will print',
        node_id: null,
        can_cancel: false,
        can_retry: false,
        result_url: null,
        log_url: `/api/tasks/${taskId}/log`,
        attempts: [{ attempt: 1, node_id: null, end: 'completed', error: null }],
      });
      expect((await admin.get(`/api/tasks/${taskId}`)).body).toMatchObject({
        node_id: nodeId,
        attempts: [{ attempt: 1, node_id: nodeId }],
      });

      const log = await ana.get(body.log_url);
      expect(log.status).toBe(200);
      expect(log.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(log.headers.get('x-content-type-options')).toBe('nosniff');
      expect(log.text).toContain('printed to standard output');
      expect(log.text).toContain('printed to standard error');
      expect((await admin.get(`${body.log_url}?attempt=1`)).text).toBe(log.text);
      expect((await ana.get(`${body.log_url}?attempt=2`)).status).toBe(404);
      expect((await ana.get(`${body.log_url}?attempt=0`)).status).toBe(400);

      const absent = '/api/tasks/00000000-0000-4000-8000-000000000000';
      for (const path of ['', '/log']) {
        const others = await bob.get(`/api/tasks/${taskId}${path}`);
        expect(others.status).toBe(404);
        expect(withoutOccasion(others)).toEqual(withoutOccasion(await bob.get(absent + path)));
      }
    },
    testMs,
  );

  test(
    'of attempts that were lost on the way',
    async () => {
      const taskId = await post(ana, { how: 'be killed' });
      await ana.ended(taskId);
      const { body } = await ana.get(`/api/tasks/${taskId}`);
      expect(body).toMatchObject({ status: 'failed', can_retry: true });
      expect(
        body.attempts.map(({ attempt, end }: { attempt: number; end: string }) => [attempt, end]),
      ).toEqual([
        [1, 'requeued'],
        [2, 'requeued'],
        [3, 'failed'],
      ]);
      expect(body.attempts[2].error).toEqual(body.error);
      await waitFor(async () =>
        (await admin.get(`/api/tasks/${taskId}`)).body.attempts.length === 3 ? true : null,
      );
    },
    testMs,
  );

  test(
    'of a result, once there is one',
    async () => {
      const backtestId = await ana.backtest();
      const ended = await ana.ended(backtestId);
      expect(ended).toMatchObject({ status: 'completed', result_url: `/api/backtests/${backtestId}` });
      expect(ended.subject).toMatch(/^SmaCross on BTC_USDT/);
      expect((await ana.get(ended.result_url)).status).toBe(200);
    },
    testMs,
  );

  test(
    'of a function that takes no abort signal: that it cannot be cancelled',
    async () => {
      const taskId = await post(ana, { how: 'function', in_process: true, seconds: 1 });
      expect((await ana.get(`/api/tasks/${taskId}`)).body).toMatchObject({
        can_cancel: false,
        can_retry: false,
        attempts: [{ attempt: 1, ended_at: null, end: null }],
      });
      const refused = await ana.post(`/api/tasks/${taskId}/cancel`);
      expect([refused.status, refused.body.code]).toEqual([409, 'TASK_NOT_CANCELLABLE']);
      const skipped = await ana.post('/api/tasks/cancel', { task_ids: [taskId] });
      expect(skipped.body).toEqual({
        matched: 1,
        done: 0,
        skipped: [{ task_id: taskId, code: 'TASK_NOT_CANCELLABLE' }],
      });
      await ana.ended(taskId);
    },
    testMs,
  );

  test(
    'ended by an admin: that it failed, and its reservation is free again',
    async () => {
      const reserved = async () =>
        (await admin.get('/api/system/resources')).body.resources.reserved.cpu_cores;
      const before = await reserved();
      const taskId = await post(ana, { how: 'sleep', seconds: 600 });
      await running(ana, taskId);
      expect(await reserved()).toBeGreaterThan(before);
      const forbidden = await ana.post(`/api/tasks/${taskId}/end`);
      expect([forbidden.status, forbidden.body.code]).toEqual([403, 'FORBIDDEN']);
      const ended = await admin.post(`/api/tasks/${taskId}/end`);
      expect([ended.status, ended.body.status, ended.body.error.code]).toEqual([
        202,
        'failed',
        'ENDED_BY_ADMIN',
      ]);
      await waitFor(async () => ((await reserved()) === before ? true : null));
      const { body } = await ana.get(`/api/tasks/${taskId}`);
      expect(body).toMatchObject({ status: 'failed', attempts: [{ end: 'ended_by_admin' }] });
      const again = await admin.post(`/api/tasks/${taskId}/end`);
      expect([again.status, again.body.code]).toEqual([409, 'TASK_FINISHED']);
      expect((await admin.post('/api/tasks/absent/end')).status).toBe(404);
    },
    testMs,
  );

  test('is found by its subject, its id and when it was submitted', async () => {
    const taskId = await post(bob, { how: 'sleep' });
    const { queued_at } = await bob.ended(taskId);
    const found = async (query: string) => ids((await bob.get(`/api/tasks?${query}`)).body.items);
    expect(await found('q=WILL%20SLEEP')).toEqual([taskId]);
    expect(await found(`q=${taskId.slice(0, 13)}`)).toEqual([taskId]);
    expect(await found('q=%25')).toEqual([]);
    expect(await found(`since=${queued_at}`)).toEqual([taskId]);
    expect(await found(`until=${queued_at}`)).toEqual([]);
    expect((await bob.get('/api/tasks?since=yesterday')).status).toBe(400);
  });
});

describe('a machine that is full', () => {
  let server: Server;
  let admin: Client;
  let ana: Client;
  const figures = /available|would leave|min:/;

  beforeAll(async () => {
    server = await Server.start({ ...environment, HEADROOM_CPU_CORES: '2', HEADROOM_RAM_GB: '2' });
    [admin, ana] = await Promise.all([server.admin(), server.user('ana')]);
  }, testMs);
  afterAll(() => server.remove());

  test(
    'is shown to admins with its figures, and to other users without, wherever a task is shown',
    async () => {
      const [adminEvents, anaEvents] = await Promise.all([admin.events(), ana.events()]);
      const { id } = await anaEvents.until(({ message }) => message.type === 'initial_state');
      const tasks: string[] = [];
      for (let n = 0; n < 8; n += 1) tasks.push(await post(ana, { how: 'sleep', seconds: 600 }));

      const waiting = await waitFor(async () => {
        const { body } = await admin.get('/api/system/queue');
        return (
          body.queued_tasks.find((one: { wait_kind: string }) => /^(cpu|ram)$/.test(one.wait_kind)) ?? null
        );
      });
      const taskId: string = waiting.task_id;
      expect(waiting.wait_reason).toMatch(figures);
      await anaEvents.until(
        ({ message }) =>
          message.type === 'queue_positions' &&
          message.data.positions.some((at: { wait_kind: string }) => at.wait_kind),
      );

      const shown = [
        (await ana.get(`/api/tasks/${taskId}`)).body,
        ...(await ana.get('/api/tasks?status=queued')).body.items,
        ...(await ana.get('/api/system/queue')).body.queued_tasks,
        ...(await ana.get('/api/system/resources')).body.queue.queued_tasks,
      ];
      for (const task of shown) {
        expect(task.wait_reason).not.toMatch(figures);
        expect(wireTask.parse(task)).toBeTruthy();
      }
      expect(shown.find(({ task_id }) => task_id === taskId).wait_reason).toMatch(/^Waiting for (CPU|RAM): /);

      const fresh = await ana.events();
      await fresh.until(({ message }) => message.type === 'initial_state');
      const replayed = await ana.events(id!);
      await replayed.until(({ message }) => message.data?.task_id === tasks.at(-1));
      for (const reader of [anaEvents, fresh, replayed]) {
        expect(reader.raw).not.toMatch(figures);
        expect(reader.raw).not.toContain(nodeId);
        for (const { message } of reader.events) expect(taskEvent.parse(message)).toBeTruthy();
      }
      expect(adminEvents.raw).toMatch(figures);
      expect(adminEvents.raw).toContain(nodeId);
      for (const path of ['/api/tasks', `/api/tasks/${tasks[0]!}`, '/api/system/queue']) {
        expect((await ana.get(path)).text).not.toContain(nodeId);
        expect((await admin.get(path)).text).toContain(nodeId);
      }
      for (const reader of [adminEvents, anaEvents, fresh, replayed]) reader.close();
    },
    testMs,
  );

  test('tells admins its mode and the share that tasks are expected to use', async () => {
    const { body } = await admin.get('/api/system/resources');
    expect(body.resources).toMatchObject({ mode: 'production', consumption_factor: expect.any(Number) });
  });
});

describe('a long queue', () => {
  const count = 230;
  let server: Server;
  let admin: Client;
  let ana: Client;
  let bob: Client;
  const tasks: string[] = [];

  beforeAll(async () => {
    server = await Server.start(environment);
    [admin, ana, bob] = await Promise.all([server.admin(), server.user('ana'), server.user('bob')]);
    await admin.post('/api/system/queue/pause');
    while (tasks.length < count) {
      const batch = Array.from({ length: 10 }, () => post(ana, { how: 'sleep' }));
      tasks.push(...(await Promise.all(batch)));
    }
  }, testMs);
  afterAll(() => server.remove());

  test(
    'is counted as a whole and listed page by page, each task once, in the order of the queue',
    async () => {
      const listed: { task_id: string; queue_position: number }[] = [];
      for (let cursor = ''; ;) {
        const { body } = await ana.get(`/api/system/queue?limit=100${cursor}`);
        expect(queueStatus.parse(body)).toEqual(body);
        expect(body).toMatchObject({ paused: true, queued_count: count, running_count: 0 });
        expect(body.queued_tasks.length).toBeLessThanOrEqual(100);
        listed.push(...body.queued_tasks);
        if (body.next_cursor === null) break;
        cursor = `&cursor=${body.next_cursor}`;
      }
      expect(ids(listed).sort()).toEqual([...tasks].sort());
      const positions = listed.map(({ queue_position }) => queue_position);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));

      expect((await admin.get('/api/system/queue?limit=1000')).body.queued_tasks).toHaveLength(count);
      expect((await bob.get('/api/system/queue')).body).toMatchObject({ queued_count: 0, next_cursor: null });
      for (const query of ['limit=0', 'limit=1001', 'cursor=nonsense', 'limit=1&limit=2']) {
        expect((await ana.get(`/api/system/queue?${query}`)).status).toBe(400);
      }
    },
    testMs,
  );

  test('begins a stream with its first 200 tasks', async () => {
    const events = await ana.events();
    const { message } = await events.until((event) => event.message.type === 'initial_state');
    expect(message.data).toMatchObject({ queued_count: count, truncated: true });
    expect(message.data.queued_tasks).toHaveLength(200);
    const rest = await ana.get(`/api/system/queue?cursor=${message.data.next_cursor}`);
    expect(rest.body.queued_tasks).toHaveLength(count - 200);
    events.close();
  });

  test('is summed up by status, for admins by user, too', async () => {
    const own = (await ana.get('/api/system/summary')).body;
    expect(systemSummary.parse(own)).toEqual(own);
    expect(own).toEqual({ counts: { queued: count, running: 0, completed: 0, failed: 0, cancelled: 0 } });
    const all = (await admin.get('/api/system/summary')).body;
    expect(all).toMatchObject({ counts: { queued: count }, by_user: [{ user_id: ana.userId }] });
    expect((await bob.get('/api/system/summary')).body.counts.queued).toBe(0);
  });

  test(
    'is cancelled by a filter, by ids, and not by other users',
    async () => {
      const nobodys = await bob.post('/api/tasks/cancel', { q: 'sleep' });
      expect([nobodys.status, nobodys.body]).toEqual([202, { matched: 0, done: 0, skipped: [] }]);
      expect((await bob.post('/api/tasks/cancel', { user_id: ana.userId })).body.matched).toBe(0);
      const foreign = await bob.post('/api/tasks/cancel', { task_ids: [tasks[0]] });
      expect(foreign.body).toEqual({
        matched: 0,
        done: 0,
        skipped: [{ task_id: tasks[0], code: 'NOT_FOUND' }],
      });
      const byId = await ana.post('/api/tasks/cancel', { task_ids: [tasks[0], tasks[0], 'absent'] });
      expect(byId.body).toEqual({ matched: 1, done: 1, skipped: [{ task_id: 'absent', code: 'NOT_FOUND' }] });
      const rest = await admin.post('/api/tasks/cancel', { user_id: ana.userId, q: 'will sleep' });
      expect(rest.body).toEqual({ matched: count - 1, done: count - 1, skipped: [] });
      expect((await ana.get('/api/system/queue')).body).toMatchObject({ queued_count: 0, queued_tasks: [] });
      const summary = (await ana.get('/api/system/summary')).body;
      expect(summary.counts).toMatchObject({ queued: 0, cancelled: count });
      const invalid = await ana.post('/api/tasks/cancel', { task_ids: [tasks[0]], status: 'queued' });
      expect([invalid.status, invalid.body.errors]).toEqual([
        422,
        [expect.objectContaining({ path: 'task_ids' })],
      ]);
    },
    testMs,
  );

  test(
    'is retried by a filter and by ids',
    async () => {
      const some = tasks.slice(0, 2);
      expect((await ana.post('/api/tasks/retry', { task_ids: some })).body).toMatchObject({
        matched: 2,
        done: 2,
      });
      const again = await ana.post('/api/tasks/retry', { task_ids: some });
      expect(again.body.skipped.map(({ code }: { code: string }) => code)).toEqual([
        'TASK_NOT_RETRYABLE',
        'TASK_NOT_RETRYABLE',
      ]);
      const rest = await ana.post('/api/tasks/retry', { status: 'cancelled' });
      expect(rest.body).toEqual({ matched: count - 2, done: count - 2, skipped: [] });
      expect((await ana.get('/api/system/queue')).body.queued_count).toBe(count);
      expect((await ana.get(`/api/tasks/${tasks[0]!}`)).body).toMatchObject({ status: 'queued', attempt: 2 });
      await ana.post('/api/tasks/cancel', {});
    },
    testMs,
  );
});

describe('the event stream', () => {
  let server: Server;
  let admin: Client;
  let ana: Client;
  beforeAll(async () => {
    server = await Server.start(environment);
    [admin, ana] = await Promise.all([server.admin(), server.user('ana')]);
  }, testMs);
  afterAll(() => server.remove());

  test(
    'tells everyone when the queue is paused and resumed, and not when nothing changes',
    async () => {
      const readers = await Promise.all([admin.events(), ana.events()]);
      for (const reader of readers) await reader.until(({ message }) => message.type === 'initial_state');
      for (const action of ['pause', 'pause', 'resume']) await admin.post(`/api/system/queue/${action}`);
      for (const reader of readers) {
        await reader.until(({ message }) => message.type === 'queue_state' && !message.data.paused);
        const states = reader.events.filter(({ message }) => message.type === 'queue_state');
        expect(states.map(({ message }) => message.data)).toEqual([{ paused: true }, { paused: false }]);
        expect(states.map(({ id }) => id)).toEqual([null, null]);
        reader.close();
      }
    },
    testMs,
  );

  test(
    'tells a client that comes back whether the queue was paused meanwhile',
    async () => {
      // Without any event there is nothing to resume from.
      await ana.ended(await ana.backtest());
      const before = await ana.events();
      const { id } = await before.until(({ message }) => message.type === 'initial_state');
      before.close();
      await admin.post('/api/system/queue/pause');
      const after = await ana.events(id!);
      const { message } = await after.until((event) => event.message.type === 'queue_state');
      expect(message.data).toEqual({ paused: true });
      expect(after.stateTypes()).not.toContain('initial_state');
      after.close();
      await admin.post('/api/system/queue/resume');
    },
    testMs,
  );

  test(
    'takes the last event id in its query, and the header before it',
    async () => {
      const open = (lastEventId: string, header?: string) => {
        const query = new URLSearchParams({ last_event_id: lastEventId });
        return EventReader.open(
          `${server.url}/api/system/task-events?${query.toString()}`,
          ana.token!,
          header,
        );
      };
      const before = await ana.events();
      const { id: first } = await before.until(({ message }) => message.type === 'initial_state');
      const taskId = await ana.backtest();
      const { id: last } = await before.until(
        ({ message }) => message.type === 'task_completed' && message.data.task_id === taskId,
      );
      before.close();

      const resumed = await open(first!);
      await resumed.until(({ message }) => message.type === 'task_completed');
      expect(resumed.stateTypes()).not.toContain('initial_state');

      const byHeader = await open(first!, last!);
      await byHeader.until(({ message }) => message.type === 'heartbeat');
      expect(byHeader.ofTask(taskId)).toEqual([]);

      const unknown = await open(`of-another-timeline-${last!.split('-')[1]!}`);
      await unknown.until(({ message }) => message.type === 'initial_state');
      for (const reader of [resumed, byHeader, unknown]) reader.close();
    },
    testMs,
  );
});
