import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { UserDeletionHooks } from '../../auth/user-deletion-hooks.js';
import { readConfig } from '../../config/config.js';
import { settings, tasks } from '../../database/schema.js';
import { TaskEvents, type TaskEvent } from '../domain/task-events.js';
import { storedRow } from '../storage/new-task.fixture.js';
import type { TaskCommands } from './task-commands.js';
import { UserDeletionHandler } from './user-deletion-handler.js';

describe.each(stores)('the files of a deleted user on %s', (_, open) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-deletion-'));
  const files = (taskId: string) => [
    join(dataDir, 'results', `${taskId}.1.json.gz`),
    join(dataDir, 'logs', `${taskId}.1.log`),
  ];
  let opened: TestDatabase;
  let events: TaskEvents;
  let hooks: UserDeletionHooks;
  let handler: UserDeletionHandler;

  beforeAll(async () => {
    opened = await open();
    for (const folder of ['results', 'logs']) mkdirSync(join(dataDir, folder));
  });
  afterAll(async () => {
    await opened.drop();
    rmSync(dataDir, { recursive: true });
  });
  beforeEach(async () => {
    await opened.database.queries.execute(sql`truncate tasks, settings cascade`);
    await store('running', { status: 'running', startedAt: new Date() });
    await store('ended', { status: 'completed', completedAt: new Date() });
    await store('other', { userId: 'bob', status: 'completed', completedAt: new Date() });
    startServer();
  });

  async function store(taskId: string, fields: Parameters<typeof storedRow>[0]): Promise<void> {
    await opened.database.queries
      .insert(tasks)
      .values(storedRow({ taskId, userId: 'alice', nodeId: 'here', ...fields }));
    leave(taskId);
  }

  function leave(taskId: string): void {
    for (const path of files(taskId)) writeFileSync(path, '');
  }

  function startServer(): void {
    events = new TaskEvents();
    hooks = new UserDeletionHooks();
    const config = readConfig({ HEADROOM_DATA_DIR: dataDir });
    const commands = { cancelAllOf: () => Promise.resolve() } as unknown as TaskCommands;
    handler = new UserDeletionHandler(config, opened.database, hooks, commands, events);
    handler.onModuleInit();
  }

  const left = () => ['running', 'ended', 'other'].filter((taskId) => files(taskId).some(existsSync));

  async function pending(): Promise<unknown> {
    const [row] = await opened.database.queries.select().from(settings);
    return row?.value;
  }

  async function end(taskId: string): Promise<void> {
    await opened.database.queries
      .update(tasks)
      .set({ status: 'cancelled', completedAt: new Date() })
      .where(eq(tasks.taskId, taskId));
  }

  test('go at once, and again at the end of a task that was running', async () => {
    await hooks.run('alice');
    expect(left()).toEqual(['other']);
    expect(await pending()).toEqual(['running']);
    leave('running');
    await end('running');
    events.publish({ type: 'task_completed', data: { task_id: 'running' } } as TaskEvent);
    while (((await pending()) as string[]).length > 0) await new Promise((r) => setImmediate(r));
    expect(left()).toEqual(['other']);
  });

  test('go when the server has died before the end of the task', async () => {
    await hooks.run('alice');
    leave('running');
    startServer();
    await handler.onApplicationBootstrap();
    expect(left()).toEqual(['running', 'other']);
    await end('running');
    await handler.sweep();
    expect(left()).toEqual(['other']);
    expect(await pending()).toEqual([]);
  });
});
