import { describe, expect, test } from '@jest/globals';
import type { Shard, ShardStore } from '../storage/shard-store.js';
import { fakeAttempt } from './attempt.fixture.js';
import { executorOnFakes } from './execution.fixture.js';
import { connectionError } from './memory-rows.fixture.js';
import { ShardWrites } from './shard-writes.js';

/** Two shards of a running task. While `failure` is set, every write fails by it; `writes` counts the tries. */
async function opened() {
  const { shards, store, files, clock } = executorOnFakes();
  const { attempt, task } = fakeAttempt({}, clock);
  store.rows.set(task.id, task.row);
  const database = { failure: null as Error | null, writes: 0 };
  const guarded = new Proxy(shards, {
    get(target, name) {
      const write = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        database.writes += 1;
        return database.failure === null
          ? Reflect.apply(write, target, args)
          : Promise.reject(database.failure);
      };
    },
  });
  const writes = new ShardWrites(attempt, guarded as unknown as ShardStore, files, clock);
  await writes.open(2, 'f');
  database.writes = 0;
  const stored = () => shards.shards.get(task.id)!.map(({ status, attempt: n }) => `${status} ${n}`);
  return { attempt, task, store, files, clock, database, writes, stored };
}

describe('the shards of an attempt', () => {
  test('are claimed, completed and released once each, by the attempt that holds them', async () => {
    const { writes, stored } = await opened();
    expect(await writes.claim(0, 1)).toBe(true);
    expect([await writes.claim(0, 1), await writes.claim(1, 2)]).toEqual([false, false]);
    expect(await writes.complete(1, 1, 'x')).toBe(false);
    expect(await writes.release(0, 1)).toMatchObject({ status: 'queued', attempt: 2, memoryKills: 1 });
    expect(await writes.complete(0, 1, 'late')).toBe(false);
    expect(await writes.claim(0, 2)).toBe(true);
    expect(await writes.complete(0, 2, '0.2.json.gz')).toBe(true);
    expect(stored()).toEqual(['completed 2', 'queued 1']);
  });

  test('are opened without those whose results cannot be read', async () => {
    const { writes, files, database } = await opened();
    for (const index of [0, 1]) {
      await writes.claim(index, 1);
      await writes.complete(index, 1, `${index}.1.json.gz`);
    }
    database.writes = 0;
    const statuses = (shards: Shard[] | null) => shards!.map(({ status, result }) => [status, result]);
    expect(statuses(await writes.open(2, 'f'))).toEqual([
      ['completed', '0.1.json.gz'],
      ['completed', '1.1.json.gz'],
    ]);
    expect(database.writes).toBe(1);
    files.unreadable.push(1);
    expect(statuses(await writes.open(2, 'f'))).toEqual([
      ['completed', '0.1.json.gz'],
      ['queued', null],
    ]);
  });

  test('are not looked for on the disk when the task is another attempt’s', async () => {
    const { writes, files, store, task } = await opened();
    store.rows.set(task.id, { ...task.row, attempt: 2 });
    files.unreadableShards = () => Promise.reject(new Error('looked at the disk'));
    expect(await writes.open(2, 'f')).toBeNull();
    expect(await writes.claim(0, 1)).toBe(false);
  });
});

const operations: readonly [string, (writes: ShardWrites) => Promise<unknown>, unknown][] = [
  ['open', (writes) => writes.open(2, 'f'), expect.any(Array)],
  ['claim', (writes) => writes.claim(1, 1), true],
  ['complete', (writes) => writes.complete(0, 1, 'x'), true],
  ['release', (writes) => writes.release(0, 1), expect.objectContaining({ attempt: 2 })],
];

describe.each(operations)('the write %s', (name, write, result) => {
  test('is repeated each second while the database is away', async () => {
    const { writes, clock, database } = await opened();
    if (name !== 'open') await writes.claim(0, 1);
    database.writes = 0;
    database.failure = connectionError();
    const written = write(writes);
    await clock.advance(0);
    await clock.advance(3_999);
    expect(database.writes).toBe(4);
    database.failure = null;
    await clock.advance(1);
    expect(await written).toEqual(result);
    expect([database.writes, clock.pending]).toEqual([5, 0]);
  });

  test('is given up once the attempt has ended, and is not made then', async () => {
    const { writes, attempt, clock, database, stored } = await opened();
    const before = stored();
    database.failure = connectionError();
    const written = write(writes);
    await clock.advance(0);
    attempt.beginStopping({ type: 'killed' }, 5_000);
    await clock.advance(1_000);
    expect(database.writes).toBe(2);
    attempt.finish({ type: 'killed' });
    database.failure = null;
    await clock.advance(1_000);
    expect(await written).toBeNull();
    expect([database.writes, stored(), clock.pending]).toEqual([2, before, 0]);
  });

  test('that the database rejects is not repeated', async () => {
    const { writes, database, clock } = await opened();
    database.failure = new Error('null value in column');
    await expect(write(writes)).rejects.toThrow('null value in column');
    expect([database.writes, clock.pending]).toEqual([1, 0]);
  });
});
