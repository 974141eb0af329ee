import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { useTaskManagerStore } from '@/stores/taskManager';
import { aTask, FakeServer, someResources } from '../../test/fake-server';
import { freshPinia } from '../../test/mounted';

type Store = ReturnType<typeof useTaskManagerStore>;

let server: FakeServer;
let store: Store;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:10.000Z') });
  localStorage.setItem(
    'headroom.session',
    JSON.stringify({ accessToken: 'token-1', refreshToken: 'refresh-1', expiresAtMs: Date.now() + 900_000 }),
  );
  server = new FakeServer();
  freshPinia();
  store = useTaskManagerStore();
});
afterEach(() => {
  store.stopMonitoring();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
});

/** Lets answers and streamed pieces arrive, and so much time pass. */
async function pass(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
  await vi.advanceTimersByTimeAsync(0);
}

async function start(): Promise<void> {
  await store.startMonitoring();
  await pass();
  server.sendInitialState();
  await pass();
}

describe('by hand', () => {
  test("takes the requirement's own example task and moves it through its states", () => {
    store.addTask({
      task_id: 'my-task-123',
      task_type: 'backtest',
      status: 'running',
      created_at: new Date().toISOString(),
      estimated_cpu_cores: 1.0,
      estimated_ram_gb: 0.5,
    });
    expect(store.runningTasks.map(({ task_id }) => task_id)).toEqual(['my-task-123']);

    store.updateTask('my-task-123', { status: 'completed', completed_at: new Date().toISOString() });
    expect(store.runningTasks).toEqual([]);
    expect(store.completedTasks).toMatchObject([{ task_id: 'my-task-123', status: 'completed' }]);

    store.removeTask('my-task-123');
    expect(store.completedTasks).toEqual([]);
  });

  test('does not invent a task when one that is unknown is updated', () => {
    store.updateTask('nobody', { status: 'completed' });
    expect(store.completedTasks).toEqual([]);
  });

  test('clears completed tasks and leaves the others', () => {
    store.addTask(aTask({ task_id: 'a', status: 'completed' }));
    store.addTask(aTask({ task_id: 'b', status: 'failed' }));
    store.addTask(aTask({ task_id: 'c', status: 'running' }));
    store.clearCompletedTasks();
    expect(store.completedTasks).toEqual([]);
    expect(store.runningTasks).toHaveLength(1);
  });
});

