import { mkdtemp, readdir, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { readConfig } from '../../config/config.js';
import type { DatabaseClock } from '../../database/database-clock.js';
import type { TaskRow } from '../domain/task-row.js';
import { FakeLauncher } from '../execution/fake-launcher.fixture.js';
import { FakeExecutor } from '../execution/fake-executor.fixture.js';
import { MemoryTaskStore, outage } from '../storage/memory-task-store.fixture.js';
import { leaseS } from '../storage/task-leases.js';
import { AbandonedTasks } from './abandoned-tasks.js';
import { databaseWith, FakeSession } from './cluster.fixture.js';
import { LeaseKeeper } from './lease-keeper.js';

const expired = new Date(0);

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'headroom-leases-'));
  await mkdir(join(dataDir, 'results'));
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(dataDir, { recursive: true });
});

function fixture({ isShared = true } = {}) {
  const config = readConfig({ HEADROOM_NODE_ID: 'here', HEADROOM_DATA_DIR: dataDir });
  const store = new MemoryTaskStore();
  const executor = new FakeExecutor();
  const clock = new ManualClock();
  let syncs = 0;
  const databaseClock = {
    sync: () => {
      syncs += 1;
      return Promise.resolve();
    },
  } as unknown as DatabaseClock;
  const database = databaseWith(isShared ? new FakeSession() : null);
  const abandoned = new AbandonedTasks(config, store.asStore, executor, database, new FakeLauncher());
  const leases = new LeaseKeeper(config, store.asStore, executor, abandoned, databaseClock, clock);
  const requeued: string[] = [];
  leases.requeued$.subscribe(({ id }) => requeued.push(id));
  /** A task that runs here according to both the database and the executor. */
  const run = (fields: Partial<TaskRow>) => {
    const task = store.put({ status: 'running', nodeId: 'here', ...fields });
    executor.running.push({ taskId: task.id, attempt: task.row.attempt, taskType: task.row.taskType });
    return task;
  };
  return { abandoned, clock, executor, leases, requeued, run, store, syncs: () => syncs };
}

describe('the lease keeper', () => {
  test('renews what runs here, leaves it alone, and measures the clock of the database', async () => {
    const { executor, leases, run, syncs } = fixture();
    run({ taskId: 'a' });
    await leases.tick();
    expect(executor.stopped).toEqual([]);
    expect(syncs()).toBe(1);
  });

  test('stops what is to be cancelled', async () => {
    const { executor, leases, run } = fixture();
    run({ taskId: 'a', cancelRequested: true });
    run({ taskId: 'b' });
    await leases.tick();
    expect(executor.stopped).toEqual([{ taskId: 'a', reason: 'cancelled' }]);
  });

  test('stops an attempt whose task is queued again, runs elsewhere or was ended', async () => {
    const { executor, leases, run, store } = fixture();
    for (const taskId of ['again', 'elsewhere', 'ended']) run({ taskId });
    store.put({ taskId: 'again', attempt: 2 });
    store.put({ taskId: 'elsewhere', attempt: 2, status: 'running', nodeId: 'there' });
    store.put({ taskId: 'ended', status: 'failed', nodeId: 'here' });
    await leases.tick();
    expect(executor.stopped).toEqual(
      ['again', 'elsewhere', 'ended'].map((taskId) => ({ taskId, reason: 'lost' })),
    );
  });

  test('leaves an attempt alone that ends while its lease is renewed', async () => {
    const { executor, leases, run, store } = fixture();
    run({ taskId: 'a' });
    const find = store.find.bind(store);
    store.put({ taskId: 'a', status: 'completed', nodeId: 'here' });
    store.find = async (taskId) => {
      const task = await find(taskId);
      executor.running = [];
      return task;
    };
    await leases.tick();
    expect(executor.stopped).toEqual([]);
  });

  test('leaves the next attempt alone while the one before is still storing its end', async () => {
    const { executor, leases, run, store } = fixture();
    run({ taskId: 'a', attempt: 1 });
    const renewLeases = store.renewLeases.bind(store);
    store.renewLeases = async (attempts) => {
      store.put({ taskId: 'a', attempt: 2 });
      const renewed = await renewLeases(attempts);
      run({ taskId: 'a', attempt: 2 });
      return renewed;
    };
    await leases.tick();
    expect(executor.list()).toHaveLength(2);
    expect(executor.stopped).toEqual([]);
  });

  test('does not begin a second round while the first one waits for the database', async () => {
    const { leases, run, store } = fixture();
    run({ taskId: 'a' });
    let rounds = 0;
    const renewLeases = store.renewLeases.bind(store);
    store.renewLeases = (attempts) => {
      rounds += 1;
      return renewLeases(attempts);
    };
    let open!: () => void;
    store.gate = new Promise((resolve) => (open = resolve));
    const first = leases.tick();
    await leases.tick();
    open();
    await first;
    expect(rounds).toBe(1);
    await leases.tick();
    expect(rounds).toBe(2);
  });

  test('stops at once what another node has asked to cancel, and only if that attempt runs here', () => {
    const { executor, leases, run, store } = fixture();
    const task = run({ taskId: 'a', cancelRequested: true });
    leases.onTaskUpdated(
      store.put({ taskId: 'other', status: 'running', nodeId: 'there', cancelRequested: true }),
    );
    leases.onTaskUpdated(
      store.put({ taskId: 'a', status: 'running', nodeId: 'here', attempt: 2, cancelRequested: true }),
    );
    leases.onTaskUpdated(store.put({ taskId: 'a', status: 'running', nodeId: 'here' }));
    expect(executor.stopped).toEqual([]);
    leases.onTaskUpdated(task);
    expect(executor.stopped).toEqual([{ taskId: 'a', reason: 'cancelled' }]);
  });

  test('takes up tasks of nodes that are gone, but none that runs here', async () => {
    const { leases, requeued, run, store } = fixture();
    await leases.start();
    store.put({ taskId: 'lost', status: 'running', nodeId: 'there', leaseExpiresAt: expired });
    run({ taskId: 'here', leaseExpiresAt: expired });
    await leases.tick();
    expect(requeued).toEqual(['lost']);
    expect(store.rows.get('lost')).toMatchObject({ status: 'queued', attempt: 2, nodeId: null });
    expect(store.rows.get('here')).toMatchObject({ status: 'running', attempt: 1 });
  });

  test('takes up nothing before it has started, nor while the server shuts down', async () => {
    const { leases, requeued, store } = fixture();
    store.put({ taskId: 'lost', status: 'running', nodeId: 'there', leaseExpiresAt: expired });
    await leases.tick();
    await leases.start();
    leases.stopReaping();
    await leases.tick();
    expect(requeued).toEqual([]);
  });

  test('gives the other nodes the time of a lease after the database was away', async () => {
    const { clock, leases, requeued, store } = fixture();
    await leases.start();
    store.put({ taskId: 'lost', status: 'running', nodeId: 'there', leaseExpiresAt: expired });
    store.failure = outage;
    await leases.tick();
    store.failure = null;
    await clock.advance(leaseS * 1000 - 1);
    await leases.tick();
    expect(requeued).toEqual([]);
    await clock.advance(1);
    await leases.tick();
    expect(requeued).toEqual(['lost']);
  });
});

