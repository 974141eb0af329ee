import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useTaskManagerStore } from '@/stores/taskManager';
import { aTask, FakeServer, someResources } from '../../test/fake-server';
import { button, freshPinia, mounted, textOf, unmount } from '../../test/mounted';
import StatusCenterView from './StatusCenterView.vue';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T02:00:00.000Z') });
  new FakeServer();
});
afterEach(() => {
  unmount();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const count = (element: Element, name: string) =>
  textOf(element.querySelector(`[data-testid=count-${name}]`));

test('gives an admin the machine and four counts', async () => {
  const pinia = freshPinia();
  const store = useTaskManagerStore();
  Object.assign(store, { isAdmin: true, isLoaded: true, resources: someResources });
  store.addTask(aTask({ task_id: 'a' }));
  store.addTask(aTask({ task_id: 'b', status: 'queued', queue_position: 1 }));
  store.addTask(aTask({ task_id: 'c', status: 'failed', completed_at: '2026-01-01T00:00:05.000Z' }));
  const element = await mounted(StatusCenterView, {}, pinia);
  expect(textOf(element)).toContain('System resources');
  expect(['total', 'running', 'queued', 'completed'].map((name) => count(element, name))).toEqual([
    '3',
    '1',
    '1',
    '1',
  ]);
});

test('gives a user their own counts and nothing of the machine', async () => {
  const pinia = freshPinia();
  const store = useTaskManagerStore();
  Object.assign(store, { isLoaded: true });
  store.addTask(aTask());
  const element = await mounted(StatusCenterView, {}, pinia);
  expect(textOf(element)).toContain('My Tasks');
  expect(textOf(element)).not.toContain('System resources');
  expect(element.querySelector('[data-testid=count-total]')).toBeNull();
  expect(count(element, 'running')).toBe('1');
});

test('shows the last ten completed tasks with an age that moves, and clears them', async () => {
  const pinia = freshPinia();
  const store = useTaskManagerStore();
  Object.assign(store, { isLoaded: true });
  for (let i = 0; i < 12; i += 1) {
    const completed_at = new Date(Date.now() - i * 60_000).toISOString();
    store.addTask(
      aTask({ task_id: `t${i}`, status: 'completed', completed_at, cpu_seconds: 2.5, peak_ram_gb: 0.12 }),
    );
  }
  const element = await mounted(StatusCenterView, {}, pinia);
  const rows = () => [...element.querySelectorAll('[data-testid=completed] > li')].map(textOf);
  expect(rows()).toHaveLength(10);
  expect(rows()[5]).toContain('5m ago');
  expect(rows()[5]).toContain('2.5 s CPU, 0.12 GB peak');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rows()[5]).toContain('6m ago');

  button(element, 'Clear All').click();
  await vi.waitFor(() => expect(rows()).toEqual([]));
});

test('says that the server is away before and instead of showing an empty list', async () => {
  const pinia = freshPinia();
  useTaskManagerStore().connection = 'offline';
  const element = await mounted(StatusCenterView, {}, pinia);
  expect(textOf(element.querySelector('[role=alert]'))).toContain('The server cannot be reached.');
  expect(textOf(element)).not.toContain('Nothing is running.');
});