describe('by the event stream', () => {
  test('takes over the first state and knows an admin by the resources', async () => {
    server.resources = someResources;
    server.running = [aTask()];
    server.queued = [aTask({ task_id: 'q', status: 'queued', queue_position: 1 })];
    await start();
    expect(store.isMonitoring).toBe(true);
    expect(store.connection).toBe('live');
    expect(store.isAdmin).toBe(true);
    expect([store.cpuUsagePercent, store.ramUsagePercent]).toEqual([20, 21.9]);
    expect([store.availableCpuCores, store.availableRamGB]).toEqual([6.4, 12.5]);
    expect(store.runningTasks).toHaveLength(1);
    expect(store.queuedTasks).toMatchObject([{ task_id: 'q', queue_position: 1 }]);
  });

  test('sends the token in a header, never in the address', async () => {
    await start();
    expect(server.streamRequests).toHaveLength(1);
    expect(server.streamRequests[0]!.headers.get('Authorization')).toBe('Bearer token-1');
  });

  test('follows a task from the queue to its end', async () => {
    await start();
    const task = aTask({ status: 'queued', queue_position: 2, started_at: null });
    server.send({ type: 'task_queued', data: task });
    await pass();
    expect(store.queuedTasks).toMatchObject([{ queue_position: 2 }]);

    const positions = [
      {
        task_id: 'abc-123',
        queue_position: 1,
        wait_reason: 'behind 1 task',
        wait_kind: 'behind',
        estimated_start_at: null,
      },
    ];
    server.send({ type: 'queue_positions', data: { positions } });
    await pass();
    expect(store.queuedTasks).toMatchObject([{ queue_position: 1, wait_kind: 'behind' }]);

    server.send({ type: 'task_running', data: aTask() });
    const update = { task_id: 'abc-123', description: '📊 Backtesting day 15 of 30...', progress: 0.5 };
    server.send({ type: 'task_description_update', data: update });
    await pass();
    expect(store.runningTasks).toMatchObject([
      { description: '📊 Backtesting day 15 of 30...', progress: 0.5 },
    ]);

    const end = aTask({ status: 'completed', completed_at: '2026-01-01T00:00:09.000Z' });
    server.send({ type: 'task_completed', data: { ...end, success: true } });
    await pass();
    expect(store.runningTasks).toEqual([]);
    expect(store.completedTasks).toMatchObject([{ task_id: 'abc-123', status: 'completed' }]);
    expect(store.lastEnded?.task_id).toBe('abc-123');
  });

  test('shows an end without success as what it was', async () => {
    await start();
    const error = { code: 'TIMEOUT', message: 'It ran for longer than allowed.' };
    server.send({ type: 'task_completed', data: { ...aTask({ status: 'failed', error }), success: false } });
    server.send({
      type: 'task_completed',
      data: { ...aTask({ task_id: 'c', status: 'cancelled' }), success: false },
    });
    await pass();
    const ends = Object.fromEntries(store.completedTasks.map((task) => [task.task_id, task.status]));
    expect(ends).toEqual({ 'abc-123': 'failed', c: 'cancelled' });
  });

  test('asks after a missing task instead of assuming that it completed', async () => {
    server.running = [aTask()];
    await start();
    server.running = [];
    server.tasks.set('abc-123', aTask({ status: 'failed', completed_at: '2026-01-01T00:00:09.000Z' }));
    server.sendInitialState();
    await pass();
    expect(store.runningTasks).toEqual([]);
    expect(store.completedTasks).toMatchObject([{ task_id: 'abc-123', status: 'failed' }]);
  });

  test('removes a missing task when the server answers 404', async () => {
    server.running = [aTask()];
    await start();
    server.running = [];
    server.sendInitialState();
    await pass();
    expect([...store.tasks.keys()]).toEqual([]);
  });

  test('asks after many missing tasks one by one, and again where there was no answer', async () => {
    server.running = [aTask({ task_id: 'a' }), aTask({ task_id: 'b' }), aTask({ task_id: 'c' })];
    await start();
    server.running = [];
    for (const task_id of ['a', 'b', 'c'])
      server.tasks.set(
        task_id,
        aTask({ task_id, status: 'completed', completed_at: '2026-01-01T00:00:09.000Z' }),
      );
    server.isReachable = false;
    server.sendInitialState();
    await pass();
    expect(server.requests.filter(({ path }) => path.startsWith('/api/tasks/'))).toHaveLength(1);
    expect(store.runningTasks).toHaveLength(3);

    server.isReachable = true;
    await pass(2000);
    expect(store.runningTasks).toEqual([]);
    expect(store.completedTasks).toHaveLength(3);
  });

  test('follows a pause of the queue', async () => {
    server.isPaused = true;
    await start();
    expect(store.isQueuePaused).toBe(true);
    server.send({ type: 'queue_state', data: { paused: false } });
    await pass();
    expect(store.isQueuePaused).toBe(false);
    server.send({ type: 'queue_state', data: { paused: true } });
    await pass();
    expect(store.isQueuePaused).toBe(true);
  });

  test('keeps what it knows beyond the first page of a long queue, and asks after none of it', async () => {
    store.addTask(aTask({ task_id: 'beyond', status: 'queued', queue_position: 201 }));
    server.queued = [aTask({ task_id: 'head', status: 'queued', queue_position: 1 })];
    server.nextCursor = 'more';
    await start();
    expect(store.queuedTasks.map(({ task_id }) => task_id)).toEqual(['head', 'beyond']);
    expect(server.countOf('/api/tasks/beyond')).toBe(0);
  });

  test('forgets what an admin saw as soon as a message shows that the role is gone', async () => {
    server.resources = someResources;
    server.running = [aTask(), aTask({ task_id: 'of-another', user_id: 'user-2' })];
    await start();
    server.send({
      type: 'task_completed',
      data: { ...aTask({ task_id: 'z', status: 'completed' }), success: true },
      resources: someResources,
    });
    await pass();
    expect(store.tasks.size).toBe(3);

    server.resources = undefined;
    server.running = [aTask()];
    server.send({ type: 'heartbeat' });
    await pass();
    expect(store.isAdmin).toBe(false);
    expect(store.resources).toBeNull();
    expect([...store.tasks.keys()]).toEqual(['abc-123']);
  });

  test("keeps ten minutes of the machine's history, a point each two seconds at most", async () => {
    server.resources = someResources;
    await start();
    const at = (second: number) =>
      new Date(Date.parse('2026-01-01T00:01:00.000Z') + second * 1000).toISOString();
    for (let second = 0; second <= 900; second += 1) {
      server.send({ type: 'heartbeat', resources: someResources, timestamp: at(second) });
      if (second % 10 === 0) await pass();
    }
    await pass();
    expect(store.usageHistory).toHaveLength(301);
    expect(store.usageHistory[0]!.atMs).toBe(Date.parse(at(300)));

    // As after a reload.
    vi.setSystemTime(Date.parse(at(910)));
    store.stopMonitoring();
    freshPinia();
    store = useTaskManagerStore();
    await store.startMonitoring();
    expect(store.usageHistory.length).toBeGreaterThan(250);
  });

  test('keeps cleared tasks away when a fresh first state brings them again', async () => {
    await start();
    const ended = aTask({ status: 'completed', completed_at: '2026-01-01T00:00:09.000Z' });
    server.send({ type: 'task_completed', data: { ...ended, success: true } });
    await pass();
    store.clearCompletedTasks();
    server.sendInitialState([ended]);
    await pass();
    expect(store.completedTasks).toEqual([]);
  });
});

