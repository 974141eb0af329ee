import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Server, smallBacktest } from './harness/server.js';
import { TraceCollector, type CollectedSpan } from './harness/trace-collector.js';
import { waitFor } from '../tools/test-kit/index.js';

const traceId = (n: number) => n.toString(16).padStart(32, '4');
const clientSpan = '00f067aa0ba902b7';
const within = (trace: string) => ({ traceparent: `00-${trace}-${clientSpan}-01` });

describe('the traces', () => {
  let collector: TraceCollector;
  let server: Server;
  let admin: Client;
  let user: Client;
  beforeAll(async () => {
    collector = await TraceCollector.open();
    server = await Server.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=only-for-the-collector',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      HEADROOM_NODE_ID: 'traced-node',
      HEADROOM_PLUGINS: join(import.meta.dirname, 'plugins', 'misbehaviour.mjs'),
    });
    admin = await server.admin();
    user = await server.user('ana');
  });
  afterAll(async () => {
    await server.remove();
    collector.close();
  });

  const run = async (trace: string, fields: object = {}): Promise<string> => {
    const order = { ...smallBacktest, cache: false, ...fields };
    const { status, body } = await user.post('/api/backtests/run', order, within(trace));
    expect(status).toBe(202);
    return body.backtest_id;
  };
  const misbehave = async (trace: string, order: object): Promise<string> => {
    const { status, body } = await user.post('/api/misbehaviour', order, within(trace));
    expect(status).toBe(202);
    return body.task_id;
  };
  /** The spans of a trace by their names, once there are these. */
  const collected = (trace: string, ...names: string[]) =>
    waitFor(() => {
      const spans = new Map(collector.ofTrace(trace).map((span) => [span.name, span]));
      return names.every((name) => spans.has(name)) ? spans : null;
    });

  test('follow a task from its request over the admission and its process to its stored result', async () => {
    const taskId = await run(traceId(1));
    const task = await user.ended(taskId);
    const spans = await collected(traceId(1), 'POST /api/backtests/run', 'admission', 'process', 'result');
    const request = spans.get('POST /api/backtests/run')!;
    expect(request.parentSpanId).toBe(clientSpan);
    expect(request.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/api/backtests/run',
      'http.response.status_code': 202,
    });
    expect(request.service).toMatchObject({
      'service.name': 'headroom',
      'service.instance.id': 'traced-node',
    });
    const own = ['admission', 'process', 'result'].map((name) => spans.get(name)!);
    for (const span of own) {
      expect(span.parentSpanId).toBe(request.spanId);
      expect(span.attributes).toMatchObject({
        'headroom.task_id': taskId,
        'headroom.task_type': 'backtest',
        'headroom.attempt': 1,
      });
      expect(span.isError).toBe(false);
    }
    const [admission, child, result] = own as [CollectedSpan, CollectedSpan, CollectedSpan];
    expect(admission.attributes).toMatchObject({
      'headroom.decision': 'admitted',
      'headroom.reason': 'fits',
      'headroom.predicted.cpu_cores': 0.8,
      'headroom.minimum_free.cpu_cores': 1.6,
    });
    // It begins when the request arrives, and the database says when the task was stored.
    expect(admission.startMs).toBeLessThanOrEqual(Date.parse(task.queued_at) + 1000);
    expect(child.attributes).toMatchObject({
      'headroom.end': 'done',
      'headroom.cpu_seconds': task.cpu_seconds,
    });
    expect(child.events).toEqual(['work began']);
    expect(child.startMs).toBeGreaterThanOrEqual(Date.parse(task.started_at));
    expect(result.startMs).toBeGreaterThanOrEqual(child.endMs);
    expect(result.attributes['headroom.status']).toBe('completed');
  });

  test('show what a task waited for, in the trace of the request, by the server that starts it after a kill', async () => {
    await admin.post('/api/system/queue/pause');
    const taskId = await run(traceId(2), { initial_capital: 20_000 });
    const { spanId } = (await collected(traceId(2), 'POST /api/backtests/run')).get(
      'POST /api/backtests/run',
    )!;
    const { queued_at } = (await user.get(`/api/tasks/${taskId}`)).body;
    await server.signal('SIGKILL');
    await server.start();
    await admin.post('/api/system/queue/resume');
    const { started_at } = await user.ended(taskId);
    const spans = await collected(traceId(2), 'wait', 'process', 'result');
    expect(spans.get('admission')?.attributes).toMatchObject({
      'headroom.decision': 'refused',
      'headroom.reason': 'order',
    });
    const wait = spans.get('wait')!;
    expect(wait.parentSpanId).toBe(spanId);
    expect(wait.attributes).toMatchObject({ 'headroom.decision': 'admitted', 'headroom.reason': 'fits' });
    expect(wait.startMs).toBe(Date.parse(queued_at));
    expect(wait.endMs).toBeGreaterThanOrEqual(Date.parse(started_at));
    expect(spans.get('process')!.parentSpanId).toBe(spanId);
  });

  test('have a span for each process of a sharded task, which no other has the id of', async () => {
    const taskId = await misbehave(traceId(3), { how: 'sharded', shards: 3 });
    expect((await user.ended(taskId)).status).toBe('completed');
    await collected(traceId(3), 'result');
    const processes = collector.ofTrace(traceId(3)).filter(({ name }) => name === 'process');
    const shards = processes.map(({ attributes }) => attributes['headroom.shard']);
    expect(shards.map(String).sort()).toEqual(['0', '1', '2', 'reduce']);
    expect(new Set(processes.map(({ spanId }) => spanId)).size).toBe(4);
  });

  test('mark what failed, and a retry belongs to the request for it', async () => {
    const taskId = await misbehave(traceId(4), { how: 'throw' });
    await user.ended(taskId);
    const failed = await collected(traceId(4), 'process', 'result');
    for (const name of ['process', 'result']) {
      expect(failed.get(name)).toMatchObject({ isError: true, attributes: { 'error.type': 'TASK_FAILED' } });
    }
    await user.post(`/api/tasks/${taskId}/retry`, undefined, within(traceId(5)));
    const again = await collected(traceId(5), 'POST /api/tasks/:task_id/retry', 'wait', 'process', 'result');
    expect(again.get('process')!.attributes['headroom.attempt']).toBe(2);
    expect(collector.ofTrace(traceId(4)).filter(({ name }) => name === 'process')).toHaveLength(1);
  });

  test('take no trace from a client that names an impossible one', async () => {
    const nobody = '0'.repeat(32);
    const { status } = await user.call('GET', '/api/tasks', undefined, within(nobody));
    expect(status).toBe(200);
    const span = await waitFor(() => collector.spans.find(({ name }) => name === 'GET /api/tasks') ?? null);
    expect(span.traceId).not.toBe(nobody);
    expect(span.parentSpanId).toBeUndefined();
  });

  test('go to the collector with its key, and tell it no credential and no query of ours', async () => {
    await user.get(`/api/tasks?limit=1&cursor=${'x'.repeat(8)}`);
    (await user.events()).close();
    await user.get('/api/health/live');
    const all = JSON.stringify(await waitFor(() => (collector.spans.length > 15 ? collector.spans : null)));
    expect(collector.requests.every(({ path }) => path === '/v1/traces')).toBe(true);
    expect(collector.requests[0]!.headers['x-collector-key']).toBe('only-for-the-collector');
    expect(all).not.toContain(user.token);
    expect(all).not.toMatch(/limit=1|xxxxxxxx|long-password/);
    expect(all).not.toMatch(/task-events|health/);
    expect(server.log).not.toContain('only-for-the-collector');
  });

  test('have their id in the line that the log has of a request', async () => {
    await user.call('GET', '/api/auth/me', undefined, within(traceId(6)));
    const line = await waitFor(
      () =>
        server.log.split('\n').find((text) => text.includes('"trace_id"') && text.includes(traceId(6))) ??
        null,
    );
    expect(JSON.parse(line)).toMatchObject({ context: 'Http', trace_id: traceId(6) });
  });
});

describe('without a collector that answers', () => {
  test('the server works as ever, says so in its log, and ends in time', async () => {
    const server = await Server.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    });
    try {
      const user = await server.user('ana');
      expect((await user.ended(await user.backtest({ cache: false }))).status).toBe('completed');
      await waitFor(() => /"level":"warn"[^\n]*Traces/.test(server.log));
      expect(await server.signal('SIGTERM')).toBe(0);
    } finally {
      await server.remove();
    }
  });
});
