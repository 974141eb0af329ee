import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { metricLabels, metricOf } from './harness/metric-labels.js';
import { Client, Server } from './harness/server.js';
import { waitFor } from '../tools/test-kit/index.js';

const token = 'a-token-that-only-metrics-take';

/** Value by series, `name{label="…"}`, as the text says it. */
function seriesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const namesOf = (text: string) => [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((match) => match[1]!);

describe('the metrics', () => {
  let server: Server;
  let admin: Client;
  let user: Client;
  let scraper: Client;
  beforeAll(async () => {
    server = await Server.start({ METRICS_TOKEN: token });
    admin = await server.admin();
    user = await server.user('ana');
    scraper = new Client(server.url, token);
  });
  afterAll(() => server.remove());

  const scrape = async () => seriesOf((await scraper.get('/metrics')).text);

  test('are for an admin and for the token of the configuration, which opens nothing else', async () => {
    const answers = [admin, scraper, user, new Client(server.url, `${token}x`), server.anonymous()];
    const statuses = await Promise.all(answers.map(async (client) => (await client.get('/metrics')).status));
    expect(statuses).toEqual([200, 200, 403, 401, 401]);
    expect((await scraper.get('/api/tasks')).status).toBe(401);
    expect((await scraper.get('/metrics')).headers.get('content-type')).toBe(
      'text/plain; version=0.0.4; charset=utf-8',
    );
  });

  test('have these names', async () => {
    expect(namesOf((await scraper.get('/metrics')).text).sort()).toEqual(Object.keys(metricLabels).sort());
  });

  test('begin at 0 for every type, so that the first of each kind is seen to be one more', async () => {
    const now = await scrape();
    for (const type of ['backtest', 'optimization', 'model_training', 'prediction', 'data_import']) {
      for (const series of [
        `headroom_tasks{task_type="${type}",state="queued"}`,
        `headroom_tasks{task_type="${type}",state="running"}`,
        `headroom_tasks_ended_total{task_type="${type}",status="completed",code=""}`,
        `headroom_tasks_ended_total{task_type="${type}",status="cancelled",code="CANCELLED"}`,
        `headroom_tasks_ended_total{task_type="${type}",status="failed",code="NODE_LOST"}`,
        `headroom_process_starts_total{task_type="${type}"}`,
        `headroom_process_ends_total{task_type="${type}",end="killed"}`,
      ])
        expect([series, now.get(series)]).toEqual([series, 0]);
    }
    // Eighteen ends of each of five types, and no more.
    expect(
      [...now.keys()].filter((series) => metricOf(series) === 'headroom_tasks_ended_total'),
    ).toHaveLength(90);
  });

  test('tell of tasks that ran: how many, why they started, what they waited for and how they ended', async () => {
    const before = await scrape();
    const taskId = await user.backtest({ cache: false });
    const done = await user.ended(taskId);
    await admin.post('/api/system/queue/pause');
    const held = await user.backtest({ cache: false, initial_capital: 20_000 });
    const whileHeld = await scrape();
    expect(whileHeld.get('headroom_queue_paused')).toBe(1);
    expect(whileHeld.get('headroom_tasks{task_type="backtest",state="queued"}')).toBe(1);
    await user.post(`/api/tasks/${held}/cancel`);
    await admin.post('/api/system/queue/resume');
    const after = await scrape();
    const grown = (series: string) => (after.get(series) ?? 0) - (before.get(series) ?? 0);
    expect({
      completed: grown('headroom_tasks_ended_total{task_type="backtest",status="completed",code=""}'),
      cancelled: grown(
        'headroom_tasks_ended_total{task_type="backtest",status="cancelled",code="CANCELLED"}',
      ),
      waits: grown('headroom_task_wait_seconds_count{task_type="backtest"}'),
      runs: grown('headroom_task_run_seconds_count{task_type="backtest"}'),
      starts: grown('headroom_process_starts_total{task_type="backtest"}'),
      ends: grown('headroom_process_ends_total{task_type="backtest",end="done"}'),
      fits: grown(
        'headroom_admission_decisions_total{task_type="backtest",decision="admitted",reason="fits"}',
      ),
      order: grown(
        'headroom_admission_decisions_total{task_type="backtest",decision="refused",reason="order"}',
      ),
      queued: after.get('headroom_tasks{task_type="backtest",state="queued"}') ?? 0,
    }).toEqual({
      completed: 1,
      cancelled: 1,
      waits: 1,
      runs: 1,
      starts: 1,
      ends: 1,
      fits: 1,
      order: 1,
      queued: 0,
    });
    const seconds = (Date.parse(done.completed_at) - Date.parse(done.started_at)) / 1000;
    expect(grown('headroom_task_run_seconds_sum{task_type="backtest"}')).toBeCloseTo(seconds, 6);
  });

  test('name requests by the pattern of their route, never by what was asked', async () => {
    const before = await scrape();
    await user.get('/api/tasks/11111111-2222-4333-8444-555555555555');
    await user.get('/api/nothing-of-the-kind?token=secret');
    // A request counts when its connection has let go of it, which may be just after its answer.
    const after = await waitFor(async () => {
      const now = await scrape();
      const key = 'headroom_http_requests_total{method="GET",route="other",status="404"}';
      return (now.get(key) ?? 0) > (before.get(key) ?? 0) ? now : null;
    });
    const byTask = 'headroom_http_requests_total{method="GET",route="/api/tasks/:task_id",status="404"}';
    expect((after.get(byTask) ?? 0) - (before.get(byTask) ?? 0)).toBe(1);
    const text = [...after.keys()].join('\n');
    expect(text).not.toMatch(/11111111|nothing-of-the-kind|secret/);
    expect(after.get('headroom_http_request_seconds_count{method="GET",route="/api/tasks/:task_id"}')).toBe(
      after.get(byTask)! +
        (after.get('headroom_http_requests_total{method="GET",route="/api/tasks/:task_id",status="200"}') ??
          0),
    );
  });

  test('count streams while they are open, and what they are sent', async () => {
    const before = await scrape();
    expect(before.get('headroom_streams')).toBe(0);
    const events = await user.events();
    const open = await waitFor(async () => {
      const now = await scrape();
      const sent = now.get('headroom_stream_deliveries_total')!;
      return sent > before.get('headroom_stream_deliveries_total')! ? now : null;
    });
    expect(open.get('headroom_streams')).toBe(1);
    expect(open.get('headroom_stream_bytes_total')).toBeGreaterThan(
      before.get('headroom_stream_bytes_total')!,
    );
    events.close();
    await waitFor(async () => (await scrape()).get('headroom_streams') === 0);
  });

  test('have the labels that are documented, and no others', async () => {
    for (const series of (await scrape()).keys()) {
      const labels = [...series.matchAll(/[{,](\w+)="/g)].map((match) => match[1]!);
      const own = labels.filter((label) => label !== 'le');
      expect([series, own]).toEqual([series, metricLabels[metricOf(series)]]);
    }
  });

  test('show the machine, the store and the process', async () => {
    const now = await scrape();
    expect(now.get('headroom_cpu_cores{figure="total"}')).toBe(8);
    expect(now.get('headroom_cpu_cores{figure="minimum_free"}')).toBe(1.6);
    expect(now.get('headroom_memory_bytes{figure="total"}')).toBe(16 * 2 ** 30);
    expect(now.get('headroom_database_query_seconds_count')).toBeGreaterThan(0);
    expect(now.get('headroom_database_sessions{state="open"}')).toBe(1);
    expect(now.get('process_resident_memory_bytes')).toBeGreaterThan(2 ** 20);
    expect(now.get('headroom_event_loop_delay_seconds{statistic="max"}')).toBeGreaterThanOrEqual(
      now.get('headroom_event_loop_delay_seconds{statistic="p50"}')!,
    );
  });
});