describe('abandoned tasks', () => {
  test('at the start of a node of a shared database are those of its name', async () => {
    const { leases, requeued, store } = fixture();
    store.put({ taskId: 'mine', status: 'running', nodeId: 'here' });
    store.put({ taskId: 'other', status: 'running', nodeId: 'there' });
    await leases.start();
    expect(requeued).toEqual(['mine']);
  });

  test('on an embedded store are all that run, whatever the name of the node was', async () => {
    const { leases, requeued, store } = fixture({ isShared: false });
    store.put({ taskId: 'a', status: 'running', nodeId: 'an earlier name' });
    store.put({ taskId: 'b', status: 'queued' });
    await leases.start();
    expect(requeued).toEqual(['a']);
  });

  test('go on where their executor can adopt them', async () => {
    const { executor, leases, requeued, store } = fixture();
    store.put({ taskId: 'job', status: 'running', nodeId: 'here' });
    executor.adopted.add('job');
    await leases.start();
    expect(requeued).toEqual([]);
    expect(store.writes).toEqual([]);
  });

  test('end where they may not run again', async () => {
    const { leases, requeued, store } = fixture();
    const lost = { status: 'running', nodeId: 'here' } as const;
    store.put({ taskId: 'worn out', ...lost, attempt: 3, maxAttempts: 3 });
    store.put({ taskId: 'function', ...lost, durable: false });
    store.put({ taskId: 'cancelled', ...lost, cancelRequested: true });
    await leases.start();
    expect(requeued).toEqual([]);
    expect(store.rows.get('worn out')).toMatchObject({ status: 'failed', error: { code: 'NODE_LOST' } });
    expect(store.rows.get('function')).toMatchObject({ status: 'failed', error: { code: 'INTERRUPTED' } });
    expect(store.rows.get('cancelled')).toMatchObject({ status: 'cancelled' });
  });

  test.each([
    ['goes back to the queue', {}],
    ['fails', { maxAttempts: 2 }],
    ['is cancelled', { cancelRequested: true }],
  ])('lose the files of the lost attempt, and no finished shard, where the task %s', async (_, fields) => {
    const { leases, store } = fixture();
    store.put({ taskId: 'a', status: 'running', nodeId: 'here', attempt: 2, ...fields });
    const results = join(dataDir, 'results');
    for (const name of ['a.1.json.gz', 'a.2.json.gz', 'a.2.json.gz.tmp', 'b.2.json.gz']) {
      await writeFile(join(results, name), '');
    }
    await mkdir(join(results, 'a.parts'));
    await leases.start();
    expect((await readdir(results)).sort()).toEqual(['a.1.json.gz', 'a.parts', 'b.2.json.gz']);
  });

  test('keep their files when their node has reported after all', async () => {
    const { abandoned, store } = fixture();
    const task = store.put({ taskId: 'a', status: 'running', nodeId: 'there', leaseExpiresAt: expired });
    await writeFile(join(dataDir, 'results', 'a.1.json.gz'), '');
    store.abandoned = () => {
      store.put({ ...task.row, status: 'completed' });
      return Promise.resolve([task]);
    };
    await abandoned.reap();
    expect(await readdir(join(dataDir, 'results'))).toEqual(['a.1.json.gz']);
  });

  test('that cannot be recovered keep no other one waiting', async () => {
    const { leases, requeued, store } = fixture();
    for (const taskId of ['a', 'b']) store.put({ taskId, status: 'running', nodeId: 'here' });
    store.failures.set('a', new Error('invalid byte sequence'));
    await leases.start();
    expect(requeued).toEqual(['b']);
  });
});
