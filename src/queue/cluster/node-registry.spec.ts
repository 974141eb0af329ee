import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { productionPolicy, Scheduler } from '@app/scheduler';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { ConfigError, readConfig } from '../../config/config.js';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { QueuePosition } from '../domain/queue-position.js';
import { leaseS } from '../storage/task-leases.js';
import { FakeSession } from './cluster.fixture.js';
import { NodeRegistry } from './node-registry.js';
import type { NodeRow, NodeTable, OwnNode } from './node-table.js';

/** The rows of nodes in memory; `others` is what a test says. */
class FakeTable {
  others: () => Promise<NodeRow[]> = () => Promise.resolve([]);
  written: OwnNode | null = null;
  isReplaced = false;
  left: unknown = null;

  join(own: OwnNode): Promise<void> {
    this.written = own;
    return Promise.resolve();
  }

  renew(own: OwnNode): Promise<boolean> {
    this.written = own;
    return Promise.resolve(!this.isReplaced);
  }

  leave(own: unknown): Promise<void> {
    this.left = own;
    return Promise.resolve();
  }
}

function resources(cores: number, ramGb: number): NodeRow['resources'] {
  return { cpu: { total_cores: cores }, ram: { total_gb: ramGb } } as NodeRow['resources'];
}

function fixture({ role = 'all', cores = 4 } = {}) {
  const table = new FakeTable();
  const clock = new ManualClock();
  const scheduler = new Scheduler(productionPolicy);
  scheduler.observe({
    atMs: clock.steadyMs(),
    totalCpuMillicores: 1000 * cores,
    availableCpuMillicores: 1000 * cores,
    totalRamMb: 16_384,
    availableRamMb: 16_384,
    memoryPressureSome10: null,
    memoryPressureFull10: null,
    tasks: new Map(),
  });
  const config = readConfig({
    HEADROOM_NODE_ID: 'here',
    HEADROOM_ROLE: role,
    DATABASE_URL: 'postgres://localhost/headroom',
  });
  const monitor = { resources: () => resources(cores, 16) } as unknown as ResourceMonitor;
  const registry = new NodeRegistry(config, table as unknown as NodeTable, monitor, scheduler, clock);
  return { clock, registry, session: new FakeSession(), table };
}

function position(fields: Partial<QueuePosition> = {}): QueuePosition {
  return {
    position: 1,
    kind: 'cpu',
    reason: 'need 2.0 cores, available 0.3',
    userReason: 'Waiting for CPU',
    estimatedStartAtMs: null,
    ...fields,
  };
}

/** Another node's row, with what that node itself has written. */
async function other(role: string, positions: Record<string, QueuePosition>, cores = 4): Promise<NodeRow> {
  const at = fixture({ role, cores });
  at.registry.publishPositions(new Map(Object.entries(positions)));
  await at.registry.join(at.session);
  return { ...at.table.written!, nodeId: 'there', role, lastSeenAt: new Date() } as NodeRow;
}

async function joined(options: { role?: string; cores?: number }, ...others: NodeRow[]) {
  const at = fixture(options);
  at.table.others = () => Promise.resolve(others);
  await at.registry.join(at.session);
  return at;
}