describe('when the stream breaks', () => {
  test('connects again and says which event it saw last', async () => {
    await start();
    server.send({ type: 'task_running', data: aTask() }, 'epoch-41');
    await pass();
    server.cutStream();
    await pass(600);
    expect(server.streamRequests).toHaveLength(2);
    expect(server.streamRequests[1]!.headers.get('Last-Event-ID')).toBe('epoch-41');
    expect(store.connection).toBe('live');
    expect(store.runningTasks).toHaveLength(1);
  });

  test('takes 16 s of silence for a dead connection', async () => {
    await start();
    await pass(15_900);
    expect(server.streamRequests).toHaveLength(1);
    await pass(700);
    expect(server.streamRequests).toHaveLength(2);
  });

  test('waits longer from failure to failure, up to 30 s', async () => {
    server.streams = 'refused';
    await store.startMonitoring();
    await pass(120_000);
    const early = server.streamRequests.length;
    // 0.5, 1, 2, 4, 8, 16 s (each at least halved) are over by 31.5 s; from there one each 15 to 30 s.
    expect(early).toBeGreaterThanOrEqual(8);
    expect(early).toBeLessThanOrEqual(14);
    await pass(60_000);
    expect(server.streamRequests.length - early).toBeGreaterThanOrEqual(2);
    expect(server.streamRequests.length - early).toBeLessThanOrEqual(4);
  });

  test('polls every 2 s while there is no stream, and stops when it is back', async () => {
    server.streams = 'refused';
    await store.startMonitoring();
    await pass(5000);
    expect(store.connection).toBe('polling');
    const before = server.countOf('/api/system/resources');
    await pass(6000);
    expect(server.countOf('/api/system/resources') - before).toBe(3);

    server.running = [aTask()];
    await pass(2000);
    expect(store.runningTasks).toHaveLength(1);

    server.streams = 'open';
    await pass(31_000);
    expect(store.connection).toBe('live');
    const polls = server.countOf('/api/system/resources');
    server.send({ type: 'heartbeat' });
    await pass(10_000);
    expect(server.countOf('/api/system/resources')).toBe(polls);
  });

  test('learns by polling of a task that came and went between two questions', async () => {
    server.streams = 'refused';
    await store.startMonitoring();
    await pass(5000);
    server.recent = [aTask({ status: 'failed', completed_at: '2026-01-01T00:00:14.000Z' })];
    await pass(2000);
    expect(store.completedTasks).toMatchObject([{ task_id: 'abc-123', status: 'failed' }]);
  });

  test('says that it is offline when nothing answers, and recovers', async () => {
    await start();
    server.isReachable = false;
    server.cutStream();
    await pass(8000);
    expect(store.connection).toBe('offline');
    server.isReachable = true;
    await pass(31_000);
    expect(store.connection).toBe('live');
  });

  test('opens nothing after it was stopped', async () => {
    await start();
    store.stopMonitoring();
    await pass(60_000);
    expect(store.isMonitoring).toBe(false);
    expect(server.streamRequests).toHaveLength(1);
  });
});

test('lets completed tasks go after an hour, when it cleans up every ten minutes', async () => {
  await start();
  store.addTask(aTask({ task_id: 'old', status: 'completed', completed_at: '2025-12-31T23:00:00.000Z' }));
  store.addTask(aTask({ task_id: 'new', status: 'completed', completed_at: '2026-01-01T00:00:00.000Z' }));
  for (let second = 0; second < 600; second += 5) {
    server.send({ type: 'heartbeat' });
    await pass(5000);
  }
  expect(store.completedTasks.map(({ task_id }) => task_id)).toEqual(['new']);
});
