import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { tasks, taskShards } from '../../database/schema.js';
import type { TaskRow } from '../domain/task-row.js';
import { storedRow } from './new-task.fixture.js';
import { OrphanFileSweeper } from './orphan-file-sweeper.js';

describe.each(stores)('the sweep on %s', (_, open) => {
  let opened: TestDatabase;
  let sweeper: OrphanFileSweeper;
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-orphans-'));
  const results = join(dataDir, 'results');
  const logs = join(dataDir, 'logs');

  beforeAll(async () => {
    opened = await open();
    const config = readConfig({ HEADROOM_DATA_DIR: dataDir, HEADROOM_NODE_ID: 'a' });
    sweeper = new OrphanFileSweeper(config, opened.database);
  });
  afterAll(async () => {
    await opened.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await opened.database.queries.execute(sql`truncate tasks cascade`);
    for (const folder of [results, logs]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  });

  const store = (taskId: string, fields: Partial<TaskRow>) =>
    opened.database.queries.insert(tasks).values(storedRow({ taskId, ...fields }));

  function leave(...paths: string[]): void {
    for (const path of paths) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    }
  }

  test('removes what is needed no more and untouched for long enough, and nothing else', async () => {
    await store('failed', { status: 'failed', completedAt: new Date() });
    await store('done', { status: 'completed', completedAt: new Date() });
    leave(
      join(results, 'done.parts', '0.1.json.gz'),
      ...['absent.0.json.gz', 'new.0.json.gz', 'done.1.json.gz'].map((name) => join(results, name)),
    );
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const name of ['done.parts', 'absent.0.json.gz', 'done.1.json.gz']) {
      utimesSync(join(results, name), hourAgo, hourAgo);
    }
    expect(await sweeper.sweep(60_000)).toBe(2);
    expect(readdirSync(results).sort()).toEqual(['done.1.json.gz', 'new.0.json.gz']);
    expect(await sweeper.sweep(-1)).toBe(1);
    expect(readdirSync(results)).toEqual(['done.1.json.gz']);
    rmSync(results, { recursive: true });
    expect(await sweeper.sweep(0)).toBe(0);
  });

  test('keeps the finished shards of a failed task, which a retry uses, and no file of shards that lost', async () => {
    await store('t', { status: 'failed', completedAt: new Date() });
    const done = { taskId: 't', index: 0, attempt: 2, status: 'completed' as const, result: '0.2.json.gz' };
    await opened.database.queries.insert(taskShards).values([done, { taskId: 't', index: 1 }]);
    const parts = join(results, 't.parts');
    leave(
      ...['0.1.json.gz', '0.2.json.gz', '1.1.json.gz', '1.1.json.gz.5.tmp'].map((name) => join(parts, name)),
    );
    expect(await sweeper.sweep(-1)).toBe(3);
    expect(readdirSync(parts)).toEqual(['0.2.json.gz']);
    await opened.database.queries.execute(sql`delete from tasks`);
    expect(await sweeper.sweep(-1)).toBe(1);
    expect(existsSync(parts)).toBe(false);
  });

  test('removes the logs of tasks that are gone, and keeps those of all others', async () => {
    await store('t', { status: 'failed', completedAt: new Date() });
    leave(join(logs, 't.1.log'), join(logs, 'gone.1.log'));
    expect(await sweeper.sweep(-1)).toBe(1);
    expect(readdirSync(logs)).toEqual(['t.1.log']);
  });

  test('removes a log that a killed server has left unfinished', async () => {
    await store('t', { status: 'running', nodeId: 'a', attempt: 2 });
    const gone = spawnSync(process.execPath, ['--version']).pid;
    leave(
      ...['t.1.log', `t.1.log.${process.pid}.tmp`, `t.2.log.${gone}.tmp`, `t.2.log.${process.pid}.tmp`].map(
        (name) => join(logs, name),
      ),
    );
    expect(await sweeper.sweep(-1)).toBe(2);
    expect(readdirSync(logs).sort()).toEqual(['t.1.log', `t.2.log.${process.pid}.tmp`]);
  });

  describe('of unfinished files', () => {
    let writer: ChildProcess;
    beforeEach(async () => {
      writer = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      await once(writer, 'spawn');
    });

    async function kill(): Promise<void> {
      if (writer.exitCode !== null || writer.signalCode !== null) return;
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }

    test('removes those of a killed process while its task still runs', async () => {
      await store('t', { status: 'running', nodeId: 'a', attempt: 2 });
      await opened.database.queries
        .insert(taskShards)
        .values({ taskId: 't', index: 0, status: 'running', nodeId: 'a' });
      const files = [
        join(results, `t.2.json.gz.${writer.pid}.tmp`),
        join(results, 't.parts', `0.1.json.gz.${writer.pid}.tmp`),
      ];
      leave(...files);
      expect(await sweeper.sweep(-1)).toBe(0);
      await kill();
      expect(await sweeper.sweep(-1)).toBe(2);
      expect(files.map((file) => existsSync(file))).toEqual([false, false]);
    });

    test('removes those of an earlier attempt even when their process id is used again', async () => {
      await store('running', { status: 'running', nodeId: 'a', attempt: 2 });
      await store('queued', { status: 'queued', attempt: 2 });
      leave(
        join(results, `running.1.json.gz.${writer.pid}.tmp`),
        join(results, `queued.1.json.gz.${writer.pid}.tmp`),
      );
      expect(await sweeper.sweep(-1)).toBe(2);
      expect(readdirSync(results)).toEqual([]);
      await kill();
    });

    test('keeps those of an attempt on another node, whose processes are not known here', async () => {
      await store('t', { status: 'running', nodeId: 'b', attempt: 1 });
      await kill();
      leave(join(results, `t.1.json.gz.${writer.pid}.tmp`));
      // An embedded store has one node, which may have had another name.
      expect(await sweeper.sweep(-1)).toBe(opened.database.isShared ? 0 : 1);
    });
  });
});
