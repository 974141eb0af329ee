import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { readConfig } from '../../config/config.js';
import { taskRow } from '../domain/task.fixture.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { Task } from '../domain/task.js';
import { shardsFolder } from '../storage/result-files.js';
import type { Shard } from '../storage/shard-store.js';
import type { TaskStore } from '../storage/task-store.js';
import { AttemptFiles } from './attempt-files.js';

const dataDir = mkdtempSync(join(tmpdir(), 'headroom-attempt-files-'));
afterAll(() => {
  rmSync(dataDir, { recursive: true });
});

test('completed shards whose files are gone, cut short or damaged cannot be read', async () => {
  const files = new AttemptFiles(
    readConfig({ HEADROOM_DATA_DIR: dataDir }),
    new TaskHandlers(),
    undefined as unknown as TaskStore,
  );
  const folder = shardsFolder(dataDir, 't');
  mkdirSync(folder, { recursive: true });
  const whole = gzipSync(JSON.stringify({ rows: 'x'.repeat(10_000) }));
  const damaged = Buffer.from(whole);
  damaged[damaged.length - 6]! ^= 1;
  const contents = [whole, whole.subarray(0, -10), damaged, Buffer.alloc(0), null, null];
  const shards = contents.map((content, index): Shard => {
    const result = `${index}.1.json.gz`;
    if (content !== null) writeFileSync(join(folder, result), content);
    return { index, attempt: 1, status: 'completed', result, memoryKills: 0 };
  });
  shards[5] = { ...shards[5]!, status: 'queued', result: null };
  expect(await files.unreadableShards('t', shards)).toEqual([1, 2, 3, 4]);
});

test('a task that has failed keeps its whole shards and no unfinished file', async () => {
  const files = new AttemptFiles(
    readConfig({ HEADROOM_DATA_DIR: dataDir }),
    new TaskHandlers(),
    undefined as unknown as TaskStore,
  );
  const folder = shardsFolder(dataDir, 'failed');
  mkdirSync(folder, { recursive: true });
  for (const name of ['0.1.json.gz', '1.1.json.gz.77.tmp']) writeFileSync(join(folder, name), '');
  const ended = (status: 'running' | 'failed') => new Task(taskRow({ taskId: 'failed', status }));
  await files.removeAfter(ended('running'), ended('failed'), false);
  expect(readdirSync(folder)).toEqual(['0.1.json.gz']);
});

test('a completed attempt keeps its result and removes the unfinished file of a killed process', async () => {
  const find = () => Promise.resolve(ended('completed'));
  const files = new AttemptFiles(readConfig({ HEADROOM_DATA_DIR: dataDir }), new TaskHandlers(), {
    find,
  } as unknown as TaskStore);
  const results = join(dataDir, 'results');
  const ended = (status: 'running' | 'completed') => new Task(taskRow({ taskId: 'reduced', status }));
  for (const stored of [ended('completed'), null]) {
    for (const name of ['reduced.1.json.gz', 'reduced.1.json.gz.77.tmp']) {
      writeFileSync(join(results, name), '');
    }
    await files.removeAfter(ended('running'), stored, stored !== null);
    expect(readdirSync(results).filter((name) => name.startsWith('reduced'))).toEqual(['reduced.1.json.gz']);
  }
});
