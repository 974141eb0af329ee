import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { TaskEvents } from '../domain/task-events.js';
import { FakeLauncher } from '../execution/fake-launcher.fixture.js';
import { FakeExecutor } from '../execution/fake-executor.fixture.js';
import { newTask } from '../storage/new-task.fixture.js';
import { TaskStore } from '../storage/task-store.js';
import { AbandonedTasks } from './abandoned-tasks.js';

describe.each(stores)('a node that starts on %s', (_, open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());

  const configOf = (nodeId: string) => readConfig({ HEADROOM_NODE_ID: nodeId });
  const storeOf = (nodeId: string) => new TaskStore(opened.database, new TaskEvents(), configOf(nodeId));

  test('takes up what runs on its own store, under whatever name, and on a shared one what is of its name', async () => {
    const here = storeOf('new-name');
    for (const nodeId of ['old-name', 'new-name']) {
      const task = await storeOf(nodeId).insert(
        newTask({ taskId: nodeId, status: 'running', nodeId }),
        null,
        () => Promise.resolve(),
      );
      // Nothing but the name may decide.
      expect(task.row.leaseExpiresAt!.getTime()).toBeGreaterThan(task.row.startedAt!.getTime());
    }
    const launcher = new FakeLauncher();
    const abandoned = new AbandonedTasks(
      configOf('new-name'),
      here,
      new FakeExecutor(),
      opened.database,
      launcher,
    );
    const requeued: string[] = [];
    abandoned.requeued$.subscribe(({ id }) => requeued.push(id));
    await abandoned.recoverAtStart();

    const isTaken = !opened.database.isShared;
    expect(requeued.sort()).toEqual(isTaken ? ['new-name', 'old-name'] : ['new-name']);
    expect((await here.find('old-name'))!.row).toMatchObject(
      isTaken ? { status: 'queued', attempt: 2 } : { status: 'running', attempt: 1, nodeId: 'old-name' },
    );
    expect(launcher.killedLeftovers.sort()).toEqual(['all', ...requeued.map((id) => `${id}.1`)]);
    expect((await here.find('new-name'))!.row).toMatchObject({ status: 'queued', attempt: 2 });
  });
});
