import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readConfig } from '../../config/config.js';
import type { StoredTaskEvent } from '../domain/task-events.js';
import { channels } from '../storage/channels.js';
import { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import { databaseWith, FakeSession } from './cluster.fixture.js';
import { PeerEvents, type PeerListener } from './peer-events.js';

class RecordingListener implements PeerListener {
  readonly told: string[] = [];
  failure: Error | null = null;

  onRemoteEvents(events: readonly StoredTaskEvent[]): Promise<void> {
    this.told.push(`events ${events.length}`);
    return this.failure === null ? Promise.resolve() : Promise.reject(this.failure);
  }

  onTaskUpdated({ id }: { id: string }): void {
    this.told.push(`task ${id}`);
  }

  onSettingChanged(key: string): Promise<void> {
    this.told.push(`setting ${key}`);
    return this.failure === null ? Promise.resolve() : Promise.reject(this.failure);
  }

  onGap(): void {
    this.told.push('gap');
  }
}

function fixture() {
  const session = new FakeSession();
  const store = new MemoryTaskStore();
  const config = readConfig({ HEADROOM_NODE_ID: 'here' });
  const peers = new PeerEvents(config, store.asStore, databaseWith(session));
  return { listener: new RecordingListener(), peers, session, store };
}

describe('what other nodes say', () => {
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('is heard from the start on, and not after the end', async () => {
    const { listener, peers, session } = fixture();
    await peers.start(listener);
    expect(session.isOpen).toBe(true);
    await peers.close();
    expect(session.isOpen).toBe(false);
  });

  test('of events makes this node catch up; its own events do not', async () => {
    const { listener, peers, session, store } = fixture();
    await peers.start(listener);
    store.catchUps.length = 0;
    session.notifications$.next({ channel: channels.events, payload: 'here' });
    expect(store.catchUps).toHaveLength(0);
    session.notifications$.next({ channel: channels.events, payload: 'there' });
    expect(store.catchUps).toHaveLength(1);
    peers.catchUp();
    expect(store.catchUps).toHaveLength(2);
  });

  test('of tasks and settings reaches those that follow them', async () => {
    const { listener, peers, session, store } = fixture();
    await peers.start(listener);
    listener.told.length = 0;
    store.put({ taskId: 'a' });
    session.notifications$.next({ channel: channels.task, payload: 'a' });
    session.notifications$.next({ channel: channels.task, payload: 'deleted' });
    session.notifications$.next({ channel: channels.setting, payload: 'queue_paused' });
    store.remoteEvents$.next([{} as StoredTaskEvent]);
    await nextTurn();
    expect(listener.told.sort()).toEqual(['events 1', 'setting queue_paused', 'task a']);
  });

  test('may have been missed after a new connection, and where it could not be followed', async () => {
    const { listener, peers, session, store } = fixture();
    await peers.start(listener);
    listener.told.length = 0;
    store.catchUps.length = 0;
    session.connected$.next();
    expect(listener.told).toEqual(['gap']);
    expect(store.catchUps).toHaveLength(1);
    listener.failure = new Error('away');
    store.remoteEvents$.next([]);
    await nextTurn();
    expect(listener.told).toEqual(['gap', 'events 0', 'gap']);
  });

  test('does not exist on an embedded store, which still tells of events with a lost answer', async () => {
    const store = new MemoryTaskStore();
    const peers = new PeerEvents(readConfig({}), store.asStore, databaseWith(null));
    const listener = new RecordingListener();
    await peers.start(listener);
    expect(peers.session).toBeNull();
    store.remoteEvents$.next([]);
    expect(listener.told).toEqual(['events 0']);
    await peers.close();
  });
});