describe('the registry of nodes', () => {
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('is one node on an embedded store, which writes nothing', async () => {
    const { registry, table } = fixture();
    await registry.join(null);
    await registry.sendHeartbeat();
    await registry.beforeApplicationShutdown();
    expect(table.written).toBeNull();
    expect(table.left).toBeNull();
    expect(registry.hasWorker).toBe(true);
  });

  test('shows what waits at the head of the queue, with the kind and both sentences', async () => {
    const { registry, session, table } = fixture();
    const positions = new Map(
      Array.from({ length: 201 }, (_, n) => [`t${n}`, position({ position: n + 1 })]),
    );
    registry.publishPositions(positions);
    await registry.join(session);
    expect(table.written!.waiting).toHaveLength(200);
    expect(table.written!.waiting[0]).toEqual({
      task_id: 't0',
      queue_position: 1,
      wait_kind: 'cpu',
      wait_reason: 'need 2.0 cores, available 0.3',
      user_wait_reason: 'Waiting for CPU',
      estimated_start_at: null,
    });
  });

  test('finds the node that expects to start a task first', async () => {
    const soon = position({ kind: 'ram', reason: 'there', estimatedStartAtMs: 1000 });
    const there = await other('worker', { a: soon, b: position({ reason: 'unknown there' }) });
    const { registry } = await joined({}, there);
    const here = new Map([
      ['a', position({ reason: 'here', estimatedStartAtMs: 2000 })],
      ['b', position({ reason: 'here', estimatedStartAtMs: 2000 })],
    ]);
    const earliest = registry.earliestPositions(here);
    expect(earliest.get('a')).toEqual(soon);
    expect(earliest.get('b')?.reason).toBe('here');
  });

  test('says on a node that runs no tasks what a worker says, or that there is none', async () => {
    const here = new Map([
      ['a', position({ kind: 'paused', reason: 'here' })],
      ['b', position({ kind: 'paused', reason: 'here' })],
    ]);
    const withWorker = await joined(
      { role: 'api' },
      await other('worker', { a: position({ reason: 'there' }) }),
    );
    expect(withWorker.registry.hasWorker).toBe(true);
    expect(withWorker.registry.earliestPositions(here).get('a')?.reason).toBe('there');
    expect(withWorker.registry.earliestPositions(here).get('b')).toMatchObject({
      kind: 'behind',
      reason: 'Waits for a node that runs tasks to look at it',
    });
    const withoutWorker = await joined({ role: 'api' }, await other('api', {}));
    expect(withoutWorker.registry.hasWorker).toBe(false);
    expect(withoutWorker.registry.earliestPositions(here).get('a')).toMatchObject({
      kind: 'no_node',
      userReason: 'No node that runs tasks is connected',
    });
  });

  test('refuses only what no node can ever run', async () => {
    const request = { cpuMillicores: 6000, ramMb: 512 };
    const alone = await joined({});
    expect(alone.registry.infeasibilityReason(request)).toMatch(/6/);
    const withLarger = await joined({}, await other('worker', {}, 16));
    expect(withLarger.registry.infeasibilityReason(request)).toBeNull();
    const withoutWorker = await joined({ role: 'api' });
    expect(withoutWorker.registry.infeasibilityReason(request)).toBeNull();
  });

  test('waits for its name as long as a lease lasts, and no longer', async () => {
    const { clock, registry, session } = fixture();
    session.isNameTaken = true;
    const joining = expect(registry.join(session)).rejects.toThrow(ConfigError);
    await nextTurn();
    await clock.advance(leaseS * 1000 + 500);
    await joining;
    expect(session.asked.length).toBeGreaterThan(10);
  });

  test('takes its name as soon as an earlier process has released it', async () => {
    const { clock, registry, session, table } = fixture();
    session.isNameTaken = true;
    const joining = registry.join(session);
    await nextTurn();
    await clock.advance(1000);
    expect(table.written).toBeNull();
    session.isNameTaken = false;
    await clock.advance(500);
    await joining;
    expect(table.written?.nodeId).toBe('here');
  });

  test('takes its name again after a new connection, and once only', async () => {
    const { registry, session } = await joined({});
    await registry.sendHeartbeat();
    expect(session.asked).toHaveLength(1);
    session.connected$.next();
    await registry.sendHeartbeat();
    await registry.sendHeartbeat();
    expect(session.asked).toHaveLength(2);
  });

  test('stops the server when another process has its name by now', async () => {
    const { registry, table } = await joined({});
    table.isReplaced = true;
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    await registry.sendHeartbeat();
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGTERM');
    table.written = null;
    await registry.sendHeartbeat();
    expect(table.written).toBeNull();
  });

  test('tells of every heartbeat, and goes on after one that fails', async () => {
    const { registry, table } = await joined({});
    let heartbeats = 0;
    registry.heartbeats$.subscribe(() => (heartbeats += 1));
    table.others = () => Promise.reject(new Error('away'));
    await registry.sendHeartbeat();
    expect(heartbeats).toBe(0);
    table.others = () => Promise.resolve([]);
    await registry.sendHeartbeat();
    expect(heartbeats).toBe(1);
  });

  test('forgets itself when the server shuts down', async () => {
    const { registry, table } = await joined({});
    await registry.beforeApplicationShutdown();
    expect(table.left).toMatchObject({ nodeId: 'here' });
  });
});
