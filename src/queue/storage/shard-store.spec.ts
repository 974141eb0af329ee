import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { TaskEvents } from '../domain/task-events.js';
import { unmeasured, type Task } from '../domain/task.js';
import { newTask } from './new-task.fixture.js';
import { maxShards, ShardStore } from './shard-store.js';
import { TaskStore } from './task-store.js';

const noHook = () => Promise.resolve();

describe.each(stores)('the shard store on %s', (_, open) => {
  let opened: TestDatabase;
  let store: TaskStore;
  let shards: ShardStore;
  let task: Task;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(async () => {
    await opened.database.queries.execute(sql`truncate tasks, task_events cascade`);
    const config = readConfig({ HEADROOM_NODE_ID: 'a' });
    store = new TaskStore(opened.database, new TaskEvents(), config);
    shards = new ShardStore(opened.database, config);
    task = await store.insert(newTask({ status: 'running', nodeId: 'a' }), null, noHook);
  });

  /** The task's next attempt, on this node, after its node was lost. */
  async function restarted(): Promise<Task> {
    const queued = (await store.apply(task, task.requeue()))!;
    return (await store.apply(queued, queued.claim('a')))!;
  }

  async function complete(index: number): Promise<void> {
    expect(await shards.claim(task, index, 1)).toBe(true);
    expect(await shards.complete(task, index, 1, `${index}.1.json.gz`)).toBe(true);
  }

  test('writes the shards of a task once, by index', async () => {
    const fresh = { attempt: 1, status: 'queued', result: null, memoryKills: 0 };
    const expected = [0, 1, 2].map((index) => ({ index, ...fresh }));
    expect(await shards.open(task, 3, 'f')).toEqual(expected);
    expect(await shards.open(task, 3, 'f')).toEqual(expected);
    await expect(shards.open(task, maxShards + 1, 'f')).rejects.toThrow(RangeError);
  });

  test('a new attempt keeps what has completed, and runs again what ran, as the next attempt', async () => {
    await shards.open(task, 5, 'f');
    for (const index of [0, 1]) await complete(index);
    for (const index of [2, 3]) await shards.claim(task, index, 1);
    const again = await restarted();
    expect(await shards.open(again, 5, 'f')).toMatchObject([
      { index: 0, attempt: 1, status: 'completed', result: '0.1.json.gz' },
      { index: 1, attempt: 1, status: 'completed', result: '1.1.json.gz' },
      { index: 2, attempt: 2, status: 'queued', result: null, memoryKills: 0 },
      { index: 3, attempt: 2, status: 'queued', result: null, memoryKills: 0 },
      { index: 4, attempt: 1, status: 'queued', result: null, memoryKills: 0 },
    ]);
  });

  test('another fingerprint runs everything again, under new names, and drops shards that are too many', async () => {
    await shards.open(task, 4, 'f');
    await complete(0);
    await shards.claim(task, 1, 1);
    await shards.release(task, 1, 1, { memoryKill: true });
    await shards.claim(task, 1, 2);
    expect(await shards.open(await restarted(), 3, 'other')).toEqual([
      { index: 0, attempt: 2, status: 'queued', result: null, memoryKills: 0 },
      { index: 1, attempt: 3, status: 'queued', result: null, memoryKills: 0 },
      { index: 2, attempt: 1, status: 'queued', result: null, memoryKills: 0 },
    ]);
  });

  test('a completed shard whose result is lost waits as its next attempt', async () => {
    await shards.open(task, 3, 'f');
    for (const index of [0, 1]) await complete(index);
    expect(await shards.discard(task, [1, 2])).toEqual([
      { index: 0, attempt: 1, status: 'completed', result: '0.1.json.gz', memoryKills: 0 },
      { index: 1, attempt: 2, status: 'queued', result: null, memoryKills: 0 },
      { index: 2, attempt: 1, status: 'queued', result: null, memoryKills: 0 },
    ]);
    const again = await restarted();
    expect(await shards.discard(task, [0])).toBeNull();
    expect((await shards.open(again, 3, 'f'))![0]!.status).toBe('completed');
  });

  test('a shard that memory was short for waits as its next attempt and counts the kill', async () => {
    await shards.open(task, 1, 'f');
    await shards.claim(task, 0, 1);
    expect(await shards.release(task, 0, 1, { memoryKill: true })).toEqual({
      index: 0,
      attempt: 2,
      status: 'queued',
      result: null,
      memoryKills: 1,
    });
    expect(await shards.claim(task, 0, 1)).toBe(false);
    expect(await shards.claim(task, 0, 2)).toBe(true);
    expect(await shards.release(task, 0, 2, { memoryKill: false })).toMatchObject({
      attempt: 3,
      memoryKills: 1,
    });
  });

  test('a change whose answer was lost counts as made when it is asked for again', async () => {
    await shards.open(task, 2, 'f');
    for (let time = 0; time < 2; time += 1) expect(await shards.claim(task, 0, 1)).toBe(true);
    for (let time = 0; time < 2; time += 1) expect(await shards.complete(task, 0, 1, 'r')).toBe(true);
    await shards.claim(task, 1, 1);
    for (let time = 0; time < 2; time += 1) {
      expect(await shards.release(task, 1, 1, { memoryKill: true })).toMatchObject({
        attempt: 2,
        memoryKills: 1,
      });
    }
  });

  test('a shard changes only along its own order', async () => {
    await shards.open(task, 1, 'f');
    expect(await shards.complete(task, 0, 1, 'r')).toBe(false);
    expect(await shards.release(task, 0, 1, { memoryKill: false })).toBeNull();
    await complete(0);
    expect(await shards.claim(task, 0, 1)).toBe(false);
    expect(await shards.complete(task, 0, 1, 'another')).toBe(false);
    expect(await shards.release(task, 0, 1, { memoryKill: false })).toBeNull();
  });

  test.each<[string, (running: Task) => Promise<unknown>]>([
    ['has ended', (running) => store.apply(running, running.complete(unmeasured))],
    ['was queued again', (running) => store.apply(running, running.requeue())],
    ['is at its next attempt', () => restarted()],
    ['runs on another node', () => opened.database.queries.execute(sql`update tasks set node_id = 'b'`)],
  ])('nothing of a shard changes when its task %s', async (__, change) => {
    await shards.open(task, 2, 'f');
    await shards.claim(task, 0, 1);
    await change(task);
    const stored = () => opened.database.queries.execute(sql`select * from task_shards order by index`);
    const { rows: before } = await stored();
    expect(await shards.claim(task, 1, 1)).toBe(false);
    expect(await shards.complete(task, 0, 1, 'r')).toBe(false);
    expect(await shards.release(task, 0, 1, { memoryKill: true })).toBeNull();
    expect(await shards.open(task, 2, 'other')).toBeNull();
    expect((await stored()).rows).toEqual(before);
  });

  test('leases are renewed with those of their task, and forgotten with it', async () => {
    await shards.open(task, 2, 'f');
    await shards.claim(task, 0, 1);
    await opened.database.queries.execute(
      sql`update task_shards set lease_expires_at = now() where index = 0`,
    );
    await store.renewLeases([{ taskId: task.id, attempt: 1 }]);
    const { rows } = await opened.database.queries.execute(
      sql`select index, lease_expires_at > now() + interval '10 s' as renewed from task_shards order by index`,
    );
    expect(rows).toEqual([
      { index: 0, renewed: true },
      { index: 1, renewed: null },
    ]);
    await store.apply(task, task.complete(unmeasured), (queries) => shards.forget(queries, [task.id]));
    const left = await opened.database.queries.execute(sql`select 1 from task_shards`);
    expect(left.rows).toEqual([]);
  });
});
