import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useSessionStore } from '@/stores/session';
import { useTaskManagerStore, type TrackedTask } from '@/stores/taskManager';
import { aTask, FakeServer } from '../../../test/fake-server';
import { button, freshPinia, mounted, textOf, unmount } from '../../../test/mounted';
import StatusCenter from './StatusCenter.vue';

const tracked = (changes: Parameters<typeof aTask>[0] = {}): TrackedTask => {
  const task = aTask(changes);
  return { ...task, created_at: task.queued_at };
};

let server: FakeServer;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:01:16.000Z') });
  server = new FakeServer();
});
afterEach(() => {
  unmount();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('shows type, badge, description, progress, estimates and time of a running task', async () => {
  const task = tracked({
    task_type: 'model_training',
    description: '🧠 Training model 1 of 3...',
    progress: 0.42,
  });
  const element = await mounted(StatusCenter, { runningTasks: [task], queuedTasks: [] });
  const running = textOf(element.querySelector('[data-testid=running]'));
  for (const part of [
    'Model Training',
    'Running',
    '🧠 Training model 1 of 3...',
    '1.0 cores',
    '0.5 GB',
    'running 1:15',
  ])
    expect(running).toContain(part);
  expect(element.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('42');
  expect(element.querySelector('.spinner')).not.toBeNull();
});

test('shows the place of a queued task, why it waits and when it is expected to start', async () => {
  const reason = 'Insufficient RAM: need 0.5GB, available 0.3GB, would leave 0.1GB (min: 0.2GB)';
  const task = tracked({
    status: 'queued',
    started_at: null,
    queue_position: 1,
    wait_reason: reason,
    estimated_start_at: '2026-01-01T00:02:00.000Z',
  });
  const element = await mounted(StatusCenter, { runningTasks: [], queuedTasks: [task] });
  const queued = textOf(element.querySelector('[data-testid=queued]'));
  for (const part of ['Backtest', '#1 in queue', reason, 'expected to start', 'waiting 1:16'])
    expect(queued).toContain(part);
});

test('says so when nothing runs and nothing waits', async () => {
  const element = await mounted(StatusCenter, { runningTasks: [], queuedTasks: [] });
  expect(textOf(element)).toContain('Nothing is running.');
  expect(textOf(element)).toContain('Nothing waits.');
});

test('orders a cancel and takes over the answer', async () => {
  const pinia = freshPinia();
  const store = useTaskManagerStore();
  store.addTask(aTask());
  server.tasks.set('abc-123/cancel', aTask({ status: 'cancelled' }));
  const element = await mounted(StatusCenter, { runningTasks: store.runningTasks, queuedTasks: [] }, pinia);
  button(element, 'Cancel Backtest').click();
  await vi.waitFor(() => expect(store.completedTasks).toMatchObject([{ status: 'cancelled' }]));
  expect(server.requests.at(-1)).toMatchObject({ path: '/api/tasks/abc-123/cancel', method: 'POST' });
});

test('lets only admins move a queued task, within the bounds of priorities', async () => {
  const task = tracked({ status: 'queued', queue_position: 1, priority: 95 });
  const props = { runningTasks: [], queuedTasks: [task] };
  const forUser = await mounted(StatusCenter, props);
  expect(() => button(forUser, 'Raise the priority of Backtest')).toThrow();

  const pinia = freshPinia();
  useSessionStore().me = {
    user_id: 'admin-1',
    username: 'admin',
    role: 'admin',
    is_admin: true,
    created_at: '2026-01-01T00:00:00.000Z',
  };
  const forAdmin = await mounted(StatusCenter, props, pinia);
  button(forAdmin, 'Raise the priority of Backtest').click();
  await vi.waitFor(() =>
    expect(server.requests.at(-1)).toMatchObject({
      path: '/api/tasks/abc-123',
      method: 'PATCH',
      body: { priority: 100 },
    }),
  );
});

test('draws a queue of a thousand in parts', async () => {
  const queuedTasks = Array.from({ length: 1000 }, (_, i) =>
    tracked({ task_id: `t${i}`, status: 'queued', queue_position: i + 1 }),
  );
  const element = await mounted(StatusCenter, { runningTasks: [], queuedTasks });
  expect(element.querySelectorAll('[data-testid=queued] > li')).toHaveLength(100);
  button(element, 'Show more of the 900 others').click();
  await vi.waitFor(() => expect(element.querySelectorAll('[data-testid=queued] > li')).toHaveLength(200));
});
