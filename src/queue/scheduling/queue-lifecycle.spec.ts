import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { expect, jest, test } from '@jest/globals';
import type { LeaseKeeper } from '../cluster/lease-keeper.js';
import type { NodeRegistry } from '../cluster/node-registry.js';
import type { PeerEvents, PeerListener } from '../cluster/peer-events.js';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task } from '../domain/task.js';
import { QueueLifecycle } from './queue-lifecycle.js';
import type { QueueMirror } from './queue-mirror.js';
import { pausedSetting, type SchedulerState } from './scheduler-state.js';
import type { SchedulingLoop } from './scheduling-loop.js';

/** Remembers the calls of all its methods, in order. */
function recorder(calls: string[], name: string, methods: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    methods.map((method) => [
      method,
      (...args: unknown[]) => {
        const [first] = args;
        const shown = first instanceof Task ? ` ${first.id}` : typeof first === 'string' ? ` ${first}` : '';
        calls.push(`${name}.${method}${shown}`);
        return Promise.resolve();
      },
    ]),
  );
}

function fixture() {
  const calls: string[] = [];
  const requeued$ = new Subject<Task>();
  let listener!: PeerListener;
  const peers = {
    ...recorder(calls, 'peers', ['close']),
    session: null,
    start: (given: PeerListener) => {
      calls.push('peers.start');
      listener = given;
      return Promise.resolve();
    },
  };
  const nodes = recorder(calls, 'nodes', ['join', 'removeStale']);
  const leases = {
    ...recorder(calls, 'leases', ['start', 'stopReaping', 'tick', 'onTaskUpdated']),
    requeued$,
  };
  const state = recorder(calls, 'state', ['restore', 'save', 'onRemoteEvents']);
  const mirror = recorder(calls, 'mirror', ['trackRequeued', 'onRemoteEvents', 'onUpdated']);
  const loop = recorder(calls, 'loop', ['start', 'stop', 'refreshPaused', 'requestReload']);
  const lifecycle = new QueueLifecycle(
    peers as unknown as PeerEvents,
    nodes as unknown as NodeRegistry,
    leases as unknown as LeaseKeeper,
    state as unknown as SchedulerState,
    mirror as unknown as QueueMirror,
    loop as unknown as SchedulingLoop,
  );
  return { calls, lifecycle, listener: () => listener, requeued$, state };
}

const task = (fields: Partial<TaskRow>) => new Task(taskRow(fields));

test('the queue starts after what an earlier process has left is taken up', async () => {
  const { calls, lifecycle } = fixture();
  await lifecycle.onApplicationBootstrap();
  expect(calls).toEqual(['peers.start', 'state.restore', 'nodes.join', 'leases.start', 'loop.start']);
});

test('the queue stops reaping, then starting, and closes the connection last', async () => {
  const { calls, lifecycle } = fixture();
  await lifecycle.beforeApplicationShutdown('SIGTERM');
  expect(calls).toEqual(['leases.stopReaping', 'loop.stop SIGTERM', 'state.save', 'peers.close']);
});

test('what other nodes say reaches the parts that follow it', async () => {
  const { calls, lifecycle, listener, requeued$ } = fixture();
  await lifecycle.onApplicationBootstrap();
  const callsOf = async (say: () => unknown) => {
    calls.length = 0;
    await say();
    return [...calls];
  };
  expect(await callsOf(() => listener().onRemoteEvents([]))).toEqual([
    'state.onRemoteEvents',
    'mirror.onRemoteEvents',
  ]);
  expect(await callsOf(() => listener().onTaskUpdated(task({ taskId: 'a' })))).toEqual([
    'mirror.onUpdated a',
  ]);
  expect(await callsOf(() => listener().onTaskUpdated(task({ taskId: 'b', status: 'running' })))).toEqual([
    'leases.onTaskUpdated b',
  ]);
  expect(await callsOf(() => listener().onSettingChanged(pausedSetting))).toEqual(['loop.refreshPaused']);
  expect(await callsOf(() => listener().onSettingChanged('another'))).toEqual([]);
  expect(await callsOf(() => listener().onGap())).toEqual(['loop.requestReload', 'leases.tick']);
  expect(await callsOf(() => requeued$.next(task({ taskId: 'c' })))).toEqual(['mirror.trackRequeued c']);
});

test('maintenance saves what was learned and forgets old nodes; an error ends nothing', async () => {
  const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  const { calls, lifecycle, state } = fixture();
  await lifecycle.runMaintenance();
  expect(calls).toEqual(['state.save', 'nodes.removeStale']);
  state.save = () => Promise.reject(new Error('away'));
  await lifecycle.runMaintenance();
  expect(error).toHaveBeenCalledTimes(1);
  error.mockRestore();
});
