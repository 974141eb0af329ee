import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { taskAttempts, taskEvents, tasks, taskShards } from '../../database/schema.js';
import { Retention } from './retention.js';
import { storedRow } from './new-task.fixture.js';
import { TaskHandlers } from '../domain/task-handlers.js';

const day = 86_400_000;

describe.each(stores)('retention on %s', (_, open) => {
  let opened: TestDatabase;
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-retention-'));
  beforeAll(async () => {
    opened = await open();
    for (const folder of ['results', 'logs']) mkdirSync(join(dataDir, folder));
  });
  afterAll(async () => {
    await opened.drop();
    rmSync(dataDir, { recursive: true });
  });
  beforeEach(() => opened.database.queries.execute(sql`truncate tasks, task_events cascade`));

  async function finished(taskId: string, taskType: string, daysAgo: number): Promise<string> {
    const row = storedRow({
      taskId,
      taskType,
      status: 'completed',
      completedAt: new Date(Date.now() - daysAgo * day),
    });
    await opened.database.queries.insert(tasks).values(row);
    const file = join(dataDir, 'results', `${taskId}.1.json.gz`);
    writeFileSync(file, '');
    writeFileSync(join(dataDir, 'logs', `${taskId}.1.log`), '');
    return file;
  }

  test('forgets finished tasks beyond their age with what belongs to them, and nothing else', async () => {
    const forgotten: string[] = [];
    const handlers = new TaskHandlers();
    const common = {
      label: '',
      resources: { cpuCores: 1, ramGb: 1 },
      payload: z.unknown(),
      size: () => 1,
      describe: () => '',
      entry: new URL('file:///nowhere'),
      forgotten: (_queries: unknown, ids: readonly string[]) => {
        forgotten.push(...ids);
        return Promise.resolve();
      },
    };
    handlers.register({ ...common, type: 'backtest' });
    handlers.register({ ...common, type: 'model_training', resultsOutliveTask: true });
    const old = await finished('old', 'backtest', 31);
    const young = await finished('young', 'backtest', 29);
    const model = await finished('model', 'model_training', 31);
    for (const taskId of ['old', 'young']) {
      await opened.database.queries.insert(taskShards).values({ taskId, index: 0 });
      const attempt = { taskId, attempt: 1, endedAt: new Date(), end: 'complete' };
      await opened.database.queries.insert(taskAttempts).values(attempt);
    }
    const queued = storedRow({ taskId: 'queued', queuedAt: new Date(0) });
    await opened.database.queries.insert(tasks).values(queued);
    for (const hoursAgo of [3, 1]) {
      const at = new Date(Date.now() - hoursAgo * 3_600_000);
      const event = { at, type: 'task_queued', taskId: 'young', userId: 'alice', data: {} };
      await opened.database.queries.insert(taskEvents).values(event);
    }

    const config = readConfig({
      HEADROOM_DATA_DIR: dataDir,
      HEADROOM_KEEP_DAYS: '30',
      HEADROOM_KEEP_EVENTS_HOURS: '2',
    });
    await new Retention(config, opened.database, handlers).purge();

    const left = await opened.database.queries.select({ taskId: tasks.taskId }).from(tasks);
    expect(left.map(({ taskId }) => taskId).sort()).toEqual(['queued', 'young']);
    expect(forgotten.sort()).toEqual(['model', 'old']);
    expect([old, young, model].map((file) => existsSync(file))).toEqual([false, true, true]);
    expect(await opened.database.queries.select().from(taskEvents)).toHaveLength(1);
    expect(readdirSync(join(dataDir, 'logs'))).toEqual(['young.1.log']);
    for (const table of [taskShards, taskAttempts]) {
      expect(await opened.database.queries.select().from(table)).toMatchObject([{ taskId: 'young' }]);
    }
  });

  test('goes through a backlog of many batches in one turn', async () => {
    const handlers = new TaskHandlers();
    const rows = Array.from({ length: 450 }, (_, n) => {
      const row = storedRow({
        taskId: `old-${n}`,
        status: 'failed',
        completedAt: new Date(Date.now() - 31 * day),
      });
      return row;
    });
    await opened.database.queries.insert(tasks).values(rows);
    const config = readConfig({ HEADROOM_DATA_DIR: dataDir, HEADROOM_KEEP_DAYS: '30' });
    await new Retention(config, opened.database, handlers).purge();
    expect(await opened.database.queries.select().from(tasks)).toHaveLength(0);
  });
});
