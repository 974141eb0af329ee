import { describe, expect, test } from '@jest/globals';
import { Scheduler, productionPolicy } from '@app/scheduler';
import { readConfig } from '../../config/config.js';
import type { Database } from '../../database/database.js';
import { TaskEvents, type StoredTaskEvent, type TaskEvent } from '../domain/task-events.js';
import { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import { pausedSetting, SchedulerState } from './scheduler-state.js';

function stateOf(store: MemoryTaskStore, { isShared = false, nodeId = 'here' } = {}) {
  const scheduler = new Scheduler(productionPolicy);
  const events = new TaskEvents();
  const published: TaskEvent[] = [];
  events.all$.subscribe((event) => published.push(event));
  const config = readConfig({ HEADROOM_NODE_ID: nodeId });
  const state = new SchedulerState(config, store.asStore, scheduler, events, { isShared } as Database);
  return { state, scheduler, published };
}

function completedEvent(nodeId: string, startedAt: string | null): StoredTaskEvent {
  const data = { user_id: 'ann', node_id: nodeId, started_at: startedAt, estimated_cpu_cores: 2 };
  return { type: 'task_completed', at: new Date('2024-01-15T10:01:00Z'), data } as unknown as StoredTaskEvent;
}

describe('the state of the scheduler', () => {
  test('is not paused where nothing is stored', async () => {
    const { state, published } = stateOf(new MemoryTaskStore());
    await state.readPaused();
    expect(state.isPaused).toBe(false);
    expect(published).toEqual([]);
  });

  test('keeps a pause over a restart, and tells of it only when it changes', async () => {
    const store = new MemoryTaskStore();
    const before = stateOf(store);
    await before.state.readPaused();
    await before.state.setPaused(true);
    await before.state.setPaused(true);
    expect(before.published).toEqual([{ type: 'queue_state', paused: true }]);
    const after = stateOf(store);
    await after.state.readPaused();
    expect(after.state.isPaused).toBe(true);
    expect(after.published).toEqual([]);
  });

  test('tells of a pause that another node has set', async () => {
    const store = new MemoryTaskStore();
    const { state, published } = stateOf(store);
    await state.readPaused();
    store.settings.set(pausedSetting, true);
    await state.readPaused();
    await state.readPaused();
    expect(published).toEqual([{ type: 'queue_state', paused: true }]);
  });

  test('saves what the scheduler has learned and restores it', async () => {
    const store = new MemoryTaskStore();
    const before = stateOf(store);
    before.scheduler.recordRemoteUsage('ann', 1000);
    await before.state.save();
    const after = stateOf(store);
    await after.state.restore();
    expect(after.scheduler.snapshot()).toEqual(before.scheduler.snapshot());
    expect(store.settings.has('scheduler_learned')).toBe(true);
  });

  test('keeps what was learned apart for each node of a shared database', async () => {
    const store = new MemoryTaskStore();
    await stateOf(store, { isShared: true, nodeId: 'one' }).state.save();
    expect([...store.settings.keys()]).toEqual(['scheduler_learned:one']);
  });

  test('charges users for what ran for them on other nodes, and for nothing twice', () => {
    const { state, scheduler } = stateOf(new MemoryTaskStore(), { isShared: true });
    const charges: [string, number][] = [];
    scheduler.recordRemoteUsage = (userId, coreSeconds) => charges.push([userId, coreSeconds]);
    state.onRemoteEvents([
      completedEvent('there', '2024-01-15T10:00:00Z'),
      completedEvent('here', '2024-01-15T10:00:00Z'),
      completedEvent('there', null),
      completedEvent('there', '2024-01-15T10:02:00Z'),
    ]);
    expect(charges).toEqual([
      ['ann', 60 * 2 * productionPolicy.consumptionFactor],
      ['ann', 0],
    ]);
  });
});
